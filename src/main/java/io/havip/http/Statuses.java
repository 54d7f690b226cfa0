package io.havip.http;

import io.havip.error.ErrorCode;
import org.springframework.http.HttpStatus;

/** The HTTP status of each reason for a refusal (RFC 9110, section 15). */
final class Statuses {
  private Statuses() {}

  static HttpStatus of(ErrorCode code) {
    return switch (code) {
      case MALFORMED_REQUEST, INVALID_BODY, UNKNOWN_FIELD, CURSOR_MISMATCH ->
          HttpStatus.BAD_REQUEST;
      case UNAUTHORIZED -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case METHOD_NOT_ALLOWED -> HttpStatus.METHOD_NOT_ALLOWED;
      case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
      case UNSUPPORTED_MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case ADDRESS_TAKEN,
          NETWORK_FULL,
          VRIDS_EXHAUSTED,
          VIP_BINDING_LIMIT,
          VM_VIP_LIMIT,
          WEBHOOK_LIMIT,
          WRONG_STATE,
          IN_USE,
          KEY_REUSED ->
          HttpStatus.CONFLICT;
      case VERSION_MISMATCH -> HttpStatus.PRECONDITION_FAILED;
      case BODY_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case INVALID_FIELD,
          ADDRESS_OUTSIDE_NETWORK,
          ADDRESS_RESERVED,
          VM_WRONG_VPC,
          VM_WITHOUT_NIC,
          REFERENCE_NOT_FOUND ->
          HttpStatus.UNPROCESSABLE_CONTENT;
      case STORE_UNAVAILABLE, OUTCOME_UNKNOWN -> HttpStatus.SERVICE_UNAVAILABLE;
      case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
