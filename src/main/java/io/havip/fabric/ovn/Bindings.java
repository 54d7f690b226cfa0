package io.havip.fabric.ovn;

import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where logical ports are, as the table Port_Binding of the southbound database says: ovn-sb(5).
 * Safe for use by several threads.
 */
final class Bindings {
  static final String DATABASE = "OVN_Southbound";
  private static final String TABLE = "Port_Binding";
  private static final String LOGICAL_PORT = "logical_port";
  private static final String CHASSIS = "chassis";
  private static final String VIRTUAL_PARENT = "virtual_parent";
  private static final String UP = "up";

  static final Map<String, Set<String>> TABLES =
      Map.of(TABLE, Set.of(LOGICAL_PORT, CHASSIS, VIRTUAL_PARENT, UP));

  private final Map<String, Row> byPort = new HashMap<>();

  /** Takes a change of the database; gives the logical port that it is about. */
  synchronized String take(Replica.Change change) {
    Row row = change.after().or(change::before).orElseThrow();
    String port = row.text(LOGICAL_PORT);
    if (change.after().isPresent()) {
      byPort.put(port, row);
    } else if (Optional.ofNullable(byPort.get(port))
        .filter(it -> it.id().equals(row.id()))
        .isPresent()) {
      byPort.remove(port);
    }
    return port;
  }

  /** Whether a change puts a port on a chassis, or takes it off. */
  static boolean isMove(Replica.Change change) {
    return !change
        .before()
        .map(row -> row.references(CHASSIS))
        .orElse(Set.of())
        .equals(change.after().map(row -> row.references(CHASSIS)).orElse(Set.of()));
  }

  /** Whether it changes what is seen of a port: where it is, whether it is up, behind which one. */
  static boolean isSeen(Replica.Change change) {
    return isMove(change)
        || !parent(change.before()).equals(parent(change.after()))
        || isUp(change.before()) != isUp(change.after());
  }

  /** Whether a port is on a chassis. */
  synchronized boolean isThere(String port) {
    return row(port).filter(row -> !row.references(CHASSIS).isEmpty()).isPresent();
  }

  /** Whether a port's chassis lets its frames through. */
  synchronized boolean isUp(String port) {
    return isUp(row(port));
  }

  private static boolean isUp(Optional<Row> binding) {
    return binding.filter(row -> row.isTrue(UP)).isPresent();
  }

  /** Behind which port a virtual port is now. */
  synchronized Optional<String> parent(String virtualPort) {
    return parent(row(virtualPort));
  }

  private static Optional<String> parent(Optional<Row> binding) {
    return binding.flatMap(row -> row.optionalText(VIRTUAL_PARENT)).filter(it -> !it.isEmpty());
  }

  private Optional<Row> row(String port) {
    return Optional.ofNullable(byPort.get(port));
  }
}
