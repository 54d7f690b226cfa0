package io.havip.error;

import java.util.List;

/** A request is refused; nothing was changed. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<FieldError> errors;

  private Refused(ErrorCode code, String message, List<FieldError> errors) {
    super(message, null, false, false);
    this.code = code;
    this.errors = errors;
  }

  /** Refuses the request as a whole. */
  public static Refused of(ErrorCode code, String message) {
    return new Refused(code, message, List.of());
  }

  /** Refuses the request for one field. */
  public static Refused field(String field, ErrorCode code, String message) {
    return new Refused(code, message, List.of(new FieldError(field, code, message)));
  }

  /**
   * Refuses the request for several fields at once.
   *
   * @param errors at least one; the first gives the refusal its code and message
   */
  public static Refused fields(List<FieldError> errors) {
    FieldError first = errors.getFirst();
    return new Refused(first.code(), first.message(), List.copyOf(errors));
  }

  public ErrorCode code() {
    return code;
  }

  public List<FieldError> errors() {
    return errors;
  }
}
