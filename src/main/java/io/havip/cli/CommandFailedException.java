package io.havip.cli;

import org.jspecify.annotations.Nullable;

/** A command could not do what it was asked for; the message tells the user why and the way out. */
public final class CommandFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final @Nullable String code;

  CommandFailedException(ExitCode exitCode, String message) {
    this(exitCode, message, null);
  }

  /**
   * The server refused.
   *
   * @param code its error code, if it gave one
   */
  CommandFailedException(ExitCode exitCode, String message, @Nullable String code) {
    super(message);
    this.exitCode = exitCode;
    this.code = code;
  }

  ExitCode exitCode() {
    return exitCode;
  }

  @Nullable String code() {
    return code;
  }
}
