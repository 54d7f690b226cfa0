package io.havip.error;

/** This server leads no more, and changed nothing. */
public final class Superseded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Superseded() {
    super("another server leads");
  }
}
