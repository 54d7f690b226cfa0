package io.havip.keepalived.parse;

/**
 * What cannot be read as it was meant.
 *
 * @param text what it is about, for a message
 * @param endColumn the column behind it
 */
public record Notice(Kind kind, Place place, int endColumn, String text) {
  public enum Kind {
    /** A closing brace that closes nothing. */
    EXTRA_CLOSING_BRACE,
    /** An opening brace behind nothing that has a block. */
    UNEXPECTED_OPENING_BRACE,
    /** A block without its opening brace. */
    MISSING_OPENING_BRACE,
    /** A block without its closing brace, at the end of the file. */
    MISSING_CLOSING_BRACE,
    UNMATCHED_QUOTE,
    /** More characters than keepalived reads as one line. */
    LONG_LINE,
    /** A definition that grows without end where it is replaced. */
    ENDLESS_DEFINITION,
    UNDEFINED_PARAMETER,
    /** Lines of {@code ~SEQ} and {@code ~LST}, which are not expanded. */
    SEQUENCE,
    INCLUDE_NOT_FOUND,
    /** More files, lines or nesting than are read. */
    LIMIT
  }
}
