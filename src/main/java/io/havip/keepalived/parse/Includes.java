package io.havip.keepalived.parse;

import java.util.List;

/** Finds what an {@code include} names. */
@FunctionalInterface
public interface Includes {
  /** Finds nothing. */
  Includes NONE = (_, _) -> List.of();

  /**
   * The files that a pattern matches.
   *
   * @param from the name of the file that includes; a relative pattern begins in its folder
   * @param pattern a path of glob(7), with braces
   */
  List<SourceFile> find(String from, String pattern);
}
