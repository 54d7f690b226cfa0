package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.error.Refused;
import io.havip.error.StoreUnavailable;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * A refusal as RFC 9457 has it.
 *
 * @param requestId only where it is the answer to a whole request
 */
record Problem(
    String type,
    String title,
    int status,
    @Nullable String detail,
    ErrorCode code,
    @Nullable List<FieldError> errors,
    @Nullable String requestId) {

  static Problem of(Refused refused) {
    List<FieldError> errors = refused.errors();
    return of(refused.code(), refused.getMessage(), errors.isEmpty() ? null : errors);
  }

  static Problem of(StoreUnavailable failure) {
    ErrorCode code =
        failure.mayHaveChanged() ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.STORE_UNAVAILABLE;
    return of(code, failure.getMessage());
  }

  static Problem of(ErrorCode code, @Nullable String detail) {
    return of(code, detail, null);
  }

  private static Problem of(
      ErrorCode code, @Nullable String detail, @Nullable List<FieldError> errors) {
    HttpStatus status = Statuses.of(code);
    return new Problem(
        "about:blank", status.getReasonPhrase(), status.value(), detail, code, errors, null);
  }

  /** With what finds the request in the server's log. */
  private Problem ofThisRequest() {
    return new Problem(type, title, status, detail, code, errors, RequestLog.currentId());
  }

  ResponseEntity<Problem> response(HttpHeaders headers) {
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(ofThisRequest());
  }

  ResponseEntity<Problem> response() {
    return response(HttpHeaders.EMPTY);
  }

  /** Writes it where no controller is at work. */
  void writeTo(HttpServletResponse response) throws IOException {
    response.setStatus(status);
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(JsonResponses.MAPPER.writeValueAsBytes(ofThisRequest()));
  }
}
