package io.havip.ovsdb;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A transaction was not answered with success. */
public final class OvsdbException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is known of the transaction. */
  public enum Kind {
    /** It was not sent: nothing was changed. */
    UNREACHABLE,
    /** Something was not as the transaction expected: nothing was changed. */
    CONFLICT,
    /** The server did not want it: nothing was changed. */
    REFUSED,
    /** It was sent, and nobody knows whether it was done. */
    OUTCOME_UNKNOWN
  }

  private final Kind kind;

  OvsdbException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  OvsdbException(Kind kind, String message) {
    this(kind, message, null);
  }

  public Kind kind() {
    return kind;
  }
}
