package io.havip.fabric.ovn;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.ovsdb.Atom;
import io.havip.ovsdb.Operation;
import io.havip.ovsdb.Row;
import io.havip.ovsdb.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What makes the rows of some ids what they are wanted to be, in one transaction that does nothing
 * when a row is not any more what it was compared as.
 */
final class Changes {
  private static final String DROPS_OTHERS =
      "otherTraffic is pass, but IPv6 and other protocols are dropped there: OVN's access-control lists cannot drop router advertisements; set otherTraffic to drop";

  private static final String HAS_MAC_OF_GATEWAY =
      "the NIC has the MAC address of the network's gateway, so OVN carries no frames of it; give the NIC another";

  private static final Pattern NUMBER = Pattern.compile("-([0-9]{1,9})$");
  private static final UUID NO_ROW = new UUID(0, 0);

  private final Wanted wanted;
  private final OwnRows own;
  private final Map<UUID, Row> onUnwanted;
  private final Adoptable others;
  private final PortRows portRows;
  private final Routers routers;
  private final Function<String, Optional<String>> holderOf;

  private final List<Operation> operations = new ArrayList<>();
  private final List<Difference> differences = new ArrayList<>();
  private final List<Obstacle> obstacles = new ArrayList<>();

  /** By network, the switches that come with this transaction. */
  private final Map<String, NewSwitch> newSwitches = new TreeMap<>();

  private final Map<NetworkId, Optional<Row>> adoptedSwitches = new HashMap<>();
  private final Map<UUID, OnSwitch> onSwitches = new HashMap<>();
  private final Set<UUID> deletedSwitches = new HashSet<>();

  /** By name, the ports of NICs that come with this transaction. */
  private final Map<String, Atom> newPorts = new HashMap<>();

  /** Rows that this transaction takes off their switches. */
  private final Set<UUID> removedPorts = new HashSet<>();

  private int named;

  /** By name, the incarnation of each port that comes with this transaction. */
  private final Map<String, String> incarnations = new HashMap<>();

  /**
   * Something that was not as wanted.
   *
   * @param text for people
   */
  record Difference(String id, String text) {}

  /**
   * Something that cannot be as wanted.
   *
   * @param why for people
   */
  record Obstacle(Id id, String why) {}

  private record NewSwitch(WantedRow row, Members members) {}

  private record OnSwitch(Members out, Members in) {}

  /** What is on a switch. */
  private static final class Members {
    final Set<Atom> ports = new HashSet<>();
    final Set<Atom> acls = new HashSet<>();

    void add(String table, Atom row) {
      (table.equals(Northbound.PORT) ? ports : acls).add(row);
    }
  }

  private Changes(
      Wanted wanted,
      OwnRows own,
      Map<UUID, Row> onUnwanted,
      Adoptable others,
      Routers routers,
      Function<String, Optional<String>> holderOf) {
    this.wanted = wanted;
    this.own = own;
    this.onUnwanted = onUnwanted;
    this.others = others;
    this.portRows = new PortRows(wanted, own, others);
    this.routers = routers;
    this.holderOf = holderOf;
  }

  /**
   * Compares.
   *
   * @param onUnwanted what is on the switches that are not wanted any more
   * @param others what others have that networks and NICs may be
   * @param routers what others have to translate addresses
   * @param holderOf which port holds the VIP of a virtual port, by the latter's name
   */
  static Changes of(
      Collection<String> ids,
      Wanted wanted,
      OwnRows own,
      Map<UUID, Row> onUnwanted,
      Adoptable others,
      Routers routers,
      Function<String, Optional<String>> holderOf) {
    Changes changes = new Changes(wanted, own, onUnwanted, others, routers, holderOf);
    // Virtual ports last: they name the ports of their VIP's members.
    List<String> inOrder =
        ids.stream()
            .distinct()
            .sorted(
                Comparator.comparing(
                        (String id) -> wanted.rows(id).stream().anyMatch(Rows::isVirtual))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    // Switches first: it must be known which come and go before anything is put on them. Groups
    // of ports last: they name ports that come with this transaction.
    for (Stage stage : Stage.values()) {
      inOrder.forEach(id -> changes.compare(id, wanted.rows(id), own.of(id), stage));
    }
    inOrder.forEach(changes::compareAdditions);
    wanted.passing().stream()
        .filter(network -> inOrder.contains(network.value()))
        .forEach(network -> changes.block(network, network + ": " + DROPS_OTHERS));
    inOrder.stream()
        .flatMap(id -> wanted.rows(id).stream())
        .filter(Rows::isCutOff)
        .forEach(port -> changes.block(port.id(), port.id() + ": " + HAS_MAC_OF_GATEWAY));
    changes.finish();
    return changes;
  }

  List<Operation> operations() {
    return operations;
  }

  /** One for each id whose rows differ. */
  List<Difference> differences() {
    return differences;
  }

  /** Whatever others have that is in the way, or is missing. */
  List<Obstacle> obstacles() {
    return obstacles;
  }

  private enum Stage {
    SWITCHES,
    ON_SWITCHES,
    GROUPS;

    static Stage of(String table) {
      return switch (table) {
        case Northbound.SWITCH -> SWITCHES;
        case Northbound.PORT_GROUP, Northbound.ADDRESS_SET -> GROUPS;
        default -> ON_SWITCHES;
      };
    }
  }

  private void compare(String id, List<WantedRow> wanted, Collection<OwnRow> there, Stage stage) {
    Set<OwnRow> unwanted = new HashSet<>();
    there.stream().filter(row -> Stage.of(row.table()) == stage).forEach(unwanted::add);
    Set<String> wrong = new TreeSet<>();
    boolean isNew = unwanted.isEmpty();
    for (WantedRow row : wanted) {
      if (Stage.of(row.table()) != stage) {
        continue;
      }
      Optional<OwnRow> held =
          unwanted.stream().filter(it -> row.isThat(it) && isInPlace(row, it)).findFirst();
      if (held.isEmpty()) {
        Optional<Row> instead =
            there.stream().filter(it -> it.part().equals(row.part())).map(OwnRow::row).findFirst();
        if (insert(row, instead)) {
          wrong.add(row.part());
        }
        continue;
      }
      unwanted.remove(held.get());
      Map<String, Value> before = row.wrongIn(held.get().row());
      if (mustBeForgotten(row, held.get().row(), before)) {
        wrong.add(row.part());
        remove(held.get());
        insert(row, Optional.of(held.get().row()));
        continue;
      }
      if (!before.isEmpty()) {
        wrong.add(row.part());
        update(row, held.get().row().id(), before);
      }
      renewMembers(row, held.get().row());
      if (row.table().equals(Northbound.PORT_GROUP)
          && bring(
              held.get().row(), row.table(), Northbound.PORTS, new Value.Atoms(portsOf(row)))) {
        wrong.add(row.part());
      }
    }
    boolean isGone = wrong.isEmpty();
    for (OwnRow row : unwanted) {
      if (remove(row)) {
        wrong.add(row.part());
      }
    }
    if (!wrong.isEmpty()) {
      String how = isNew ? "missing" : isGone && wanted.isEmpty() ? "not wanted" : "different";
      String text = "%s was %s in OVN: %s".formatted(id, how, String.join(", ", wrong));
      differences.add(new Difference(id, text));
    }
  }

  /** Another switch of others may have the name by now, or none that may be used. */
  private boolean isInPlace(WantedRow row, OwnRow held) {
    return row.table().equals(Northbound.NAT)
        || Stage.of(row.table()) == Stage.GROUPS
        || held.othersSwitch().equals(adoptedSwitch(row.network()).map(Row::id));
  }

  /** OVN would keep the holder of a VIP that it may not hold, or that has another address now. */
  private boolean mustBeForgotten(WantedRow row, Row held, Map<String, Value> wrong) {
    if (!Rows.isVirtual(row)) {
      return false;
    }
    Row after = new Row(held.id(), row.columns());
    boolean isElsewhere =
        wrong.containsKey(Rows.OPTIONS) && !Rows.address(held).equals(Rows.address(after));
    return isElsewhere
        || holderOf
            .apply(held.text(Northbound.NAME))
            .filter(port -> !row.mayBeHeldBy(port))
            .isPresent();
  }

  /**
   * Changes a virtual port when the port of a member is another row than northd has read for it.
   *
   * <p>ovn-northd 23.09 to 24.03.6, 24.09 to 24.09.3, 25.03.0 and 25.03.1 handle a port that comes
   * or goes without the virtual ports that name it, and so do not let the new port claim the VIP.
   * Any change of the virtual port makes northd compute both. OVN's commit a2fa8b22 mends this.
   */
  private void renewMembers(WantedRow row, Row held) {
    if (!Rows.isVirtual(row)) {
      return;
    }
    Map<String, String> before = held.map(Northbound.EXTERNAL_IDS);
    Map<String, String> after = new HashMap<>(before);
    after.put(OwnRow.MEMBERS, members(row));
    if (!after.equals(before)) {
      operations.add(
          new Operation.Expect(
              row.table(), held.id(), Map.of(Northbound.EXTERNAL_IDS, Value.texts(before))));
      operations.add(
          new Operation.Update(
              row.table(), held.id(), Map.of(Northbound.EXTERNAL_IDS, Value.texts(after))));
    }
  }

  /** The incarnations of the ports that a virtual port names, of those that there are. */
  private String members(WantedRow virtual) {
    return Rows.parents(new Row(NO_ROW, virtual.columns())).stream()
        .flatMap(name -> incarnation(name).stream())
        .collect(Collectors.joining(","));
  }

  private Optional<String> incarnation(String port) {
    return Optional.ofNullable(incarnations.get(port))
        .or(() -> ownPort(port).map(OwnRow::incarnation))
        .or(() -> own.othersPort(port).map(row -> row.id().toString()));
  }

  private Optional<OwnRow> ownPort(String name) {
    return wanted
        .port(name)
        .flatMap(port ->
            own.of(port.id().value()).stream()
                .filter(it -> it.table().equals(Northbound.PORT))
                .filter(it -> it.row().text(Northbound.NAME).equals(name))
                .findFirst());
  }

  private void update(WantedRow row, UUID id, Map<String, Value> before) {
    if (row.table().equals(Northbound.ADDRESS_SET) && before.containsKey(Northbound.ADDRESSES)) {
      // Such a set may have thousands of elements, of which one changes.
      bring(
          new Row(id, before),
          row.table(),
          Northbound.ADDRESSES,
          row.columns().get(Northbound.ADDRESSES));
      before.remove(Northbound.ADDRESSES);
      if (before.isEmpty()) {
        return;
      }
    }
    Map<String, Value> after = new HashMap<>(row.columns());
    after.keySet().retainAll(before.keySet());
    operations.add(new Operation.Expect(row.table(), id, before));
    operations.add(new Operation.Update(row.table(), id, after));
  }

  /** Changes what a set has too much or too little; says whether it had. */
  private boolean bring(Row held, String table, String column, @Nullable Value wanted) {
    Set<Atom> in = new HashSet<>(atoms(wanted));
    Set<Atom> out = new HashSet<>(atoms(held.value(column)));
    Set<Atom> both = new HashSet<>(in);
    both.retainAll(out);
    in.removeAll(both);
    out.removeAll(both);
    mutate(table, held.id(), column, out, in);
    return !in.isEmpty() || !out.isEmpty();
  }

  private static Set<Atom> atoms(@Nullable Value value) {
    return value instanceof Value.Atoms(Set<Atom> atoms) ? atoms : Set.of();
  }

  /** The ports of a group, as far as they are there or come with this transaction. */
  private Set<Atom> portsOf(WantedRow group) {
    Set<Atom> ports = new HashSet<>();
    for (String port : group.ports()) {
      Optional.ofNullable(newPorts.get(port))
          .or(() ->
              portRows.of(port).filter(row -> !removedPorts.contains(row)).map(Atom.Reference::new))
          .ifPresent(ports::add);
    }
    return ports;
  }

  private boolean insert(WantedRow row, Optional<Row> instead) {
    if (row.table().equals(Northbound.SWITCH)) {
      newSwitches.put(row.network().value(), new NewSwitch(row, new Members()));
      return true;
    }
    if (row.table().equals(Northbound.NAT)) {
      return insertTranslation(row);
    }
    if (Stage.of(row.table()) == Stage.GROUPS) {
      Map<String, Value> columns = new HashMap<>(row.columns());
      if (row.table().equals(Northbound.PORT_GROUP)) {
        columns.put(Northbound.PORTS, new Value.Atoms(portsOf(row)));
      }
      insert(row.table(), columns, row.mark());
      return true;
    }
    Optional<Members> place =
        Optional.ofNullable(newSwitches.get(row.network().value()))
            .map(NewSwitch::members)
            .or(() -> switchFor(row.network()).map(id -> on(id).in()));
    if (place.isEmpty()) {
      return false;
    }
    Map<String, Value> columns = new HashMap<>(row.columns());
    Map<String, String> mark = new HashMap<>(row.mark());
    if (Rows.isVirtual(row)) {
      mark.put(OwnRow.MEMBERS, members(row));
      // With the old name, OVN would take it for the old port.
      columns.put(
          Northbound.NAME,
          Value.text(row.id().value() + "-" + instead.map(Changes::next).orElse(0)));
    } else if (row.table().equals(Northbound.PORT)) {
      String name = new Row(NO_ROW, columns).text(Northbound.NAME);
      if (own.othersPort(name).isPresent()) {
        block(row.id(), "the logical port %s of %s is somebody else's".formatted(name, row.id()));
        return false;
      }
      String incarnation = UUID.randomUUID().toString();
      incarnations.put(name, incarnation);
      mark.put(OwnRow.INCARNATION, incarnation);
    }
    adoptedSwitch(row.network()).ifPresent(it -> mark.put(OwnRow.SWITCH, it.id().toString()));
    Atom added = insert(row.table(), columns, mark);
    place.get().add(row.table(), added);
    if (row.part().equals(Rows.PART_PORT)) {
      newPorts.put(new Row(NO_ROW, columns).text(Northbound.NAME), added);
    }
    return true;
  }

  private boolean insertTranslation(WantedRow row) {
    Optional<NetworkId> network = wanted.networkOf(row.id());
    Optional<UUID> inside = network.flatMap(this::switchOf);
    Optional<UUID> router =
        inside.flatMap(
            in -> switchOf(row.network()).flatMap(outside -> routers.joining(in, outside)));
    if (router.isEmpty()) {
      block(
          row.id(),
          "the floating address of %s waits: no router with a gateway chassis joins %s to %s"
              .formatted(
                  row.id(), network.map(NetworkId::value).orElse("its network"), row.network()));
      return false;
    }
    Atom added = insert(row.table(), new HashMap<>(row.columns()), row.mark());
    mutate(Northbound.ROUTER, router.get(), Northbound.NATS, Set.of(), Set.of(added));
    return true;
  }

  private Atom insert(String table, Map<String, Value> columns, Map<String, String> mark) {
    String name = "row" + named++;
    columns.put(Northbound.EXTERNAL_IDS, Value.texts(mark));
    operations.add(new Operation.Insert(table, name, columns));
    return new Atom.NewRow(name);
  }

  private void compareAdditions(String id) {
    Optional<Additions> additions = wanted.additions(id);
    Optional<Row> port = additions.flatMap(this::portFor);
    Set<String> differing = new TreeSet<>();
    for (Row row : own.adoptedFor(id)) {
      if (port.filter(it -> it.id().equals(row.id())).isEmpty()) {
        bring(row, Additions.away(row), differing);
      }
    }
    port.ifPresent(row -> bring(row, additions.orElseThrow().to(row), differing));
    if (!differing.isEmpty()) {
      String text =
          "%s was different in OVN: what is added to the port %s"
              .formatted(id, String.join(", ", differing));
      differences.add(new Difference(id, text));
    }
  }

  private void bring(Row port, List<Operation> changes, Set<String> differing) {
    if (!changes.isEmpty()) {
      operations.addAll(changes);
      differing.add(port.text(Northbound.NAME));
    }
  }

  private Optional<Row> portFor(Additions additions) {
    Optional<Row> on = adoptedSwitch(additions.network());
    try {
      return on.isEmpty() ? on : Optional.of(others.port(on.get(), additions.port()));
    } catch (Adoptable.NotAdoptableException e) {
      block(additions.id(), additions.id() + ": " + e.why());
      return Optional.empty();
    }
  }

  private void block(Id id, String why) {
    obstacles.add(new Obstacle(id, why));
  }

  private Optional<Row> adoptedSwitch(NetworkId network) {
    return wanted
        .logicalSwitch(network)
        .flatMap(name ->
            adoptedSwitches.computeIfAbsent(
                network,
                _ -> {
                  try {
                    return Optional.of(others.logicalSwitch(name));
                  } catch (Adoptable.NotAdoptableException e) {
                    block(network, network + ": " + e.why());
                    return Optional.empty();
                  }
                }));
  }

  private static int next(Row virtual) {
    Matcher number = NUMBER.matcher(virtual.text(Northbound.NAME));
    return number.find() ? Integer.parseInt(number.group(1)) + 1 : 0;
  }

  private boolean remove(OwnRow row) {
    UUID id = row.row().id();
    if (row.table().equals(Northbound.SWITCH)) {
      Row members = onUnwanted.get(id);
      if (members == null) {
        return false; // it is going already
      }
      Set<UUID> onIt = new HashSet<>(members.references(Northbound.PORTS));
      onIt.addAll(members.references(Northbound.ACLS));
      if (!own.areOwn(onIt)) {
        return false; // others use it, so it stays until they do not
      }
      deletedSwitches.add(id);
      operations.add(new Operation.Expect(row.table(), id, members.columns()));
      operations.add(new Operation.Delete(row.table(), id));
      return true;
    }
    if (row.table().equals(Northbound.NAT)) {
      Set<Atom> gone = Set.of(new Atom.Reference(id));
      routers
          .of(id)
          .ifPresent(it -> mutate(Northbound.ROUTER, it, Northbound.NATS, gone, Set.of()));
      return true;
    }
    if (Stage.of(row.table()) == Stage.GROUPS) {
      operations.add(new Operation.Delete(row.table(), id));
      return true;
    }
    removedPorts.add(id);
    row.othersSwitch()
        .or(() -> own.switchOf(row.network()).map(place -> place.row().id()))
        .filter(it -> !deletedSwitches.contains(it))
        .ifPresent(it -> on(it).out().add(row.table(), new Atom.Reference(id)));
    return true;
  }

  /** The switch that is there for a network; of others there need be none that may be used. */
  private Optional<UUID> switchFor(NetworkId network) {
    Optional<UUID> there = switchOf(network);
    if (there.isEmpty() && wanted.logicalSwitch(network).isEmpty()) {
      throw new IllegalStateException("no switch for " + network);
    }
    return there;
  }

  private Optional<UUID> switchOf(NetworkId network) {
    return wanted.logicalSwitch(network).isPresent()
        ? adoptedSwitch(network).map(Row::id)
        : own.switchOf(network.value()).map(it -> it.row().id());
  }

  private OnSwitch on(UUID id) {
    return onSwitches.computeIfAbsent(id, _ -> new OnSwitch(new Members(), new Members()));
  }

  private void finish() {
    newSwitches.forEach((network, coming) -> {
      Map<String, Value> columns = new HashMap<>(coming.row().columns());
      columns.put(Northbound.PORTS, new Value.Atoms(coming.members().ports));
      columns.put(Northbound.ACLS, new Value.Atoms(coming.members().acls));
      columns.put(Northbound.EXTERNAL_IDS, Value.texts(coming.row().mark()));
      operations.add(
          new Operation.ExpectNone(Northbound.SWITCH, Northbound.NAME, Value.text(network)));
      operations.add(new Operation.Insert(Northbound.SWITCH, "row" + named++, columns));
    });
    // One of others may have gone meanwhile, and what is put on it would be nowhere.
    adoptedSwitches.values().stream()
        .flatMap(Optional::stream)
        .filter(row -> onSwitches.containsKey(row.id()))
        .forEach(row ->
            operations.add(
                new Operation.Expect(
                    Northbound.SWITCH,
                    row.id(),
                    Map.of(Northbound.NAME, row.value(Northbound.NAME)))));
    onSwitches.forEach((id, on) -> {
      mutate(Northbound.SWITCH, id, Northbound.PORTS, on.out().ports, on.in().ports);
      mutate(Northbound.SWITCH, id, Northbound.ACLS, on.out().acls, on.in().acls);
    });
  }

  private void mutate(String table, UUID id, String column, Set<Atom> out, Set<Atom> in) {
    if (!out.isEmpty() || !in.isEmpty()) {
      operations.add(
          new Operation.Mutate(table, id, column, new Value.Atoms(out), new Value.Atoms(in)));
    }
  }
}
