package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fabric of which is saved what it was told to enforce, so that {@link BootCommand} can tell it
 * again when the machine has started and nobody else is there yet. Saving is behind by a fraction
 * of a second, and a change never waits for it: a file of 30,000 elements has some megabytes.
 */
final class SavedFabric implements Fabric {
  /** Between two savings at least; and nine times as long as the last one took. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final int PAUSE_PER_SAVING = 9;

  /** After which a saving that failed is tried again. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SavedFabric.class);

  private final Fabric fabric;
  private final DesiredFile file;
  private final Semaphore changed = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("save").unstarted(this::run);

  // Guarded by `this`; the desired state is unknown before the first sync, and is saved by then.
  private final Map<NetworkId, Segment> segments = new HashMap<>();
  private final Map<NicId, Port> ports = new HashMap<>();
  private final Map<VipId, Grant> grants = new HashMap<>();
  private boolean unsaved;
  private boolean synced;

  private SavedFabric(Fabric fabric, DesiredFile file) {
    this.fabric = fabric;
    this.file = file;
  }

  /** Saves from now on. */
  static SavedFabric start(Fabric fabric, DesiredFile file) {
    SavedFabric saved = new SavedFabric(fabric, file);
    saved.thread.start();
    return saved;
  }

  @Override
  public List<String> sync(Desired desired) throws FabricException {
    List<String> differences = fabric.sync(desired);
    synchronized (this) {
      if (!synced
          || !segments.equals(desired.segments())
          || !ports.equals(desired.ports())
          || !grants.equals(desired.grants())) {
        synced = true;
        replace(segments, Set.copyOf(segments.keySet()), desired.segments());
        replace(ports, Set.copyOf(ports.keySet()), desired.ports());
        replace(grants, Set.copyOf(grants.keySet()), desired.grants());
        hasChanged();
      }
    }
    return differences;
  }

  @Override
  public void apply(Set<Id> ids, Desired part) throws FabricException {
    fabric.apply(ids, part);
    synchronized (this) {
      replace(segments, ids, part.segments());
      replace(ports, ids, part.ports());
      replace(grants, ids, part.grants());
      hasChanged();
    }
  }

  @Override
  public Optional<Instant> realisedAt() {
    return fabric.realisedAt();
  }

  private static <K extends Id, V> void replace(
      Map<K, V> all, Set<? extends Id> ids, Map<K, V> part) {
    all.keySet().removeAll(ids);
    all.putAll(part);
  }

  private void hasChanged() {
    unsaved = true;
    changed.release();
  }

  private void run() {
    Duration pause = PAUSE;
    try {
      while (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        changed.tryAcquire(AGAIN_AFTER.toNanos(), TimeUnit.NANOSECONDS);
        changed.drainPermits();
        long start = System.nanoTime();
        save();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        pause = PAUSE.plus(took.multipliedBy(PAUSE_PER_SAVING));
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
    save();
  }

  private void save() {
    Desired desired = unsaved();
    if (desired == null) {
      return;
    }
    try {
      file.write(desired);
    } catch (IOException e) {
      LOG.warn("What the fabric enforces cannot be saved for the next boot; trying again", e);
      synchronized (this) {
        unsaved = true;
      }
    }
  }

  private synchronized @Nullable Desired unsaved() {
    if (!unsaved) {
      return null;
    }
    unsaved = false;
    return new Desired(segments, ports, grants);
  }

  @Override
  public boolean asks() {
    return fabric.asks();
  }

  @Override
  public Optional<Question> ask(Collection<AskedAddress> addresses) throws FabricException {
    return fabric.ask(addresses);
  }

  @Override
  public Optional<Question> askMembers(Collection<Grant> grants) throws FabricException {
    return fabric.askMembers(grants);
  }

  @Override
  public boolean announce(Collection<Announcement> announcements) throws FabricException {
    return fabric.announce(announcements);
  }

  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    return fabric.whyNotAdopt(logicalSwitch, nic);
  }

  @Override
  public Observed observe() throws FabricException {
    return fabric.observe();
  }

  @Override
  public boolean hear(ChassisReport report) {
    return fabric.hear(report);
  }

  @Override
  public boolean hears(String port) {
    return fabric.hears(port);
  }

  @Override
  public void onForeignChange(Runnable listener) {
    fabric.onForeignChange(listener);
  }

  @Override
  public void onSighting(Runnable listener) {
    fabric.onSighting(listener);
  }

  @Override
  public void close() {
    closing.countDown();
    changed.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    fabric.close();
  }
}
