package io.havip.fabric.ovn;

import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Logical routers, which are always somebody else's, and which switches they join. Safe for use by
 * several threads.
 */
final class Routers {
  /** In an order that stays. */
  private final Map<UUID, Row> routers = new TreeMap<>();

  private final Map<UUID, Row> ports = new HashMap<>();

  /** By a router's port, the switch's port that faces it; both by name. */
  private final Map<String, String> facing = new HashMap<>();

  private final Bindings bindings;

  /**
   * Knows none yet.
   *
   * @param bindings on which switches the ports are
   */
  Routers(Bindings bindings) {
    this.bindings = bindings;
  }

  /** Takes a change of the database. */
  synchronized void take(Replica.Change change) {
    switch (change.table()) {
      case Northbound.ROUTER -> put(routers, change);
      case Northbound.ROUTER_PORT -> put(ports, change);
      case Northbound.PORT -> {
        change.before().ifPresent(row -> faces(row).ifPresent(it -> facing.remove(it, name(row))));
        change.after().ifPresent(row -> faces(row).ifPresent(it -> facing.put(it, name(row))));
      }
      default -> {}
    }
  }

  private static void put(Map<UUID, Row> rows, Replica.Change change) {
    change
        .after()
        .ifPresentOrElse(row -> rows.put(change.row(), row), () -> rows.remove(change.row()));
  }

  private static Optional<String> faces(Row switchPort) {
    return Optional.ofNullable(switchPort.map(Rows.OPTIONS).get("router-port"));
  }

  /**
   * The router that joins two switches, and translates in one place, on the chassis of a gateway,
   * what comes from outside; once northd has seen that it does.
   */
  synchronized Optional<UUID> joining(UUID inside, UUID outside) {
    return routers.values().stream()
        .filter(router -> portsOf(router).anyMatch(port -> isOn(inside, port)))
        .filter(router ->
            portsOf(router).anyMatch(port -> isOn(outside, port) && isOnOneChassis(router, port)))
        .map(Row::id)
        .findFirst();
  }

  private boolean isOn(UUID logicalSwitch, Row port) {
    return Optional.ofNullable(facing.get(name(port)))
        .flatMap(bindings::logicalSwitch)
        .filter(logicalSwitch::equals)
        .isPresent();
  }

  private Stream<Row> portsOf(Row router) {
    return router.references(Northbound.PORTS).stream()
        .flatMap(port -> Optional.ofNullable(ports.get(port)).stream());
  }

  private static String name(Row port) {
    return port.text(Northbound.NAME);
  }

  private static boolean isOnOneChassis(Row router, Row port) {
    return router.map(Rows.OPTIONS).containsKey("chassis")
        || !port.references(Northbound.GATEWAY_CHASSIS).isEmpty()
        || !port.references(Northbound.HA_CHASSIS_GROUP).isEmpty();
  }

  /** On which router a translation is. */
  synchronized Optional<UUID> of(UUID translation) {
    return routers.values().stream()
        .filter(router -> router.references(Northbound.NATS).contains(translation))
        .map(Row::id)
        .findFirst();
  }
}
