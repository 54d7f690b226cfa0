package io.havip.http;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it,
 * which makes it a text there (OWASP, "CSV Injection").
 */
final class Csv {
  private static final String END_OF_LINE = "\r\n";

  private Csv() {}

  /** A line with its end. */
  static String line(Stream<?> fields) {
    return fields.map(value -> field(value.toString())).collect(Collectors.joining(","))
        + END_OF_LINE;
  }

  private static String field(String text) {
    String harmless =
        !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean isPlain =
        harmless.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return isPlain ? harmless : "\"" + harmless.replace("\"", "\"\"") + "\"";
  }
}
