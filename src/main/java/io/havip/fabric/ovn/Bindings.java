package io.havip.fabric.ovn;

import io.havip.ovsdb.Operation;
import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where logical ports are, as the tables Port_Binding and Datapath_Binding of the southbound
 * database say: ovn-sb(5). Safe for use by several threads.
 */
final class Bindings {
  static final String DATABASE = "OVN_Southbound";
  private static final String TABLE = "Port_Binding";
  private static final String LOGICAL_PORT = "logical_port";
  private static final String CHASSIS = "chassis";
  private static final String VIRTUAL_PARENT = "virtual_parent";
  private static final String UP = "up";
  private static final String DATAPATH = "datapath";

  private static final String DATAPATHS = "Datapath_Binding";
  private static final String EXTERNAL_IDS = "external_ids";

  /** In a datapath's external_ids: its row in the northbound database. */
  private static final String LOGICAL_SWITCH = "logical-switch";

  static final Map<String, Set<String>> TABLES =
      Map.of(
          TABLE, Set.of(LOGICAL_PORT, CHASSIS, VIRTUAL_PARENT, UP, DATAPATH),
          DATAPATHS, Set.of(EXTERNAL_IDS));

  /** A question that is answered after all changes that were made before it. */
  static final Operation ANYTHING = new Operation.Select("SB_Global", Set.of("nb_cfg"));

  private final Map<String, Row> byPort = new HashMap<>();
  private final Map<UUID, Row> datapaths = new HashMap<>();

  /**
   * Takes a change of the database; gives the logical port that it is about, if it is about one.
   */
  synchronized Optional<String> take(Replica.Change change) {
    if (change.table().equals(DATAPATHS)) {
      change
          .after()
          .ifPresentOrElse(
              row -> datapaths.put(row.id(), row), () -> datapaths.remove(change.row()));
      return Optional.empty();
    }
    Row row = change.after().or(change::before).orElseThrow();
    String port = row.text(LOGICAL_PORT);
    if (change.after().isPresent()) {
      byPort.put(port, row);
    } else if (Optional.ofNullable(byPort.get(port))
        .filter(it -> it.id().equals(row.id()))
        .isPresent()) {
      byPort.remove(port);
    }
    return Optional.of(port);
  }

  /** Whether a change puts a port on a chassis, or takes it off. */
  static boolean isMove(Replica.Change change) {
    return isOther(CHASSIS, change);
  }

  /** Whether a change puts a port on a switch, or takes it off. */
  static boolean isPlacing(Replica.Change change) {
    return isOther(DATAPATH, change);
  }

  private static boolean isOther(String column, Replica.Change change) {
    return !change
        .before()
        .map(row -> row.references(column))
        .orElse(Set.of())
        .equals(change.after().map(row -> row.references(column)).orElse(Set.of()));
  }

  /** Whether it changes what is seen of a port: where it is, whether it is up, behind which one. */
  static boolean isSeen(Replica.Change change) {
    return isMove(change)
        || !parent(change.before()).equals(parent(change.after()))
        || isUp(change.before()) != isUp(change.after());
  }

  /** On which row of the northbound database's switches a port is, once northd has seen it. */
  synchronized Optional<UUID> logicalSwitch(String port) {
    return row(port).stream()
        .flatMap(row -> row.references(DATAPATH).stream())
        .flatMap(id -> Optional.ofNullable(datapaths.get(id)).stream())
        .flatMap(row -> Optional.ofNullable(row.map(EXTERNAL_IDS).get(LOGICAL_SWITCH)).stream())
        .map(UUID::fromString)
        .findFirst();
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
