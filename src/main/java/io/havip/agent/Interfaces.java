package io.havip.agent;

import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which interfaces of the host are VMs', as its Open vSwitch has it: ovs-vswitchd.conf.db(5). Safe
 * for use by several threads.
 */
final class Interfaces {
  static final String DATABASE = "Open_vSwitch";
  private static final String SWITCH = "Open_vSwitch";
  private static final String INTERFACE = "Interface";
  private static final String TYPE = "type";
  private static final String INDEX = "ifindex";
  private static final String EXTERNAL_IDS = "external_ids";
  private static final String SYSTEM_ID = "system-id";
  private static final String LOGICAL_PORT = "iface-id";

  /** Interfaces of the kernel whose other end is a VM's; others speak the other way round. */
  private static final Set<String> TYPES = Set.of("", "system");

  static final Map<String, Set<String>> TABLES =
      Map.of(SWITCH, Set.of(EXTERNAL_IDS), INTERFACE, Set.of(TYPE, INDEX, EXTERNAL_IDS));

  private final Map<UUID, Row> interfaces = new HashMap<>();
  private Optional<String> chassis = Optional.empty();
  private Map<Integer, String> ports = Map.of();

  /** Takes changes of the database. */
  synchronized void take(List<Replica.Change> changes) {
    for (Replica.Change change : changes) {
      if (change.table().equals(SWITCH)) {
        chassis =
            change
                .after()
                .map(row -> row.map(EXTERNAL_IDS).get(SYSTEM_ID))
                .filter(it -> !it.isEmpty());
      } else if (change.after().isPresent()) {
        interfaces.put(change.row(), change.after().get());
      } else {
        interfaces.remove(change.row());
      }
    }
    Map<Integer, String> next = new HashMap<>();
    for (Row row : interfaces.values()) {
      String port = row.map(EXTERNAL_IDS).getOrDefault(LOGICAL_PORT, "");
      int index = (int) row.whole(INDEX);
      if (!port.isEmpty() && index > 0 && TYPES.contains(row.text(TYPE))) {
        next.put(index, port);
      }
    }
    ports = Map.copyOf(next);
  }

  /** The host's name in OVN, if it has one. */
  synchronized Optional<String> chassis() {
    return chassis;
  }

  /** The logical port behind an interface. */
  synchronized Optional<String> portAt(int interfaceIndex) {
    return Optional.ofNullable(ports.get(interfaceIndex));
  }

  synchronized Set<String> ports() {
    return new HashSet<>(ports.values());
  }
}
