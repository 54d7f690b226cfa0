package io.havip.reconcile;

import io.havip.decision.Decision;
import io.havip.decision.DrillDecisions;
import io.havip.event.Event;
import io.havip.event.EventFilter;
import io.havip.event.EventKind;
import io.havip.event.Happening;
import io.havip.event.RecordedEvent;
import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.plan.Answer;
import io.havip.plan.Grant;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Drill;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches drills on one platform thread: from the moment that the fabric has cut the holder off,
 * asks the others every {@link #EVERY} whether one of them has the VIP. When another claimed it,
 * the history tells more exactly how long nobody had it. The cut itself is in the store, with its
 * end, and ends whether anybody watches or not. A drill that was running when the server stopped is
 * over when it starts.
 */
public final class Drills implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(10);

  /** When the store could not say which drills run. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  /** More than a VIP has while it is cut off: it changes hands once a second at most. */
  private static final int EVENTS = 1_000;

  /** After the cut, how long the VM is given to take the VIP back. */
  private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Drills.class);

  private final Store store;
  private final Fabric fabric;
  private final Clock clock;
  private final Consumer<Set<Id>> wakes;
  private final Semaphore called = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().name("drill").unstarted(this::run);
  private final Map<VipId, Course> courses = new HashMap<>();
  private volatile boolean isClosed;

  /** What was seen of a drill until now. */
  private static final class Course {
    final Drill drill;
    @Nullable Instant cutAt;
    @Nullable Instant reachedAt;
    @Nullable VmId newHolder;
    Optional<Fabric.Question> question = Optional.empty();

    Course(Drill drill) {
      this.drill = drill;
    }
  }

  public Drills(Store store, Fabric fabric, Clock clock, Consumer<Set<Id>> wakes) {
    this.store = store;
    this.fabric = fabric;
    this.clock = clock;
    this.wakes = wakes;
  }

  /** Ends what was running when the server stopped. */
  public void start() {
    for (Drill drill : store.read(Reader::runningDrills)) {
      finish(drill, new Drill.Result(Drill.Outcome.INTERRUPTED, null, null, false, now()));
    }
    thread.start();
  }

  /** Says that a drill began; returns at once. */
  public void begun() {
    called.release();
  }

  private void run() {
    try {
      while (!isClosed) {
        boolean hasBegun = true;
        if (courses.isEmpty()) {
          called.acquire();
        } else {
          hasBegun = called.tryAcquire(EVERY.toNanos(), TimeUnit.NANOSECONDS);
        }
        called.drainPermits();
        if (hasBegun && !takeUp()) {
          Thread.sleep(AGAIN_AFTER);
          called.release();
        }
        courses.values().removeIf(this::isOver);
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
  }

  /** Watches those that began; false when they cannot be read now. */
  private boolean takeUp() {
    try {
      for (Drill drill : store.read(Reader::runningDrills)) {
        courses.computeIfAbsent(drill.vipId(), _ -> new Course(drill));
      }
      return true;
    } catch (RuntimeException e) {
      LOG.warn("Cannot read which drills run; going on trying: {}", e.getMessage());
      return false;
    }
  }

  private boolean isOver(Course course) {
    try {
      Optional<Vip> vip = store.read(reader -> reader.vip(course.drill.vipId()));
      if (vip.isEmpty()) {
        return true;
      }
      watch(course, vip.get());
      return end(course);
    } catch (FabricException | RuntimeException e) {
      LOG.warn("A drill cannot be watched now: {}", e.getMessage());
      return false;
    }
  }

  private void watch(Course course, Vip vip) throws FabricException {
    Instant now = now();
    if (course.cutAt == null && vip.observedGeneration() == vip.generation()) {
      course.cutAt = now;
    }
    if (course.cutAt == null || course.reachedAt != null || !now.isBefore(course.drill.endsAt())) {
      return;
    }
    Grant grant = store.read(reader -> grant(reader, vip));
    if (course.question.isPresent()) {
      for (Answer answer : course.question.get().answers()) {
        course.reachedAt = now;
        course.newHolder = vmAt(vip, answer).orElse(null);
      }
    }
    if (course.reachedAt == null) {
      course.question = fabric.askMembers(List.of(grant));
      if (course.question.isEmpty()) {
        holder(vip)
            .filter(held -> !held.vmId().equals(course.drill.vmId()))
            .ifPresent(held -> {
              course.reachedAt = held.since();
              course.newHolder = held.vmId();
            });
      }
    }
  }

  private Optional<VmId> vmAt(Vip vip, Answer answer) {
    return store.read(reader ->
        vip.bindings().stream()
            .filter(binding ->
                reader
                    .nic(binding.nicId())
                    .filter(nic -> nic.port().equals(answer.port()))
                    .isPresent())
            .map(Binding::vmId)
            .findFirst());
  }

  private static Grant grant(Reader reader, Vip vip) {
    return Grant.of(
            vip,
            reader.network(vip.networkId()).orElseThrow(),
            reader.virtualRouter(vip.id()),
            nicId -> reader.nic(nicId).orElseThrow(),
            List.of())
        .orElseGet(() -> new Grant(vip.id(), 1, vip.address(), List.of()));
  }

  private Optional<Holder> holder(Vip vip) {
    List<Holder> held =
        store.read(reader -> reader.holders(List.of(vip.id())).getOrDefault(vip.id(), List.of()));
    return held.size() == 1 ? Optional.of(held.getFirst()) : Optional.empty();
  }

  private boolean end(Course course) {
    Instant now = now();
    Drill drill = course.drill;
    if (now.isBefore(drill.endsAt())) {
      return false;
    }
    boolean cameBack =
        store
            .read(reader -> reader.vip(drill.vipId()))
            .flatMap(this::holder)
            .filter(held -> held.vmId().equals(drill.vmId()))
            .isPresent();
    if (!cameBack && now.isBefore(drill.endsAt().plus(BACK_WITHIN))) {
      return false;
    }
    Long outageMillis = outageMillis(course);
    boolean passed = outageMillis != null && outageMillis <= drill.targetMillis();
    finish(
        drill,
        new Drill.Result(
            passed ? Drill.Outcome.PASSED : Drill.Outcome.FAILED,
            course.newHolder,
            outageMillis,
            cameBack,
            now));
    return true;
  }

  private @Nullable Long outageMillis(Course course) {
    Instant cutAt = course.cutAt;
    Instant reachedAt = course.reachedAt;
    if (cutAt == null || reachedAt == null) {
      return null;
    }
    boolean isReached = false;
    for (Event event : history(course.drill)) {
      if (event.what() instanceof Happening.VipRealised) {
        cutAt = event.at().isBefore(cutAt) ? event.at() : cutAt;
      } else if (event.what() instanceof Happening.HolderChanged it
          && !isReached
          && Objects.equals(it.to(), course.newHolder)) {
        // A claim may be repeated, and the last is told; who has answered had the VIP by then.
        reachedAt = event.at().isBefore(reachedAt) ? event.at() : reachedAt;
        isReached = true;
      }
    }
    return Math.max(0, Duration.between(cutAt, reachedAt).toMillis());
  }

  private List<Event> history(Drill drill) {
    EventFilter filter =
        new EventFilter(
            Set.of(EventKind.VIP_REALISED, EventKind.HOLDER_CHANGED),
            drill.beganAt(),
            drill.endsAt());
    return store.read(reader ->
        reader
            .vip(drill.vipId())
            .map(vip -> reader.events(vip.accountId(), vip.id(), filter, 0, 0, EVENTS))
            .orElse(List.of())
            .stream()
            .map(RecordedEvent::event)
            .toList());
  }

  private void finish(Drill drill, Drill.Result result) {
    Decision<Drill> decision =
        store.write(reader ->
            reader
                .vip(drill.vipId())
                .filter(_ -> reader.runningDrills().contains(drill))
                .map(vip -> DrillDecisions.finish(vip, drill, result))
                .orElse(new Decision<>(List.of(), Set.of(), drill)));
    wakes.accept(decision.wakes());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public void close() {
    isClosed = true;
    called.release();
    Threads.join(thread);
  }
}
