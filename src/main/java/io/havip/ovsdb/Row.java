package io.havip.ovsdb;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A row, as far as it is looked at. A column that is not among these has its type's default.
 *
 * @param columns by name
 */
public record Row(UUID id, Map<String, Value> columns) {
  public Row {
    columns = Map.copyOf(columns);
  }

  public Value value(String column) {
    return columns.getOrDefault(column, Value.none());
  }

  /** The text of a column that has at most one. */
  public Optional<String> optionalText(String column) {
    return texts(column).stream().findFirst();
  }

  /** The text of a column; empty when it has none. */
  public String text(String column) {
    return optionalText(column).orElse("");
  }

  public Set<String> texts(String column) {
    Set<String> texts = new HashSet<>();
    for (Atom atom : atoms(column)) {
      if (atom instanceof Atom.Text(String text)) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The rows that a column names. */
  public Set<UUID> references(String column) {
    Set<UUID> rows = new HashSet<>();
    for (Atom atom : atoms(column)) {
      if (atom instanceof Atom.Reference(UUID row)) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** The number of a column; 0 when it has none. */
  public long whole(String column) {
    for (Atom atom : atoms(column)) {
      if (atom instanceof Atom.Whole(long number)) {
        return number;
      }
    }
    return 0;
  }

  /** Whether a column says so; no when it says nothing. */
  public boolean isTrue(String column) {
    return atoms(column).contains(new Atom.Truth(true));
  }

  /** The pairs of a column of texts. */
  public Map<String, String> map(String column) {
    Map<String, String> texts = new HashMap<>();
    if (value(column) instanceof Value.Pairs(Map<Atom, Atom> pairs)) {
      pairs.forEach((key, value) -> {
        if (key instanceof Atom.Text(String name) && value instanceof Atom.Text(String text)) {
          texts.put(name, text);
        }
      });
    }
    return texts;
  }

  private Set<Atom> atoms(String column) {
    return value(column) instanceof Value.Atoms(Set<Atom> atoms) ? atoms : Set.of();
  }
}
