package io.havip.keepalived.check;

/**
 * A change within one line.
 *
 * @param line counts from 1
 * @param column where what is replaced begins, from 1
 * @param endColumn the column behind it; the same to insert
 * @param text what stands there then; may have line breaks
 */
record Edit(String file, int line, int column, int endColumn, String text) {
  boolean overlaps(Edit other) {
    boolean isBefore = endColumn <= other.column || other.endColumn <= column;
    boolean isSame = equals(other);
    return file.equals(other.file) && line == other.line && !isBefore && !isSame;
  }
}
