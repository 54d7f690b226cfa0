package io.havip.fabric.ovn;

import io.havip.ovsdb.Replica;
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
 * is found without looking at the others; and which names of ports others use. Safe for use by
 * several threads.
 */
final class OwnRows {
  private final Map<String, Map<UUID, OwnRow>> byId = new HashMap<>();
  private final Map<String, UUID> othersPorts = new HashMap<>();

  /** Takes a change of the database; gives what was or is HAVIP's in it. */
  synchronized Set<String> take(Replica.Change change) {
    Optional<OwnRow> before = change.before().flatMap(row -> OwnRow.of(change.table(), row));
    Optional<OwnRow> after = change.after().flatMap(row -> OwnRow.of(change.table(), row));
    Set<String> touched = new HashSet<>();
    before.ifPresent(own -> {
      touched.add(own.id());
      byId.computeIfPresent(
          own.id(),
          (_, rows) -> {
            rows.remove(change.row());
            return rows.isEmpty() ? null : rows;
          });
    });
    after.ifPresent(own -> {
      touched.add(own.id());
      byId.computeIfAbsent(own.id(), _ -> new HashMap<>()).put(change.row(), own);
    });
    if (change.table().equals(Northbound.PORT)) {
      if (before.isEmpty()) {
        change.before().ifPresent(row -> othersPorts.remove(row.text(Northbound.NAME), row.id()));
      }
      if (after.isEmpty()) {
        change.after().ifPresent(row -> othersPorts.put(row.text(Northbound.NAME), row.id()));
      }
    }
    return touched;
  }

  synchronized Collection<OwnRow> of(String id) {
    return List.copyOf(byId.getOrDefault(id, Map.of()).values());
  }

  synchronized Set<String> ids() {
    return Set.copyOf(byId.keySet());
  }

  /** HAVIP's switch for a network. */
  Optional<OwnRow> switchOf(String network) {
    return of(network).stream().filter(own -> own.table().equals(Northbound.SWITCH)).findFirst();
  }

  /** Whether somebody else has a port of this name, which must be unique. */
  synchronized boolean isOthersPort(String name) {
    return othersPorts.containsKey(name);
  }

  /** Whether all of these rows are HAVIP's. */
  synchronized boolean areOwn(Set<UUID> rows) {
    Set<UUID> own = new HashSet<>();
    byId.values().forEach(held -> own.addAll(held.keySet()));
    return own.containsAll(rows);
  }
}
