package io.havip.fabric.ovn;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.inventory.Nic;
import io.havip.ovsdb.Operation;
import io.havip.ovsdb.OvsdbClient;
import io.havip.ovsdb.OvsdbException;
import io.havip.ovsdb.Remote;
import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import io.havip.ovsdb.Tls;
import io.havip.ovsdb.Value;
import io.havip.plan.Announcement;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fabric of many hosts, on top of Open Virtual Network.
 *
 * <p>What is desired is written into the northbound database, all of a call in one transaction,
 * because ovn-northd computes anew for each. The transaction also adds one to {@code nb_cfg}, as
 * ovn-nbctl's {@code --wait} does, and counts as realised when northd has answered with the number:
 * then the southbound database has it. That each chassis has it too is waited for as well, but only
 * for a moment, and not while one is behind since long: a chassis that is cut off must not keep
 * everybody waiting, and nobody can take anything from it.
 *
 * <p>Whether a change of HAVIP's rows was somebody else's is told by what it made of them: what is
 * wanted is known before it is written, so a row that is not as wanted was changed by others.
 *
 * <p>The transactions of a leader carry its generation: each expects that none later has written,
 * and the first of a leader writes its own.
 *
 * <p>What OVN's databases do not tell is known from agents on the hosts, where they report: refused
 * claims, how often a VIP was claimed, and advertisements ({@link Reports}, {@link Judge}). Without
 * them it is unknown. So is, always, who answers for an address.
 */
public final class OvnFabric implements Fabric {
  private static final System.Logger LOG = System.getLogger(OvnFabric.class.getName());

  /** For a server of a database, which may be elected meanwhile. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(10);

  /** Ten times what northd takes for 10,000 VIPs. */
  private static final Duration NORTHD_LIMIT = Duration.ofSeconds(20);

  private static final Duration CHASSIS_LIMIT = Duration.ofSeconds(2);

  /** How often rows may have changed between looking and writing. */
  private static final int ATTEMPTS_MAX = 5;

  private final Object changing = new Object();
  private final Wanted wanted = new Wanted();
  private final OwnRows own = new OwnRows();
  private final Bindings bindings = new Bindings();
  private final Adoptable others = new Adoptable(own, bindings);
  private final PortRows portRows = new PortRows(wanted, own, others);
  private final Routers routers = new Routers(bindings);
  private final Reports reports = new Reports(System::nanoTime);
  private final Judge judge = new Judge(wanted);
  private final OvsdbClient northbound;
  private final OvsdbClient southbound;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private @Nullable Row global;

  // Of whoever is changing something.
  private boolean hasSynced;

  /** Ids of which other rows are wanted than were the last time that all went well. */
  private final Set<String> unwritten = new HashSet<>();

  private long asked;
  private long tooLate;
  private Optional<Instant> realisedAt = Optional.empty();

  /** By id, what others have, or lack, that is in its way; never changed, but replaced. */
  private volatile Map<Id, Set<String>> obstacles = Map.of();

  private volatile long generation;
  private volatile boolean isWatching;
  private volatile boolean isChanging;
  private volatile Runnable listener = () -> {};
  private volatile Runnable sighting = () -> {};

  private OvnFabric(List<Remote> northbound, List<Remote> southbound, @Nullable Tls tls) {
    this.northbound =
        OvsdbClient.start(
            options(Northbound.DATABASE, northbound, tls, Northbound.TABLES),
            heard(this::northboundChanged));
    this.southbound =
        OvsdbClient.start(
            options(Bindings.DATABASE, southbound, tls, Bindings.TABLES),
            heard(this::southboundChanged));
  }

  /**
   * Begins to connect to both databases, and returns at once.
   *
   * @param tls needed by remotes of {@code ssl:}
   */
  public static OvnFabric open(
      List<Remote> northbound, List<Remote> southbound, @Nullable Tls tls) {
    return new OvnFabric(northbound, southbound, tls);
  }

  private static OvsdbClient.Options options(
      String database, List<Remote> remotes, @Nullable Tls tls, Map<String, Set<String>> tables) {
    return new OvsdbClient.Options(database, remotes, tls, tables, OvsdbClient.Options.SILENCE_MAX);
  }

  private interface Changed {
    void by(List<Replica.Change> changes);
  }

  private OvsdbClient.Listener heard(Changed changed) {
    return new OvsdbClient.Listener() {
      @Override
      public void changed(List<Replica.Change> changes) {
        changed.by(changes);
      }

      @Override
      public void connected(boolean isConnected) {
        sighting.run();
      }
    };
  }

  @Override
  public void lead(long generation) {
    this.generation = generation;
  }

  @Override
  public List<String> sync(Desired desired) throws FabricException {
    synchronized (changing) {
      awaitConnected();
      catchUp();
      Set<String> changed = wanted.replaceAll(desired, openPorts(desired));
      if (hasSynced) {
        unwritten.addAll(changed);
      }
      Set<String> ids = new HashSet<>(wanted.ids());
      ids.addAll(own.ids());
      List<String> differences = write(ids);
      hasSynced = true;
      isWatching = true;
      return differences;
    }
  }

  @Override
  public void apply(Set<Id> ids, Desired part) throws FabricException {
    synchronized (changing) {
      awaitConnected();
      Set<String> changed = wanted.replace(ids, part, openPorts(part));
      unwritten.addAll(changed);
      write(changed);
    }
  }

  @Override
  public Optional<Instant> realisedAt() {
    synchronized (changing) {
      return realisedAt;
    }
  }

  /** The ports of others from which their owners let more addresses pass than the NIC's. */
  private Set<String> openPorts(Desired desired) {
    return desired.ports().values().stream()
        .filter(port ->
            own.othersPort(port.name()).filter(row -> Additions.isOpen(row, port)).isPresent())
        .map(Port::name)
        .collect(Collectors.toSet());
  }

  private void awaitConnected() throws FabricException {
    try {
      if (!northbound.awaitConnected(CONNECT_LIMIT)) {
        throw new FabricException("OVN's northbound database cannot be reached");
      }
      if (!southbound.awaitConnected(CONNECT_LIMIT)) {
        throw new FabricException("OVN's southbound database cannot be reached");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Whoever calls for a sync may have heard of a change before its rows came here. */
  private void catchUp() throws FabricException {
    ask(northbound, new Operation.Select(Northbound.GLOBAL, Set.of(Northbound.ASKED)));
    ask(southbound, Bindings.ANYTHING);
  }

  /** Makes the rows of these ids what is wanted; gives what others had changed. */
  private List<String> write(Set<String> ids) throws FabricException {
    isChanging = true;
    try {
      List<String> differences = commit(ids);
      awaitRealised();
      return differences;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      isChanging = false;
    }
  }

  private List<String> commit(Set<String> ids) throws FabricException {
    Set<String> known = new HashSet<>(unwritten);
    obstacles.keySet().forEach(id -> known.add(id.value()));
    for (int attempt = 1; ; attempt++) {
      Changes changes =
          Changes.of(ids, wanted, own, onUnwanted(ids), others, routers, bindings::parent);
      note(ids, changes.obstacles());
      Row global = global();
      boolean hasWritten = hasWritten(global);
      if (changes.operations().isEmpty() && hasWritten) {
        unwritten.removeAll(ids);
        // What another server wrote, northd may not have seen yet.
        asked = global.whole(Northbound.ASKED);
        return List.of();
      }
      List<Operation> operations = new ArrayList<>(fence(global));
      operations.addAll(changes.operations());
      operations.add(new Operation.Increment(Northbound.GLOBAL, global.id(), Northbound.ASKED));
      operations.add(new Operation.Select(Northbound.GLOBAL, Set.of(Northbound.ASKED)));
      try {
        List<JsonNode> answers = northbound.transact(operations, COMMIT_LIMIT);
        asked = answers.getLast().path("rows").path(0).path(Northbound.ASKED).longValue();
        List<String> repaired =
            changes.differences().stream()
                .filter(it -> !known.contains(it.id()))
                .map(Changes.Difference::text)
                .toList();
        unwritten.removeAll(ids);
        return repaired;
      } catch (OvsdbException e) {
        if (e.kind() != OvsdbException.Kind.CONFLICT || attempt == ATTEMPTS_MAX) {
          throw new FabricException(
              "OVN's northbound database did not take a change: " + e.getMessage(), e);
        }
      }
    }
  }

  /**
   * Whether who wrote last is this leader.
   *
   * @throws FabricException when it is a later one
   */
  private boolean hasWritten(Row global) throws FabricException {
    String last = global.map(Northbound.EXTERNAL_IDS).getOrDefault(Northbound.GENERATION, "0");
    if (generation > 0 && (!last.matches("[0-9]{1,18}") || Long.parseLong(last) > generation)) {
      throw new FabricException(
          "a leader of generation %s has changed OVN's northbound database, and this server's is %d; if no other server leads (the store was restored?): ovn-nbctl remove NB_Global . external_ids %s"
              .formatted(last, generation, Northbound.GENERATION));
    }
    return generation == 0 || last.equals(Long.toString(generation));
  }

  /** Expects that nobody leads since, and says who does. */
  private List<Operation> fence(Row global) {
    if (generation == 0) {
      return List.of();
    }
    Map<String, String> before = global.map(Northbound.EXTERNAL_IDS);
    Map<String, String> after = new HashMap<>(before);
    after.put(Northbound.GENERATION, Long.toString(generation));
    return List.of(
        new Operation.Expect(
            Northbound.GLOBAL, global.id(), Map.of(Northbound.EXTERNAL_IDS, Value.texts(before))),
        new Operation.Update(
            Northbound.GLOBAL, global.id(), Map.of(Northbound.EXTERNAL_IDS, Value.texts(after))));
  }

  /** What is on the switches of these ids that are not wanted any more; of no others. */
  private Map<UUID, Row> onUnwanted(Set<String> ids) throws FabricException {
    Set<UUID> unwanted = new HashSet<>();
    for (String id : ids) {
      own.of(id).stream()
          .filter(row -> row.table().equals(Northbound.SWITCH))
          .filter(row -> wanted.rows(id).stream().noneMatch(it -> it.isThat(row)))
          .forEach(row -> unwanted.add(row.row().id()));
    }
    if (unwanted.isEmpty()) {
      return Map.of();
    }
    Map<UUID, Row> members = onSwitches();
    members.keySet().retainAll(unwanted);
    return members;
  }

  /** Asked for when needed: to follow them would cost more the more there are. */
  private Map<UUID, Row> onSwitches() throws FabricException {
    Set<String> columns = Set.of(Operation.ROW, Northbound.PORTS, Northbound.ACLS);
    Map<UUID, Row> members = new HashMap<>();
    for (JsonNode row :
        ask(northbound, new Operation.Select(Northbound.SWITCH, columns)).path("rows")) {
      UUID id = UUID.fromString(row.path(Operation.ROW).path(1).asString());
      members.put(
          id,
          new Row(
              id,
              Map.of(
                  Northbound.PORTS, Value.of(row.path(Northbound.PORTS)),
                  Northbound.ACLS, Value.of(row.path(Northbound.ACLS)))));
    }
    return members;
  }

  private JsonNode ask(OvsdbClient database, Operation question) throws FabricException {
    try {
      return database.transact(List.of(question), COMMIT_LIMIT).getFirst();
    } catch (OvsdbException e) {
      throw new FabricException(
          "OVN's %s database does not answer: %s"
              .formatted(database == northbound ? "northbound" : "southbound", e.getMessage()),
          e);
    }
  }

  private void note(Set<String> ids, List<Changes.Obstacle> now) {
    for (Changes.Obstacle obstacle : now) {
      if (!obstacles.getOrDefault(obstacle.id(), Set.of()).contains(obstacle.why())) {
        LOG.log(System.Logger.Level.WARNING, obstacle.why());
      }
    }
    Map<Id, Set<String>> all = new HashMap<>(obstacles);
    all.keySet().removeIf(id -> ids.contains(id.value()));
    all.putAll(
        now.stream()
            .collect(
                Collectors.groupingBy(
                    Changes.Obstacle::id,
                    Collectors.mapping(Changes.Obstacle::why, Collectors.toSet()))));
    obstacles = all;
  }

  private void awaitRealised() throws FabricException, InterruptedException {
    if (!await(Northbound.IN_SOUTHBOUND, asked, NORTHD_LIMIT)) {
      throw new FabricException(
          "ovn-northd has not brought a change into the southbound database within %d s; does it run?"
              .formatted(NORTHD_LIMIT.toSeconds()));
    }
    boolean isBehind = tooLate > global().whole(Northbound.IN_ALL_CHASSIS);
    realisedAt = Optional.empty();
    if (isBehind) {
      return;
    }
    if (await(Northbound.IN_ALL_CHASSIS, asked, CHASSIS_LIMIT)) {
      realisedAt = Optional.of(Instant.ofEpochMilli(global().whole(Northbound.IN_ALL_CHASSIS_AT)));
    } else {
      tooLate = asked;
      LOG.log(
          System.Logger.Level.WARNING,
          "A chassis is behind; HAVIP goes on, and it follows when it can (ovn-nbctl --wait=hv sync)");
    }
  }

  private boolean await(String column, long number, Duration limit)
      throws FabricException, InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (global().whole(column) < number && left > 0) {
        left = moved.awaitNanos(left);
      }
      return global().whole(column) >= number;
    } finally {
      lock.unlock();
    }
  }

  private Row global() throws FabricException {
    lock.lock();
    try {
      if (global == null) {
        throw new FabricException("OVN's northbound database is empty: ovn-nbctl init");
      }
      return global;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean asks() {
    return false;
  }

  /** Nobody can: OVN sends nothing for others. */
  @Override
  public Optional<Question> ask(Collection<AskedAddress> addresses) {
    return Optional.empty();
  }

  @Override
  public Optional<Question> askMembers(Collection<Grant> grants) {
    return Optional.empty();
  }

  @Override
  public boolean announce(Collection<Announcement> announcements) {
    return false;
  }

  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    if (!northbound.isConnected()) {
      return Optional.empty();
    }
    try {
      Row there = others.logicalSwitch(logicalSwitch);
      if (nic != null) {
        Adoptable.checkMac(others.port(there, nic.port()), nic.mac());
      }
      return Optional.empty();
    } catch (Adoptable.NotAdoptableException e) {
      return Optional.of(e.why());
    }
  }

  @Override
  public Observed observe() throws FabricException {
    if (!northbound.isConnected() || !southbound.isConnected()) {
      throw new FabricException("OVN's databases cannot be reached");
    }
    Map<String, Observed.PortState> ports = new HashMap<>();
    for (String name : wanted.portNames()) {
      if (bindings.isThere(name)) {
        boolean isAttached =
            wanted
                .additionsTo(name)
                .flatMap(additions -> wanted.logicalSwitch(additions.network()))
                .map(logicalSwitch -> others.has(logicalSwitch, name))
                .orElse(true);
        ports.put(name, new Observed.PortState(isAttached, bindings.isUp(name)));
      }
    }
    List<Observed.Claim> claims = new ArrayList<>();
    for (Grant grant : wanted.grants()) {
      holder(grant)
          .ifPresent(
              port -> claims.add(new Observed.Claim(grant.segment(), grant.address(), port)));
    }
    Set<String> deaf = new HashSet<>(ports.keySet());
    deaf.removeIf(reports::hears);
    if (!reports.isAny()) {
      return new Observed(
          ports,
          claims,
          Optional.empty(),
          Optional.empty(),
          Observed.Signs.UNKNOWN,
          deaf,
          obstacles);
    }
    judge.keep(wanted.grants().stream().map(Grant::id).toList());
    Judge.Judgement heard = judge.of(reports.heard());
    return new Observed(
        ports,
        claims,
        Optional.of(heard.claimCounts()),
        Optional.of(heard.refusals()),
        heard.signs(),
        deaf,
        obstacles);
  }

  @Override
  public boolean hear(ChassisReport report) {
    if (judge.isUrgent(reports.take(report, Instant.now(), judge::of))) {
      sighting.run();
    }
    return true;
  }

  @Override
  public boolean hears(String port) {
    return reports.hears(port);
  }

  private Optional<String> holder(Grant grant) {
    return own.of(grant.id().value()).stream()
        .filter(row -> row.part().equals(Rows.PART_VIRTUAL))
        .flatMap(row -> bindings.parent(row.row().text(Northbound.NAME)).stream())
        .filter(port -> grant.members().stream().anyMatch(it -> it.port().equals(port)))
        .findFirst();
  }

  @Override
  public void onForeignChange(Runnable listener) {
    this.listener = listener;
  }

  @Override
  public void onSighting(Runnable listener) {
    sighting = listener;
  }

  private void northboundChanged(List<Replica.Change> changes) {
    Map<Replica.Change, String> touched = new HashMap<>();
    for (Replica.Change change : changes) {
      if (change.table().equals(Northbound.GLOBAL)) {
        lock.lock();
        try {
          global = change.after().orElse(null);
          moved.signalAll();
        } finally {
          lock.unlock();
        }
      } else {
        routers.take(change);
        own.take(change).forEach(id -> touched.put(change, id));
      }
    }
    // Only now: one row may have taken another's place.
    boolean isForeign = changes.stream().anyMatch(this::concernsAdoption);
    for (Map.Entry<Replica.Change, String> one : touched.entrySet()) {
      isForeign |= !isAsWanted(one.getValue(), one.getKey());
    }
    if (isForeign && isWatching) {
      listener.run();
    }
  }

  /** Whether a switch of others changed that is a network's, or a port that is not as wanted. */
  private boolean concernsAdoption(Replica.Change change) {
    Optional<Row> after = change.after().filter(row -> OwnRow.of(change.table(), row).isEmpty());
    return switch (change.table()) {
      case Northbound.SWITCH ->
          Stream.concat(change.before().stream(), after.stream())
              .anyMatch(row -> wanted.isLogicalSwitch(row.text(Northbound.NAME)));
      case Northbound.PORT ->
          after
              .filter(row ->
                  !wanted
                          .additionsTo(row.text(Northbound.NAME))
                          .map(additions -> additions.to(row))
                          .orElseGet(() -> Additions.away(row))
                          .isEmpty()
                      || concernsExposure(change, row))
              .isPresent();
      default -> false;
    };
  }

  /** Whether a port of others is exposed that was not, or the reverse, or is not in its group. */
  private boolean concernsExposure(Replica.Change change, Row row) {
    String name = row.text(Northbound.NAME);
    boolean isOpen = wanted.port(name).filter(port -> Additions.isOpen(row, port)).isPresent();
    return wanted.additionsTo(name).isPresent()
        && (isOpen != wanted.isOpen(name) || (change.before().isEmpty() && wanted.isExposed(name)));
  }

  /** Whether a row of an id is now what is wanted of it: there and right, or gone. */
  private boolean isAsWanted(String id, Replica.Change change) {
    List<WantedRow> rows = wanted.rows(id);
    Optional<OwnRow> after = change.after().flatMap(row -> OwnRow.of(change.table(), row));
    if (after.isPresent()) {
      OwnRow row = after.get();
      return rows.stream()
          .anyMatch(it ->
              it.isThat(row)
                  && it.wrongIn(row.row()).isEmpty()
                  && (!it.table().equals(Northbound.PORT_GROUP) || portRows.areIn(it, row.row())));
    }
    Collection<OwnRow> left = own.of(id);
    return rows.stream().allMatch(it -> left.stream().anyMatch(it::isThat));
  }

  private void southboundChanged(List<Replica.Change> changes) {
    boolean isForeign = false;
    boolean isSeen = false;
    for (Replica.Change change : changes) {
      Optional<String> about = bindings.take(change);
      if (about.isPresent()) {
        String port = about.get();
        isForeign |= Bindings.isMove(change) && wanted.hasPort(port);
        isForeign |= Bindings.isPlacing(change) && wanted.additionsTo(port).isPresent();
        isForeign |= isLate(port);
        isSeen |= Bindings.isSeen(change);
      }
    }
    if (isSeen) {
      sighting.run();
    }
    if (isForeign && isWatching && !isChanging) {
      listener.run();
    }
  }

  /** Whether a VIP was claimed by whom it was just taken from. */
  private boolean isLate(String virtualPort) {
    Optional<String> parent = bindings.parent(virtualPort);
    return parent.isPresent()
        && wanted.rows(virtualPort.replaceFirst("-[0-9]+$", "")).stream()
            .anyMatch(row -> !row.mayBeHeldBy(parent.get()));
  }

  private static FabricException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new FabricException("interrupted", cause);
  }

  @Override
  public void close() {
    isWatching = false;
    northbound.close();
    southbound.close();
  }
}
