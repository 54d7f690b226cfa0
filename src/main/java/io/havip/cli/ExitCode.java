package io.havip.cli;

/** What a command's exit code says; scripts depend on the numbers, and the help lists them. */
enum ExitCode {
  OK(0),
  /** The server refused, or what was asked for failed. */
  FAILED(1),
  /** The command line is wrong or ambiguous; nothing was sent. */
  WRONG_USAGE(2),
  NOT_FOUND(3),
  /** The server cannot be reached, or does not accept the token. */
  NO_ACCESS(4),
  /** `--wait` gave up; the change itself was accepted. */
  TIMED_OUT(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
