package io.havip.service;

import io.havip.id.Id;
import java.util.List;
import java.util.function.Function;

/** Makes pages of lists that are in the order of ids. */
final class Listings {
  private Listings() {}

  static <T> Listing<T> of(List<T> items, long total, int limit, Function<T, Id> idOf) {
    boolean mayHaveMore = items.size() == limit;
    return new Listing<>(items, mayHaveMore ? idOf.apply(items.getLast()).value() : null, total);
  }
}
