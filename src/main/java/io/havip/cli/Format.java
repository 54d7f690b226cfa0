package io.havip.cli;

import java.util.Locale;

/** How output is written. */
enum Format {
  /** For people. */
  TABLE,
  /** As the API has it; a list is an array. */
  JSON,
  /** RFC 4180 with a header; lines end with LF. */
  CSV;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
