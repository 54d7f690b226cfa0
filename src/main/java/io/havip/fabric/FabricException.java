package io.havip.fabric;

/** The fabric could not do what it was asked; the message says why, for an operator. */
public final class FabricException extends Exception {
  private static final long serialVersionUID = 1L;

  public FabricException(String message) {
    super(message);
  }

  public FabricException(String message, Throwable cause) {
    super(message, cause);
  }
}
