package io.havip.fabric.ovn;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.ovsdb.Row;
import io.havip.ovsdb.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A row that HAVIP wants in the northbound database.
 *
 * @param id what it is there for
 * @param part which of the rows of that id it is
 * @param network on whose switch it is; of a translation, the network outside
 * @param columns what it holds, external_ids apart
 * @param ports the names of the logical ports that a group of ports holds, of which those are in it
 *     that are there
 */
record WantedRow(
    String table,
    Id id,
    String part,
    NetworkId network,
    Map<String, Value> columns,
    List<String> ports) {
  private static final UUID NO_ROW = new UUID(0, 0);

  WantedRow {
    columns = Map.copyOf(columns);
    ports = List.copyOf(ports);
  }

  /** Any row but a group of ports. */
  WantedRow(String table, Id id, String part, NetworkId network, Map<String, Value> columns) {
    this(table, id, part, network, columns, List.of());
  }

  /** What tells that a row is this one. */
  Map<String, String> mark() {
    return Map.of(OwnRow.ID, id.toString(), OwnRow.PART, part, OwnRow.NETWORK, network.toString());
  }

  boolean isThat(OwnRow own) {
    return own.table().equals(table)
        && own.part().equals(part)
        && own.network().equals(network.toString());
  }

  /** Whether, if this is a VIP's virtual port, it may be behind this port. */
  boolean mayBeHeldBy(String port) {
    return !part.equals(Rows.PART_VIRTUAL) || Rows.parents(new Row(NO_ROW, columns)).contains(port);
  }

  /** What the row holds of that which it should not. */
  Map<String, Value> wrongIn(Row row) {
    Map<String, Value> wrong = new HashMap<>();
    columns.forEach((column, value) -> {
      Value held = row.columns().getOrDefault(column, nothingIn(column));
      if (!held.equals(value)) {
        wrong.put(column, held);
      }
    });
    return wrong;
  }

  /** What a column holds that is not sent because it holds nothing. */
  private static Value nothingIn(String column) {
    return switch (column) {
      case "addresses", "port_security", "external_mac", "logical_port" -> Value.none();
      case Rows.OPTIONS -> Value.texts(Map.of());
      case "priority" -> Value.whole(0);
      default -> Value.text("");
    };
  }
}
