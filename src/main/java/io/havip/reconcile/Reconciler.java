package io.havip.reconcile;

import io.havip.decision.Change;
import io.havip.decision.ConflictDecisions;
import io.havip.decision.Decision;
import io.havip.decision.VipDecisions;
import io.havip.error.Superseded;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.Answer;
import io.havip.plan.Grant;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the fabric to what the store desires, on one platform thread.
 *
 * <p>It is level-triggered. A wake-up says only that something about an id may have changed; what
 * is desired is read anew from the store, so that wake-ups may come late, twice or together. Every
 * {@link #SCAN_EVERY}, and as soon as the fabric reports a change that nobody here made, everything
 * is compared with everything; a wake-up that was missed costs time until then, never correctness.
 * When the fabric refuses, the next try is such a comparison too, after a pause that doubles up to
 * {@link #SCAN_EVERY}.
 */
public final class Reconciler implements AutoCloseable {
  static final Duration SCAN_EVERY = Duration.ofSeconds(10);

  /** Generations whose realisation is one change; more would let others wait for long. */
  private static final int NOTED_TOGETHER_MAX = 32;

  /** Ids that wait while many changes come at once. */
  private static final int BURST = 8;

  private static final Duration REST_MAX = Duration.ofSeconds(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final Store store;
  private final Fabric fabric;
  private final Clock clock;
  private final Thread thread = Thread.ofPlatform().name("reconcile").unstarted(this::run);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private Set<Id> woken = new HashSet<>();
  private boolean scanWanted;
  private boolean closed;

  private volatile boolean isInSync;
  private boolean hasScanned;
  private final Listener listener;
  private final Probes probes;
  private final Announcer announcer;

  /** Is told what the fabric was told, when that is done, by the reconciler's thread. */
  public interface Listener {
    /** Everything; the first time before anything else. */
    void toldAll();

    /** What these ids are, if they are still there. */
    void told(Set<Id> ids);
  }

  public Reconciler(Store store, Fabric fabric, Clock clock, Listener listener) {
    this(store, fabric, clock, System::nanoTime, listener);
  }

  /**
   * The same with a clock of its own for questions.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  Reconciler(Store store, Fabric fabric, Clock clock, LongSupplier nanoTime, Listener listener) {
    this.store = store;
    this.fabric = fabric;
    this.clock = clock;
    this.listener = listener;
    this.probes = new Probes(fabric, nanoTime);
    this.announcer = new Announcer(fabric);
  }

  /** Compares everything once, then waits for wake-ups. */
  public void start() {
    fabric.onForeignChange(this::wakeAll);
    wakeAll();
    thread.start();
  }

  /** Says that what is desired of these ids may have changed; returns at once. */
  public void wake(Set<Id> ids) {
    if (!ids.isEmpty()) {
      request(ids, false);
    }
  }

  /** Says that anything may have changed; returns at once. */
  public void wakeAll() {
    request(Set.of(), true);
  }

  /** Whether the fabric took what it was last asked to. */
  public boolean isInSync() {
    return isInSync;
  }

  private void request(Set<Id> ids, boolean scan) {
    lock.lock();
    try {
      woken.addAll(ids);
      scanWanted |= scan;
      wanted.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What there is to do; a scan does whatever the ids would. */
  private record Work(Set<Id> ids, boolean scan) {}

  /**
   * Waits for something to do.
   *
   * @param untilScan how long until a scan is due
   * @param untilLook how long until something else is, which needs no wake-up
   */
  private Work await(Duration untilScan, Duration untilLook) throws InterruptedException {
    lock.lock();
    try {
      boolean scanIsFirst = untilScan.compareTo(untilLook) <= 0;
      long left = (scanIsFirst ? untilScan : untilLook).toNanos();
      while (woken.isEmpty() && !scanWanted && !closed && left > 0) {
        left = wanted.awaitNanos(left);
      }
      Work work = new Work(woken, scanWanted || (scanIsFirst && left <= 0));
      woken = new HashSet<>();
      scanWanted = false;
      return work;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    boolean isFailing = false;
    long scannedAt = System.nanoTime();
    try {
      while (!isClosed()) {
        try {
          if (isFailing) {
            markOverdue();
          }
          Duration sinceScan = Duration.ofNanos(System.nanoTime() - scannedAt);
          Duration untilLook = probes.untilDue(untilFenceEnds());
          Work work = await(SCAN_EVERY.minus(sinceScan), untilLook);
          if (isClosed()) {
            return;
          }
          Set<Id> ids = new HashSet<>(work.ids());
          endFences(ids);
          endProbes(ids);
          ids.addAll(probes.again());
          if (work.scan() || !isInSync) {
            scannedAt = System.nanoTime();
            scan();
          } else if (!ids.isEmpty()) {
            long began = System.nanoTime();
            apply(ids);
            rest(Duration.ofNanos(System.nanoTime() - began));
          }
          announceWanted();
          isInSync = true;
          isFailing = false;
          pause = FIRST_PAUSE;
        } catch (FabricException | Superseded e) {
          LOG.warn(
              "The fabric refused; trying again in {} ms: {}", pause.toMillis(), e.getMessage());
          isFailing = true;
          retryAfter(pause);
          pause = doubled(pause);
        } catch (RuntimeException e) {
          LOG.error("Reconciling failed; trying again in {} ms", pause.toMillis(), e);
          isFailing = true;
          retryAfter(pause);
          pause = doubled(pause);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
  }

  /**
   * In a burst, leaves whoever makes changes real as long as the last ones took: northd computes
   * all of the network for each transaction, and what comes meanwhile is one.
   */
  private void rest(Duration took) throws InterruptedException {
    lock.lock();
    try {
      long left = Math.min(took.toNanos(), REST_MAX.toNanos());
      while (woken.size() >= BURST && !scanWanted && !closed && left > 0) {
        left = wanted.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void retryAfter(Duration pause) throws InterruptedException {
    isInSync = false;
    lock.lock();
    try {
      long left = pause.toNanos();
      while (!closed && left > 0) {
        left = wanted.awaitNanos(left);
      }
      scanWanted = true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private Duration untilFenceEnds() {
    return store
        .read(Reader::firstFenceEnd)
        .map(end -> Duration.between(now(), end))
        .orElse(SCAN_EVERY);
  }

  /** Also those that ended while nobody ran. */
  private void endFences(Set<Id> ids) {
    for (Vip fenced : store.read(reader -> reader.vipsFencedUntil(now()))) {
      change(fenced, vip -> VipDecisions.endFences(vip, now()));
      ids.add(fenced.id());
      for (Binding binding : fenced.bindings()) { // a drill may have cut their ports off
        if (binding.isFenceOver(now())) {
          ids.add(binding.nicId());
          ids.add(binding.vrrpNicId());
        }
      }
    }
  }

  private void endProbes(Set<Id> ids) throws FabricException {
    for (Probes.Result result : probes.end()) {
      if (result.contested().isEmpty()) {
        ids.add(result.id());
      }
      if (result.id() instanceof NicId nicId) {
        endProbe(nicId, result.contested(), ids);
      } else if (result.id() instanceof VipId vipId) {
        endProbe(vipId, result.contested());
      }
    }
  }

  private void endProbe(VipId id, Optional<Answer> contested) {
    Optional<Vip> seen = store.read(reader -> reader.vip(id));
    if (seen.isEmpty()) {
      return;
    }
    boolean isJoined = store.read(reader -> isJoined(reader, seen.get()));
    if (contested.isPresent()) {
      Failure failure = duplicate(contested.get(), isJoined);
      change(seen.get(), vip -> VipDecisions.failed(vip, failure, now()));
    }
    if (isJoined) {
      settle(reader -> reader.vip(id).map(ConflictDecisions.Owner::of), contested);
    }
  }

  private static boolean isJoined(Reader reader, Vip vip) {
    return reader.network(vip.networkId()).map(Network::isJoined).orElse(false);
  }

  private void endProbe(NicId id, Optional<Answer> contested, Set<Id> ids) {
    settle(reader -> ConflictOwners.of(reader, id), contested);
    if (contested.isEmpty()) {
      ids.addAll(store.read(reader -> vipsOver(reader, id)));
    }
  }

  /** Notes what came of asking for an address whose holder may be gone by now. */
  private void settle(
      Function<Reader, Optional<ConflictDecisions.Owner>> ownerOf, Optional<Answer> contested) {
    Function<Reader, Decision<AddressStatus>> decide =
        reader -> {
          Optional<ConflictDecisions.Owner> owner = ownerOf.apply(reader);
          Optional<AddressStatus> status =
              owner.flatMap(it -> reader.addressStatus(it.reservation()));
          if (owner.isEmpty() || status.isEmpty()) {
            return new Decision<>(List.of(), Set.of(), AddressStatus.FREE);
          }
          return contested
              .map(it ->
                  ConflictDecisions.noticed(owner.get(), status.get(), it.mac(), it.port(), now()))
              .orElseGet(() -> ConflictDecisions.free(owner.get(), status.get(), now()));
        };
    // Most VIPs need no change, and a write would cost a transaction.
    if (!store.<Decision<AddressStatus>>read(decide).changes().isEmpty()) {
      store.write(decide);
    }
  }

  /** The VIPs that are advertised over a NIC: what they grant names the NIC's address. */
  private static Set<Id> vipsOver(Reader reader, NicId id) {
    Set<Id> vips = new HashSet<>();
    reader
        .nic(id)
        .ifPresent(nic ->
            reader.vipsOf(nic.vmId()).stream()
                .filter(vip ->
                    vip.binding(nic.vmId())
                        .filter(binding -> binding.vrrpNicId().equals(id))
                        .isPresent())
                .forEach(vip -> vips.add(vip.id())));
    return vips;
  }

  /** On a joined network members read no host's MAC address and port; administrators do. */
  private static Failure duplicate(Answer answer, boolean isJoined) {
    return new Failure(
        Failure.Code.DUPLICATE_ADDRESS,
        isJoined
            ? ("another host has the address %s; HAVIP asks again every 30 s; choose another address,"
                    + " or ask an administrator to find the host")
                .formatted(answer.address())
            : "%s at the port %s has the address %s already; take it away there, then retry"
                .formatted(answer.mac(), answer.port(), answer.address()));
  }

  private void apply(Set<Id> ids) throws FabricException {
    DesiredState state = store.read(reader -> DesiredState.about(ids, reader, now()));
    List<Vip> waiting = state.vips().stream().filter(probes::mustWait).toList();
    DesiredState free = state.without(waiting);
    Set<Id> now = new HashSet<>(ids);
    waiting.forEach(vip -> now.remove(vip.id()));
    Instant began = now();
    if (!now.isEmpty()) {
      fabric.apply(now, free.desired());
    }
    realised(free.vips(), realisedAt(began));
    listener.told(ids);
    probes.begin(subjects(waiting, state));
  }

  private List<Probes.Subject> subjects(List<Vip> waiting, DesiredState state) {
    List<Probes.Subject> subjects = new ArrayList<>();
    for (Vip vip : waiting) {
      Grant grant = Optional.ofNullable(state.desired().grants().get(vip.id())).orElseThrow();
      subjects.add(Probes.Subject.of(vip, grant));
    }
    for (Nic nic : state.unasked()) {
      store
          .read(reader -> reader.network(nic.networkId()))
          .ifPresent(network -> subjects.add(Probes.Subject.of(nic, network.segment())));
    }
    return subjects;
  }

  private void scan() throws FabricException {
    DesiredState state = store.read(reader -> DesiredState.of(reader, now()));
    probes.keep(state.vips(), state.unasked());
    List<Vip> waiting = state.vips().stream().filter(probes::mustWait).toList();
    DesiredState free = state.without(waiting);
    Instant began = now();
    List<String> repaired = fabric.sync(free.desired());
    realised(free.vips(), realisedAt(began));
    for (String difference : repaired) {
      LOG.info("{} the fabric: {}", hasScanned ? "Repaired" : "Brought up", difference);
    }
    if (hasScanned && !repaired.isEmpty()) {
      record(repaired);
      announce(free.vips());
    }
    hasScanned = true;
    listener.toldAll();
    probes.begin(subjects(waiting, state));
  }

  /** By this server's clock; the clocks of the hosts cannot move it out of the call. */
  private Instant realisedAt(Instant began) {
    Instant now = now();
    return fabric
        .realisedAt()
        .filter(now::isAfter)
        .map(at -> at.isBefore(began) ? began : at)
        .orElse(now);
  }

  /** Takes notice, of VIPs as they are now, that these generations are realised. */
  private void realised(List<Vip> vips, Instant at) {
    List<Vip> behind =
        vips.stream()
            .filter(vip -> vip.observedGeneration() < vip.generation() || vip.failure() != null)
            .toList();
    for (int from = 0; from < behind.size(); from += NOTED_TOGETHER_MAX) {
      int to = Math.min(from + NOTED_TOGETHER_MAX, behind.size());
      noteRealised(behind.subList(from, to), at);
    }
  }

  private void noteRealised(List<Vip> vips, Instant at) {
    store.write(reader -> {
      List<Change> changes = new ArrayList<>();
      List<Vip> noted = new ArrayList<>();
      for (Vip seen : vips) {
        reader
            .vip(seen.id())
            .map(vip -> VipDecisions.realised(vip, seen.generation(), at))
            .ifPresent(decision -> {
              changes.addAll(decision.changes());
              noted.add(decision.answer());
            });
      }
      return new Decision<>(changes, Set.of(), noted);
    });
  }

  private void markOverdue() {
    Failure failure =
        new Failure(
            Failure.Code.FABRIC_UNREACHABLE,
            "the fabric has not realised it for 60 s; HAVIP goes on trying, see the server's log");
    for (Vip seen : store.read(reader -> reader.allVips())) {
      if (seen.isOverdue(now())) {
        change(
            seen,
            vip ->
                vip.isOverdue(now())
                    ? VipDecisions.failed(vip, failure, now())
                    : new Decision<>(List.of(), Set.of(), vip));
      }
    }
  }

  private interface Deciding {
    Decision<Vip> decide(Vip vip);
  }

  /** Decides about a VIP as it is now; one that went meanwhile needs no decision. */
  private void change(Vip seen, Deciding deciding) {
    store.write(reader ->
        reader
            .vip(seen.id())
            .map(deciding::decide)
            .orElse(new Decision<>(List.of(), Set.of(), seen)));
  }

  /** Neighbours may have heard others meanwhile: tells them who holds the VIPs. */
  private void announce(List<Vip> vips) {
    Map<VipId, List<Holder>> holders = store.read(Reader::allHolders);
    List<Announcement> announcements = new ArrayList<>();
    for (Vip vip : vips) {
      List<Holder> held = holders.getOrDefault(vip.id(), List.of());
      if (held.size() == 1) {
        int segment = store.read(reader -> reader.network(vip.networkId())).orElseThrow().segment();
        announcements.add(new Announcement(segment, vip.address(), held.getFirst().mac()));
      }
    }
    announcer.announce(announcements);
  }

  /** As was asked of servers that do not lead. */
  private void announceWanted() {
    store
        .read(Reader::wantedAnnouncements)
        .forEach((id, actor) -> {
          Optional<Vip> vip = store.read(reader -> reader.vip(id));
          if (vip.isEmpty()) {
            return;
          }
          List<Holder> held =
              store.read(reader -> reader.holders(List.of(id)).getOrDefault(id, List.of()));
          boolean isOne = held.size() == 1;
          if (!isOne || announce(vip.get(), held.getFirst())) {
            change(
                vip.get(),
                now ->
                    VipDecisions.announcedHere(
                        now,
                        isOne ? Optional.of(held.getFirst()) : Optional.empty(),
                        now(),
                        actor));
          }
        });
  }

  private boolean announce(Vip vip, Holder holder) {
    int segment = store.read(reader -> reader.network(vip.networkId())).orElseThrow().segment();
    return announcer.announce(new Announcement(segment, vip.address(), holder.mac()));
  }

  private void record(List<String> repaired) {
    Instant now = now();
    List<Change> changes =
        repaired.stream()
            .<Change>map(difference ->
                new Change.Append(
                    new Event(
                        null, null, now, Event.SYSTEM, new Happening.FabricRepaired(difference))))
            .toList();
    store.write(_ -> new Decision<>(changes, Set.of(), repaired));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(SCAN_EVERY) > 0 ? SCAN_EVERY : twice;
  }

  /** Finishes the work at hand and stops; what the fabric holds stays in force. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wanted.signal();
    } finally {
      lock.unlock();
    }
    Threads.join(thread);
  }
}
