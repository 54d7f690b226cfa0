package io.havip.keepalived.parse;

import java.util.Comparator;

/**
 * Where something is in a file.
 *
 * @param file its name
 * @param line counts from 1
 * @param column counts UTF-16 units from 1
 */
public record Place(String file, int line, int column) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::file)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
