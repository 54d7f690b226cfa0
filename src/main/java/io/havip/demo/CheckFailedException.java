package io.havip.demo;

/** Something that the demo promises did not hold; the message says what, and what was seen. */
final class CheckFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  CheckFailedException(String promise, Object evidence) {
    super(promise + "; seen: " + evidence);
  }
}
