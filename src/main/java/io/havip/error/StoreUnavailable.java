package io.havip.error;

/** The database failed a request, which was not at fault. */
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayHaveChanged;

  private StoreUnavailable(String message, boolean mayHaveChanged, Throwable cause) {
    super(message, cause);
    this.mayHaveChanged = mayHaveChanged;
  }

  /** What was asked for can be asked for again. */
  public static StoreUnavailable nothingChanged(Throwable cause) {
    return new StoreUnavailable(
        "the database does not answer; nothing was changed, try again", false, cause);
  }

  /** The database may have made the change durable before it was lost. */
  public static StoreUnavailable outcomeUnknown(Throwable cause) {
    return new StoreUnavailable(
        "the database was lost while it made the change durable, so that nobody knows whether it"
            + " did; look before you try again",
        true,
        cause);
  }

  /** Whether the change that was asked for may have been made all the same. */
  public boolean mayHaveChanged() {
    return mayHaveChanged;
  }
}
