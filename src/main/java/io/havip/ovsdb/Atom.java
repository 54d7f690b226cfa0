package io.havip.ovsdb;

import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** A value that has no parts: RFC 7047, section 5.1. */
public sealed interface Atom {
  record Text(String value) implements Atom {}

  record Whole(long value) implements Atom {}

  record Real(double value) implements Atom {}

  record Truth(boolean value) implements Atom {}

  /** A row that is there. */
  record Reference(UUID row) implements Atom {}

  /** A row that the same transaction inserts under this name. */
  record NewRow(String name) implements Atom {}

  default JsonNode toJson() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (this) {
      case Text(String value) -> json.stringNode(value);
      case Whole(long value) -> json.numberNode(value);
      case Real(double value) -> json.numberNode(value);
      case Truth(boolean value) -> json.booleanNode(value);
      case Reference(UUID row) -> json.arrayNode().add("uuid").add(row.toString());
      case NewRow(String name) -> json.arrayNode().add("named-uuid").add(name);
    };
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Atom of(JsonNode node) {
    if (node.isString()) {
      return new Text(node.stringValue());
    }
    if (node.isIntegralNumber()) {
      return new Whole(node.longValue());
    }
    if (node.isNumber()) {
      return new Real(node.doubleValue());
    }
    if (node.isBoolean()) {
      return new Truth(node.booleanValue());
    }
    if (node.isArray() && node.size() == 2) {
      String text = node.path(1).asString();
      switch (node.path(0).asString()) {
        case "uuid" -> {
          return new Reference(UUID.fromString(text));
        }
        case "named-uuid" -> {
          return new NewRow(text);
        }
        default -> {}
      }
    }
    throw new IllegalArgumentException("no atom: " + node);
  }
}
