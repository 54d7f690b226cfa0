package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.error.Refused;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something is refused, and for which reason. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(ErrorCode code, ThrowingCallable request) {
    assertThat(refusalOf(request).code()).isEqualTo(code);
  }

  /** The refusal names the field of the request that is to blame. */
  static void assertRefused(String field, ErrorCode code, ThrowingCallable request) {
    Refused refused = refusalOf(request);
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused.errors()).extracting(FieldError::field).containsExactly(field);
  }

  /** The refusal of a request that must be refused. */
  static Refused refusalOf(ThrowingCallable request) {
    Refused refused = catchThrowableOfType(Refused.class, request);
    assertThat(refused).as("the request is refused").isNotNull();
    assertThat(refused.getMessage()).isNotBlank();
    return refused;
  }
}
