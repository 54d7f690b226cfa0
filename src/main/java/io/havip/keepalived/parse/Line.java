package io.havip.keepalived.parse;

import java.util.Arrays;

/** A line whose characters know the column that they came from. */
final class Line {
  private final String file;
  private final int number;
  private final String text;

  /** For each character; negative for one that a definition gave: the column of its name. */
  private final int[] columns;

  private final boolean isRaw;

  private Line(String file, int number, String text, int[] columns, boolean isRaw) {
    this.file = file;
    this.number = number;
    this.text = text;
    this.columns = columns;
    this.isRaw = isRaw;
  }

  static Line raw(String file, int number, String text) {
    int[] columns = new int[text.length()];
    Arrays.setAll(columns, i -> i + 1);
    return new Line(file, number, text, columns, true);
  }

  String file() {
    return file;
  }

  int number() {
    return number;
  }

  String text() {
    return text;
  }

  /** Whether comments are still in it. */
  boolean isRaw() {
    return isRaw;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  /** A part of it, without comments. */
  Line part(int from, int to) {
    return new Line(
        file, number, text.substring(from, to), Arrays.copyOfRange(columns, from, to), false);
  }

  Line from(int start) {
    return part(start, text.length());
  }

  /** Without white space at both ends. */
  Line stripped() {
    int from = 0;
    int to = text.length();
    while (from < to && Words.isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && Words.isSpace(text.charAt(to - 1))) {
      to--;
    }
    return part(from, to);
  }

  Line without(int at) {
    return part(0, at).plus(from(at + 1));
  }

  /** With the last character of another. */
  Line replacedEnd(Line other) {
    return plus(other.from(other.text.length() - 1));
  }

  private Line plus(Line other) {
    int[] all = Arrays.copyOf(columns, columns.length + other.columns.length);
    System.arraycopy(other.columns, 0, all, columns.length, other.columns.length);
    return new Line(file, number, text + other.text, all, false);
  }

  /** With a value in place of what names it. */
  Line replaced(int from, int to, String value) {
    int[] given = new int[value.length()];
    Arrays.fill(given, -Math.abs(columns[from]));
    Line middle = new Line(file, number, value, given, false);
    return part(0, from).plus(middle).plus(from(to));
  }

  Place place(int at) {
    return new Place(file, number, columns.length == 0 ? 1 : Math.abs(columns[at]));
  }

  Place place() {
    return place(0);
  }

  /** The column behind the characters before an index. */
  int endColumn(int to) {
    return to == 0 ? 1 : Math.abs(columns[to - 1]) + 1;
  }

  boolean isVerbatim(int from, int to) {
    for (int i = from; i < to; i++) {
      if (columns[i] < 0 || columns[i] != columns[from] + i - from) {
        return false;
      }
    }
    return true;
  }

  Word word(int from, int to, String value) {
    return new Word(value, place(from), endColumn(to), isVerbatim(from, to));
  }
}
