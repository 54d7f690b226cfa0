package io.havip.fabric.ovn;

import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * HAVIP's rows of the northbound database by what they are there for, so that a change of some ids
 * is found without looking at the others; and the ports and switches of others by their names. Safe
 * for use by several threads.
 */
final class OwnRows {
  private final Groups<OwnRow> byId = new Groups<>();
  private final Groups<Row> othersPorts = new Groups<>();
  private final Groups<Row> othersSwitches = new Groups<>();

  /** By id, the ports of others to which something was added. */
  private final Groups<Row> adopted = new Groups<>();

  /** Rows by a text that several of them may share. */
  private static final class Groups<T> {
    private final Map<String, Map<UUID, T>> groups = new HashMap<>();

    void put(String key, UUID row, T value) {
      groups.computeIfAbsent(key, _ -> new HashMap<>()).put(row, value);
    }

    void remove(String key, UUID row) {
      groups.computeIfPresent(
          key,
          (_, rows) -> {
            rows.remove(row);
            return rows.isEmpty() ? null : rows;
          });
    }

    List<T> of(String key) {
      return List.copyOf(groups.getOrDefault(key, Map.of()).values());
    }
  }

  /** Takes a change of the database; gives what was or is HAVIP's in it. */
  synchronized Set<String> take(Replica.Change change) {
    Optional<OwnRow> before = change.before().flatMap(row -> OwnRow.of(change.table(), row));
    Optional<OwnRow> after = change.after().flatMap(row -> OwnRow.of(change.table(), row));
    Set<String> touched = new HashSet<>();
    before.ifPresent(own -> {
      touched.add(own.id());
      byId.remove(own.id(), change.row());
    });
    if (before.isEmpty()) {
      change.before().ifPresent(row -> forgetOthers(change.table(), row));
    }
    after.ifPresent(own -> {
      touched.add(own.id());
      byId.put(own.id(), change.row(), own);
    });
    if (after.isEmpty()) {
      change.after().ifPresent(row -> addOthers(change.table(), row));
    }
    return touched;
  }

  private void forgetOthers(String table, Row row) {
    switch (table) {
      case Northbound.PORT -> {
        othersPorts.remove(row.text(Northbound.NAME), row.id());
        Additions.id(row).ifPresent(id -> adopted.remove(id, row.id()));
      }
      case Northbound.SWITCH -> othersSwitches.remove(row.text(Northbound.NAME), row.id());
      default -> {}
    }
  }

  private void addOthers(String table, Row row) {
    switch (table) {
      case Northbound.PORT -> {
        othersPorts.put(row.text(Northbound.NAME), row.id(), row);
        Additions.id(row).ifPresent(id -> adopted.put(id, row.id(), row));
      }
      case Northbound.SWITCH -> othersSwitches.put(row.text(Northbound.NAME), row.id(), row);
      default -> {}
    }
  }

  synchronized Collection<OwnRow> of(String id) {
    return byId.of(id);
  }

  /** The ports of others to which something was added for an id. */
  synchronized Collection<Row> adoptedFor(String id) {
    return adopted.of(id);
  }

  synchronized Set<String> ids() {
    Set<String> ids = new HashSet<>(byId.groups.keySet());
    ids.addAll(adopted.groups.keySet());
    return ids;
  }

  /** HAVIP's switch for a network. */
  Optional<OwnRow> switchOf(String network) {
    return of(network).stream().filter(own -> own.table().equals(Northbound.SWITCH)).findFirst();
  }

  /** The port of this name, which is unique, if it is somebody else's. */
  synchronized Optional<Row> othersPort(String name) {
    return othersPorts.of(name).stream().findFirst();
  }

  /** The switches of others of this name, which need not be unique. */
  synchronized List<Row> othersSwitches(String name) {
    return othersSwitches.of(name);
  }

  /** Whether all of these rows are HAVIP's. */
  synchronized boolean areOwn(Set<UUID> rows) {
    Set<UUID> own = new HashSet<>();
    byId.groups.values().forEach(held -> own.addAll(held.keySet()));
    return own.containsAll(rows);
  }
}
