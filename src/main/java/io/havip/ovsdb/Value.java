package io.havip.ovsdb;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a column holds: atoms, of which a scalar has one, or pairs of them. */
public sealed interface Value {
  record Atoms(Set<Atom> atoms) implements Value {
    public Atoms {
      atoms = Set.copyOf(atoms);
    }
  }

  record Pairs(Map<Atom, Atom> pairs) implements Value {
    public Pairs {
      pairs = Map.copyOf(pairs);
    }
  }

  /** Nothing, in a column of atoms. */
  static Value none() {
    return new Atoms(Set.of());
  }

  static Value of(Atom... atoms) {
    return new Atoms(Set.copyOf(Arrays.asList(atoms)));
  }

  static Value text(String text) {
    return of(new Atom.Text(text));
  }

  static Value whole(long number) {
    return of(new Atom.Whole(number));
  }

  static Value texts(Collection<String> texts) {
    return new Atoms(texts.stream().map(Atom.Text::new).collect(Collectors.toSet()));
  }

  static Value references(Collection<UUID> rows) {
    return new Atoms(rows.stream().map(Atom.Reference::new).collect(Collectors.toSet()));
  }

  static Value texts(Map<String, String> texts) {
    return new Pairs(
        texts.entrySet().stream()
            .collect(
                Collectors.toMap(
                    e -> new Atom.Text(e.getKey()), e -> new Atom.Text(e.getValue()))));
  }

  default JsonNode toJson() {
    return switch (this) {
      case Atoms(Set<Atom> atoms) when atoms.size() == 1 -> atoms.iterator().next().toJson();
      case Atoms(Set<Atom> atoms) -> tagged("set", atoms, Atom::toJson);
      case Pairs(Map<Atom, Atom> pairs) ->
          tagged(
              "map",
              pairs.entrySet(),
              pair ->
                  JsonNodeFactory.instance
                      .arrayNode()
                      .add(pair.getKey().toJson())
                      .add(pair.getValue().toJson()));
    };
  }

  private static <T> JsonNode tagged(
      String tag, Collection<T> parts, Function<T, ? extends JsonNode> toJson) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    parts.forEach(part -> all.add(toJson.apply(part)));
    return JsonNodeFactory.instance.arrayNode().add(tag).add(all);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Value of(JsonNode node) {
    if (node.isArray() && node.size() == 2 && node.path(1).isArray()) {
      switch (node.path(0).asString()) {
        case "set" -> {
          Set<Atom> atoms = new HashSet<>();
          node.path(1).forEach(part -> atoms.add(Atom.of(part)));
          return new Atoms(atoms);
        }
        case "map" -> {
          Map<Atom, Atom> pairs = new HashMap<>();
          node.path(1).forEach(pair -> pairs.put(Atom.of(pair.path(0)), Atom.of(pair.path(1))));
          return new Pairs(pairs);
        }
        default -> {}
      }
    }
    return of(Atom.of(node));
  }

  /**
   * What this becomes by a difference as ovsdb-server(7) gives it for {@code modify}: an atom that
   * is in both goes, any other comes; a pair that is in both goes, any other replaces.
   */
  default Value changedBy(Value difference) {
    return switch (this) {
      case Atoms(Set<Atom> before) when difference instanceof Atoms(Set<Atom> other) -> {
        Set<Atom> after = new HashSet<>(before);
        for (Atom atom : other) {
          if (!after.remove(atom)) {
            after.add(atom);
          }
        }
        yield new Atoms(after);
      }
      case Pairs(Map<Atom, Atom> before)
          when difference instanceof Pairs(Map<Atom, Atom> other) -> {
        Map<Atom, Atom> after = new HashMap<>(before);
        other.forEach((key, value) -> {
          if (!after.remove(key, value)) {
            after.put(key, value);
          }
        });
        yield new Pairs(after);
      }
      // An empty map is written as an empty set by nobody, but a missing column is one.
      case Atoms(Set<Atom> before) when before.isEmpty() -> difference;
      default -> throw new IllegalArgumentException(difference + " is no difference of " + this);
    };
  }
}
