package io.havip.keepalived.parse;

/**
 * A word of a line, without its quotes.
 *
 * @param place where it begins; for one that a definition gave, where that is named
 * @param endColumn the column behind it
 * @param isVerbatim whether the file has it at this place just so, so that it can be mended there
 */
public record Word(String text, Place place, int endColumn, boolean isVerbatim) {}
