package io.havip.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reading request bodies. */
final class Bodies {
  private Bodies() {}

  /** A list that may be left out. */
  static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
