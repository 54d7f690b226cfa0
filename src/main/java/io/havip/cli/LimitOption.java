package io.havip.cli;

import picocli.CommandLine.Option;

/** `--limit`: the most that a list shows. */
final class LimitOption {
  @Option(names = "--limit", paramLabel = "N", description = "At most this many (default: all).")
  private int limit = Integer.MAX_VALUE;

  int limit(ClientCommand command) {
    if (limit < 1) {
      throw command.wrongUsage("--limit must be 1 or more");
    }
    return limit;
  }
}
