package io.havip.ovsdb;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a transaction: RFC 7047, section 5.2. Rows are addressed by their UUID alone: any other
 * condition makes ovsdb-server look at every row.
 */
public sealed interface Operation {
  /** The column that names the row itself. */
  String ROW = "_uuid";

  /** The table it is about. */
  String table();

  /**
   * A new row.
   *
   * @param name by which other operations of the transaction may name the row; letters, digits and
   *     underscores
   */
  record Insert(String table, String name, Map<String, Value> columns) implements Operation {
    public Insert {
      columns = Map.copyOf(columns);
    }
  }

  record Update(String table, UUID row, Map<String, Value> columns) implements Operation {
    public Update {
      columns = Map.copyOf(columns);
    }
  }

  /** Takes elements out of a column of a row and puts others in. */
  record Mutate(String table, UUID row, String column, Value out, Value in) implements Operation {}

  /** Adds one to a number. */
  record Increment(String table, UUID row, String column) implements Operation {}

  record Delete(String table, UUID row) implements Operation {}

  /** Ends the transaction, which then does nothing, unless the row's columns hold just this. */
  record Expect(String table, UUID row, Map<String, Value> columns) implements Operation {
    public Expect {
      columns = Map.copyOf(columns);
    }
  }

  /** Ends the transaction, which then does nothing, if a row's column holds this value. */
  record ExpectNone(String table, String column, Value value) implements Operation {}

  /** Reads all rows. */
  record Select(String table, Set<String> columns) implements Operation {
    public Select {
      columns = Set.copyOf(columns);
    }
  }

  default ObjectNode toJson() {
    ObjectNode operation = JsonNodeFactory.instance.objectNode();
    operation.put("table", table());
    switch (this) {
      case Insert(_, String name, Map<String, Value> columns) -> {
        operation.put("op", "insert");
        operation.put("uuid-name", name);
        operation.set("row", row(columns));
      }
      case Update(_, UUID row, Map<String, Value> columns) -> {
        operation.put("op", "update");
        operation.set("where", where(row));
        operation.set("row", row(columns));
      }
      case Mutate(_, UUID row, String column, Value out, Value in) -> {
        operation.put("op", "mutate");
        operation.set("where", where(row));
        ArrayNode mutations = operation.putArray("mutations");
        mutations.addArray().add(column).add("delete").add(asSet(out));
        mutations.addArray().add(column).add("insert").add(asSet(in));
      }
      case Increment(_, UUID row, String column) -> {
        operation.put("op", "mutate");
        operation.set("where", where(row));
        operation.putArray("mutations").addArray().add(column).add("+=").add(1);
      }
      case Delete(_, UUID row) -> {
        operation.put("op", "delete");
        operation.set("where", where(row));
      }
      case Expect(_, UUID row, Map<String, Value> columns) -> {
        operation.put("op", "wait");
        operation.put("timeout", 0);
        operation.set("where", where(row));
        columns.keySet().forEach(operation.putArray("columns")::add);
        operation.put("until", "==");
        operation.putArray("rows").add(row(columns));
      }
      case ExpectNone(_, String column, Value value) -> {
        operation.put("op", "wait");
        operation.put("timeout", 0);
        operation.putArray("where").addArray().add(column).add("==").add(value.toJson());
        operation.putArray("columns").add(column);
        operation.put("until", "==");
        operation.putArray("rows");
      }
      case Select(_, Set<String> columns) -> {
        operation.put("op", "select");
        operation.putArray("where");
        columns.forEach(operation.putArray("columns")::add);
      }
    }
    return operation;
  }

  private static ArrayNode where(UUID row) {
    ArrayNode where = JsonNodeFactory.instance.arrayNode();
    where.addArray().add(ROW).add("==").add(new Atom.Reference(row).toJson());
    return where;
  }

  private static ObjectNode row(Map<String, Value> columns) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    columns.forEach((column, value) -> row.set(column, value.toJson()));
    return row;
  }

  /** A mutation wants a set even where there is one atom only. */
  private static ArrayNode asSet(Value value) {
    if (value instanceof Value.Atoms(Set<Atom> atoms)) {
      ArrayNode set = JsonNodeFactory.instance.arrayNode();
      ArrayNode all = set.add("set").addArray();
      atoms.forEach(atom -> all.add(atom.toJson()));
      return set;
    }
    return (ArrayNode) value.toJson();
  }
}
