package io.havip.service;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next the id behind which the next page begins; none on the last page
 * @param total how many items the whole list has
 */
public record Listing<T>(List<T> items, @Nullable String next, long total) {
  public Listing {
    items = List.copyOf(items);
  }
}
