package io.havip.fabric.ovn;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.ovsdb.Operation;
import io.havip.ovsdb.Row;
import io.havip.ovsdb.Value;
import io.havip.plan.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What HAVIP adds to a logical port of somebody else's: elements of sets. Of such a row it owns
 * these elements alone. The row's external_ids record them, so that exactly these are taken away
 * again; what the others had already is not recorded, and stays. A port to which nothing is added
 * has no trace of HAVIP.
 *
 * @param id what the port is for
 * @param network on whose switch it must be
 * @param port its name
 * @param columns by name, each a set of texts
 */
record Additions(Id id, NetworkId network, String port, Map<String, Elements> columns) {
  static final String ADDRESSES = "addresses";
  static final String PORT_SECURITY = "port_security";

  /** In external_ids: the id. */
  private static final String ADOPTED = "havip-adopted";

  /** In external_ids: what was added to a column. No element has a comma. */
  private static final Map<String, String> RECORDS =
      Map.of(ADDRESSES, "havip-addresses", PORT_SECURITY, "havip-port-security");

  private static final String SEPARATOR = ",";

  Additions {
    columns = Map.copyOf(columns);
  }

  /**
   * What a column should hold of HAVIP's.
   *
   * @param beside where others have elements of their own in it
   * @param alone where they have none, which for port security means that nothing is checked
   */
  record Elements(Set<String> beside, Set<String> alone) {
    private static final Elements NONE = new Elements(Set.of(), Set.of());

    Elements {
      beside = Set.copyOf(beside);
      alone = Set.copyOf(alone);
    }
  }

  /** What something was added to a port for, if anything was. */
  static Optional<String> id(Row port) {
    return Optional.ofNullable(port.map(Northbound.EXTERNAL_IDS).get(ADOPTED));
  }

  /**
   * Whether the owner of a port lets it send from more than its NIC's address. Where the owner has
   * no port security, only HAVIP's elements count, and the port is not open.
   */
  static boolean isOpen(Row row, Port port) {
    Set<String> others = new TreeSet<>(row.texts(PORT_SECURITY));
    others.removeAll(
        List.of(
            row.map(Northbound.EXTERNAL_IDS)
                .getOrDefault(RECORDS.get(PORT_SECURITY), "")
                .split(SEPARATOR, -1)));
    Set<String> own = new TreeSet<>(List.of("0.0.0.0", String.valueOf(port.address())));
    return others.stream()
        .map(element -> List.of(element.trim().split("[ ,]+")))
        .map(parts -> parts.subList(1, parts.size()))
        .anyMatch(addresses ->
            addresses.isEmpty()
                || addresses.stream().anyMatch(it -> !it.contains(":") && !own.contains(it)));
  }

  /** What brings these to a port; nothing if it has them, and no others of HAVIP's. */
  List<Operation> to(Row row) {
    return operations(row, id.value(), columns);
  }

  /** What takes away from a port whatever HAVIP has added. */
  static List<Operation> away(Row row) {
    return operations(row, "", Map.of());
  }

  private static List<Operation> operations(Row row, String id, Map<String, Elements> wanted) {
    Map<String, String> ids = row.map(Northbound.EXTERNAL_IDS);
    Map<String, String> recorded = new HashMap<>(ids);
    recorded.keySet().removeIf(key -> !key.equals(ADOPTED) && !RECORDS.containsValue(key));
    Map<String, String> record = new HashMap<>();
    List<Operation> changes = new ArrayList<>();
    RECORDS.forEach((column, key) -> {
      Set<String> held = row.texts(column);
      Set<String> added = new TreeSet<>(List.of(ids.getOrDefault(key, "").split(SEPARATOR, -1)));
      added.retainAll(held);
      Set<String> others = new TreeSet<>(held);
      others.removeAll(added);
      Elements elements = wanted.getOrDefault(column, Elements.NONE);
      Set<String> desired = new TreeSet<>(others.isEmpty() ? elements.alone() : elements.beside());
      // A MAC address alone is for all IP addresses, but no more when it is also beside one.
      desired.removeIf(it -> others.stream().anyMatch(it.split(" ", 2)[0]::equalsIgnoreCase));
      Set<String> out = new TreeSet<>(added);
      out.removeAll(desired);
      Set<String> in = new TreeSet<>(desired);
      in.removeAll(held);
      if (!out.isEmpty() || !in.isEmpty()) {
        changes.add(mutation(row, column, Value.texts(out), Value.texts(in)));
      }
      added.removeAll(out);
      added.addAll(in);
      if (!added.isEmpty()) {
        record.put(key, String.join(SEPARATOR, added));
        record.put(ADOPTED, id);
      }
    });
    if (!record.equals(recorded)) {
      changes.add(
          mutation(
              row, Northbound.EXTERNAL_IDS, Value.texts(recorded.keySet()), Value.texts(record)));
    }
    if (!changes.isEmpty()) {
      changes.addFirst(
          new Operation.Expect(
              Northbound.PORT,
              row.id(),
              Map.of(
                  ADDRESSES,
                  row.value(ADDRESSES),
                  PORT_SECURITY,
                  row.value(PORT_SECURITY),
                  Northbound.EXTERNAL_IDS,
                  Value.texts(ids))));
    }
    return changes;
  }

  private static Operation mutation(Row row, String column, Value out, Value in) {
    return new Operation.Mutate(Northbound.PORT, row.id(), column, out, in);
  }
}
