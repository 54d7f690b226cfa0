package io.havip.http;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Answers with the headers that belong to a resource. */
final class Responses {
  private Responses() {}

  static <T> ResponseEntity<T> ok(long version, T body) {
    return with(HttpStatus.OK, version).body(body);
  }

  /** The change is stored and will be realised. */
  static <T> ResponseEntity<T> accepted(long version, T body) {
    return with(HttpStatus.ACCEPTED, version).body(body);
  }

  private static ResponseEntity.BodyBuilder with(HttpStatus status, long version) {
    return ResponseEntity.status(status).eTag(eTag(version));
  }

  static String eTag(long version) {
    return "\"v" + version + "\"";
  }
}
