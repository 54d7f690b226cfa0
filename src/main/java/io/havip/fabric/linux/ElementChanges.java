package io.havip.fabric.linux;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The difference between what a table holds and what it should hold. */
record ElementChanges(SortedSet<Element> deleted, SortedSet<Element> added) {

  /** What leads from one set of elements to another. */
  static ElementChanges between(Set<Element> present, Set<Element> wanted) {
    SortedSet<Element> deleted = new TreeSet<>(present);
    deleted.removeAll(wanted);
    SortedSet<Element> added = new TreeSet<>(wanted);
    added.removeAll(present);
    return new ElementChanges(deleted, added);
  }

  boolean isEmpty() {
    return deleted.isEmpty() && added.isEmpty();
  }

  /**
   * The changes in the language of nft(8). Deletions come first: an element of a map is replaced by
   * deleting and adding it.
   */
  String commands() {
    return commands("delete", deleted) + commands("add", added);
  }

  private static String commands(String verb, Collection<Element> elements) {
    return bySet(elements).entrySet().stream()
        .map(e ->
            verb + " element bridge havip " + e.getKey().nftName() + " { " + e.getValue() + " }\n")
        .collect(Collectors.joining());
  }

  private static Map<ElementSet, String> bySet(Collection<Element> elements) {
    return elements.stream()
        .collect(
            Collectors.groupingBy(
                Element::set,
                TreeMap::new,
                Collectors.mapping(Element::text, Collectors.joining(", "))));
  }
}
