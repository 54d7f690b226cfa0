package io.havip.reconcile;

import io.havip.decision.Change;
import io.havip.decision.ConflictDecisions;
import io.havip.decision.Decision;
import io.havip.decision.HaDecisions;
import io.havip.event.AnnouncementReason;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vm;
import io.havip.net.MacAddress;
import io.havip.plan.Advertising;
import io.havip.plan.Announcement;
import io.havip.plan.AskedAddress;
import io.havip.plan.ConflictTracker;
import io.havip.plan.Grant;
import io.havip.plan.HolderTracker;
import io.havip.plan.Inventory;
import io.havip.plan.Observed;
import io.havip.plan.RefusalTracker;
import io.havip.plan.Seen;
import io.havip.plan.Sighting;
import io.havip.plan.SurroundingsTracker;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what the fabric shows into the store, on one platform thread: who holds each VIP, which
 * ports are up, what was refused. It looks when the fabric calls, and every {@link #LOOK_EVERY}
 * anyway: for what was refused, to ask whether holders still live, and in case that a call was
 * lost.
 */
public final class Observer implements Reconciler.Listener, AutoCloseable {
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** While a change is held back that comes if it is still so. */
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(10);

  /** Between any two looks, so that VMs that fight for a VIP keep the machine free. */
  private static final Duration PAUSE = Duration.ofMillis(10);

  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

  private final Store store;
  private final Fabric fabric;
  private final Announcer announcer;
  private final Clock clock;
  private final Semaphore called = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("observe").unstarted(this::run);

  private final HolderTracker holders;
  private final Map<NicId, NicStatus> nicStatus;
  private final ConflictTracker conflicts;
  private Optional<RefusalTracker> refusals = Optional.empty();
  private Optional<SurroundingsTracker> surroundings = Optional.empty();
  private Map<NetworkId, Outside> outside = Map.of();
  private volatile Consumer<Set<Id>> wakes = _ -> {};
  private volatile Optional<Look> last = Optional.empty();
  private volatile Optional<Seen> seen = Optional.empty();

  /** Others read it, so it is changed while nobody does. */
  private Inventory inventory = Inventory.of(List.of(), List.of(), List.of());

  /** The store's, when all of the inventory was read: while it stays, that need not be again. */
  private long revision = -1;

  private Set<Id> told = new HashSet<>();
  private boolean wasToldAll;

  /** The routers outside a network. */
  private record Outside(Set<Integer> vrids, @Nullable MacAddress gatewayMac) {
    static final Outside NOTHING = new Outside(Set.of(), null);
  }

  /** What a look saw. */
  private record Look(Instant at, Sighting sighting) {}

  /**
   * Nothing is looked at yet.
   *
   * @param silentWithin within which a holder that answers no more is noticed; at least 3 s
   */
  public Observer(Store store, Fabric fabric, Clock clock, Duration silentWithin) {
    this.store = store;
    this.fabric = fabric;
    this.announcer = new Announcer(fabric);
    this.clock = clock;
    this.holders = new HolderTracker(store.read(Reader::allHolders), silentWithin);
    this.nicStatus = new HashMap<>(store.read(Reader::allNicStatus));
    this.conflicts = new ConflictTracker(store.read(Observer::known), clock.instant());
  }

  /**
   * The fabric was told everything, so anything may be known now. The first time, it begins to
   * look: a fabric that was told nothing yet would show that nobody holds anything.
   */
  @Override
  public synchronized void toldAll() {
    wasToldAll = true;
    if (thread.getState() == Thread.State.NEW) {
      fabric.onSighting(called::release);
      called.release();
      thread.start();
    }
  }

  @Override
  public synchronized void told(Set<Id> ids) {
    told.addAll(ids);
  }

  /** Says what is called when something that was seen changes what the fabric is to do. */
  public void onWake(Consumer<Set<Id>> listener) {
    wakes = listener;
  }

  /** What it saw last, if it ever saw anything; for any thread. */
  public Optional<Seen> seen() {
    return seen;
  }

  private void run() {
    try {
      boolean wasHealthy = true;
      while (!closing.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
        Duration wait = holders.holdsBack() ? LOOK_AGAIN_AFTER : LOOK_EVERY;
        called.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        called.drainPermits();
        try {
          look();
          wasHealthy = true;
        } catch (FabricException | RuntimeException e) {
          if (wasHealthy) {
            LOG.warn("Cannot see the fabric; going on looking", e);
          }
          wasHealthy = false;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
  }

  private void look() throws FabricException {
    Observed observed = fabric.observe();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Sighting sighting = sighting(observed, now);
    List<Change> changes = new ArrayList<>();
    for (HolderTracker.Drift drift : holders.step(sighting, now)) {
      changes.add(new Change.PutHolders(drift.vipId(), drift.holders()));
      store
          .read(reader -> reader.vip(drift.vipId()))
          .ifPresent(vip -> {
            changes.add(told(vip, drift.at(), drift.what()));
            sighting
                .grant(vip.id())
                .flatMap(grant -> healed(drift, grant))
                .ifPresent(what -> changes.add(told(vip, now, what)));
          });
    }
    sighting
        .nicStatus()
        .forEach((id, status) -> {
          if (!status.equals(nicStatus.put(id, status))) {
            changes.add(new Change.PutNicStatus(id, status));
          }
        });
    List<Observed.Refusal> refused = observed.refusals().orElse(List.of());
    RefusalTracker tracker = refusals.orElseGet(() -> new RefusalTracker(refused));
    refusals = Optional.of(tracker);
    for (Event event : tracker.step(refused, sighting, this::ownerOf, now)) {
      changes.add(new Change.Append(event));
    }
    SurroundingsTracker beside =
        surroundings.orElseGet(() -> new SurroundingsTracker(observed.surroundings()));
    surroundings = Optional.of(beside);
    for (Event event : beside.step(observed.surroundings(), sighting, this::ownerOf, now)) {
      changes.add(new Change.Append(event));
    }
    noticeOutside(observed.surroundings(), sighting, now);
    followConflicts(tracker.conflicts(), now);
    seen = Optional.of(new Seen(now, observed, tracker.lastAt()));
    if (!changes.isEmpty()) {
      store.write(_ -> new Decision<>(changes, Set.of(), now));
    }
    Set<VipId> due = holders.due(now);
    if (!due.isEmpty()) {
      fabric.askMembers(due.stream().flatMap(id -> sighting.grant(id).stream()).toList());
    }
  }

  /** Has decided what follows from routers outside, where they are others than before. */
  private void noticeOutside(Observed.Surroundings surroundings, Sighting sighting, Instant now) {
    Map<NetworkId, Outside> present = outside(surroundings, sighting);
    Set<NetworkId> ids = new HashSet<>(outside.keySet());
    ids.addAll(present.keySet());
    for (NetworkId id : ids) {
      Outside routers = present.getOrDefault(id, Outside.NOTHING);
      if (!routers.equals(outside.get(id))) {
        Decision<NetworkId> decision =
            store.write(reader ->
                HaDecisions.seenOutside(reader, id, routers.vrids(), routers.gatewayMac(), now));
        wakes.accept(decision.wakes());
      }
    }
    outside = present;
  }

  private static Map<NetworkId, Outside> outside(
      Observed.Surroundings surroundings, Sighting sighting) {
    Map<Integer, Set<Integer>> vrids =
        surroundings.foreignRouters().stream()
            .collect(
                Collectors.groupingBy(
                    Observed.ForeignRouter::segment,
                    Collectors.mapping(Observed.ForeignRouter::vrid, Collectors.toSet())));
    Map<Integer, MacAddress> gatewayMacs = surroundings.gatewayMacs();
    Map<NetworkId, Outside> outside = new HashMap<>();
    Stream.concat(vrids.keySet().stream(), gatewayMacs.keySet().stream())
        .forEach(segment ->
            sighting
                .networkOn(segment)
                .ifPresent(network ->
                    outside.put(
                        network.id(),
                        new Outside(
                            vrids.getOrDefault(segment, Set.of()), gatewayMacs.get(segment)))));
    return outside;
  }

  /** Tells of hosts outside that use an address which a VM uses, and asks whether they still do. */
  private void followConflicts(List<ConflictTracker.Noticed> noticed, Instant now)
      throws FabricException {
    ConflictTracker.Step step = conflicts.step(noticed, now);
    for (ConflictTracker.Noticed one : step.noticed()) {
      decide(
          one.reservation(),
          (owner, status) -> ConflictDecisions.noticed(owner, status, one.mac(), one.port(), now));
    }
    for (Reservation reservation : step.ended()) {
      decide(reservation, (owner, status) -> ConflictDecisions.free(owner, status, now));
    }
    Set<Reservation> due = conflicts.due(now);
    if (!due.isEmpty()) {
      List<AskedAddress> addresses =
          store.read(reader ->
              due.stream()
                  .flatMap(it ->
                      reader
                          .network(it.networkId())
                          .map(network -> new AskedAddress(network.segment(), it.address()))
                          .stream())
                  .toList());
      fabric.ask(addresses); // the fabric refuses the answers, and tells so
    }
  }

  private interface Deciding {
    Decision<AddressStatus> decide(ConflictDecisions.Owner owner, AddressStatus status);
  }

  /** Decides about an address as it is now; one that was released needs no decision. */
  private void decide(Reservation reservation, Deciding deciding) {
    store.write(reader -> {
      Optional<ConflictDecisions.Owner> owner = ConflictOwners.of(reader, reservation);
      Optional<AddressStatus> status = reader.addressStatus(reservation);
      return owner.isEmpty() || status.isEmpty()
          ? new Decision<>(List.of(), Set.of(), AddressStatus.FREE)
          : deciding.decide(owner.get(), status.get());
    });
  }

  /** Conflicts of addresses that are in use; those that are not the reconciler asks for. */
  private static Set<Reservation> known(Reader reader) {
    Set<Reservation> known = new HashSet<>(reader.allConflicts().keySet());
    Set<NicId> unasked = reader.unaskedNics();
    known.removeIf(it ->
        it.holder() instanceof VipId vip
            ? reader.vip(vip).filter(found -> found.observedGeneration() > 0).isEmpty()
            : unasked.contains(it.holder()));
    return known;
  }

  private static Change told(Vip vip, Instant at, Happening what) {
    return new Change.Append(new Event(vip.accountId(), vip.id(), at, Event.SYSTEM, what));
  }

  /** Tells neighbours who holds the VIP now, where they may believe something else. */
  private Optional<Happening> healed(HolderTracker.Drift drift, Grant grant) {
    if (!drift.needsAnnouncing()) {
      return Optional.empty();
    }
    Holder holder = drift.holders().getFirst();
    AnnouncementReason reason =
        drift.what() instanceof Happening.SplitEnded
            ? AnnouncementReason.SPLIT_ENDED
            : AnnouncementReason.CLAIM_OUTLIVED;
    return announcer.announce(new Announcement(grant.segment(), grant.address(), holder.mac()))
        ? Optional.of(new Happening.VipAnnounced(holder.vmId(), holder.mac(), reason))
        : Optional.empty();
  }

  /** What was heard of a VM's advertisements of a VIP until the last look. */
  public synchronized Advertising advertising(VipId id, VmId vmId) {
    return last.map(look -> look.sighting().advertising(id, vmId, look.at()))
        .orElse(Advertising.UNKNOWN);
  }

  private Sighting sighting(Observed observed, Instant now) {
    Set<Id> ids;
    boolean all;
    synchronized (this) {
      ids = told;
      all = wasToldAll;
      told = new HashSet<>();
      wasToldAll = false;
    }
    try {
      if (all) {
        store.read(this::readAll);
      } else if (!ids.isEmpty()) {
        store.read(reader -> read(ids, reader));
      }
    } catch (RuntimeException e) {
      revision = -1;
      toldAll();
      throw e;
    }
    Sighting sighting = new Sighting(observed, inventory);
    last = Optional.of(new Look(now, sighting));
    return sighting;
  }

  private Inventory readAll(Reader reader) {
    if (reader.revision() != revision) {
      inventory = Inventory.of(reader.allNetworks(), reader.allNics(), reader.allVips());
      revision = reader.revision();
    }
    return inventory;
  }

  private Inventory read(Set<Id> ids, Reader reader) {
    List<Network> networks =
        DesiredState.only(NetworkId.class, ids).flatMap(id -> reader.network(id).stream()).toList();
    List<Nic> nics =
        DesiredState.only(NicId.class, ids).flatMap(id -> reader.nic(id).stream()).toList();
    List<Vip> vips =
        DesiredState.only(VipId.class, ids).flatMap(id -> reader.vip(id).stream()).toList();
    synchronized (this) {
      inventory.replace(ids, networks, nics, vips);
    }
    return inventory;
  }

  private Optional<AccountId> ownerOf(VmId id) {
    return store.read(reader -> reader.vm(id)).map(Vm::accountId);
  }

  /** Finishes the look at hand and stops. */
  @Override
  public void close() {
    closing.countDown();
    called.release();
    Threads.join(thread);
  }
}
