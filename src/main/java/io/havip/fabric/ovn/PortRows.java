package io.havip.fabric.ovn;

import io.havip.ovsdb.Row;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Finds the rows of the logical ports of NICs, HAVIP's and others'. */
record PortRows(Wanted wanted, OwnRows own, Adoptable others) {
  /** The row of a port, if there is one that is the NIC's. */
  Optional<UUID> of(String port) {
    return wanted.logicalSwitchOf(port).isPresent()
        ? others(port).map(Row::id)
        : wanted.port(port).stream()
            .flatMap(it -> own.of(it.id().value()).stream())
            .filter(row -> row.part().equals(Rows.PART_PORT))
            .map(row -> row.row().id())
            .findFirst();
  }

  private Optional<Row> others(String port) {
    try {
      Row there = others.logicalSwitch(wanted.logicalSwitchOf(port).orElseThrow());
      return Optional.of(others.port(there, port));
    } catch (Adoptable.NotAdoptableException _) {
      return Optional.empty();
    }
  }

  /** Whether a group holds the ports that it should. */
  boolean areIn(WantedRow group, Row held) {
    Set<UUID> ports = new HashSet<>();
    group.ports().forEach(port -> of(port).ifPresent(ports::add));
    return ports.equals(held.references(Northbound.PORTS));
  }
}
