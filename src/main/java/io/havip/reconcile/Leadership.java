package io.havip.reconcile;

import io.havip.decision.Decision;
import io.havip.decision.Leader;
import io.havip.decision.LeaderDecisions;
import io.havip.error.Superseded;
import io.havip.fabric.Fabric;
import io.havip.store.Peers;
import io.havip.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that one server at most works on the fabric: the leader. It renews a lease in the
 * store every {@link #RENEW_EVERY}, on one platform thread; the others look every {@link
 * #LOOK_EVERY}, and one of them begins to lead when nobody does, or when the leader has not renewed
 * for {@link Lease#LENGTH}. A leader that cannot reach the store goes on when it can again and
 * nobody has begun meanwhile; until then the fabric is as it was. Where a store has one server
 * only, that one leads from the start.
 *
 * @param <W> what only the leader does
 */
public final class Leadership<W extends AutoCloseable> implements AutoCloseable {
  private static final Duration RENEW_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final Store store;
  private final Fabric fabric;
  private final Clock clock;
  private final String server;
  private final BiFunction<Store, Fabric, W> begin;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("lead").unstarted(this::run);

  private Leader seen = new Leader(0, "", 0);
  private long seenAtNanos = System.nanoTime();
  private volatile String leader = "";
  private volatile @Nullable Lease lease;
  private volatile @Nullable W work;

  /**
   * Nobody leads yet.
   *
   * @param server the name of this server
   * @param begin begins the leader's work, with a store and a fabric that refuse when it is over
   */
  public Leadership(
      Store store, Fabric fabric, Clock clock, String server, BiFunction<Store, Fabric, W> begin) {
    this.store = store;
    this.fabric = fabric;
    this.clock = clock;
    this.server = server;
    this.begin = begin;
  }

  /** Begins to lead where nobody does, or to wait for that. */
  public void start() {
    Optional<Peers> peers = store.peers();
    if (peers.isEmpty()) {
      leader = server;
      work = begin.apply(store, fabric);
    } else {
      step(peers.get());
      thread.start();
    }
  }

  /** What the leader does; absent where this server does not lead. */
  public Optional<W> work() {
    return Optional.ofNullable(work);
  }

  /** Whether this server leads, for certain. */
  public boolean leads() {
    Lease held = lease;
    return work != null && (held == null || held.isHeld());
  }

  /** The name of the server that leads, as far as this one knows; empty for nobody. */
  public String leader() {
    return leader;
  }

  private void run() {
    Peers peers = store.peers().orElseThrow();
    boolean wasHealthy = true;
    try {
      while (!closing.await(
          (lease == null ? LOOK_EVERY : RENEW_EVERY).toNanos(), TimeUnit.NANOSECONDS)) {
        try {
          step(peers);
          wasHealthy = true;
        } catch (RuntimeException e) {
          // Who cannot look does not know for how long nobody has renewed.
          seenAtNanos = System.nanoTime();
          if (wasHealthy) {
            LOG.warn("Cannot see which server leads; going on trying: {}", e.getMessage());
          }
          wasHealthy = false;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
  }

  private void step(Peers peers) {
    Lease held = lease;
    if (held == null) {
      look(peers);
    } else {
      renew(peers, held);
    }
  }

  private void renew(Peers peers, Lease held) {
    long sentAt = System.nanoTime();
    if (!peers.renew(held.generation())) {
      LOG.warn("Another server leads; this one stops working on the fabric");
      lease = null;
      end();
      return;
    }
    held.renewed(sentAt);
    if (work == null) {
      begin(held);
    }
  }

  private void look(Peers peers) {
    Leader now = peers.leader();
    long at = System.nanoTime();
    if (!now.equals(seen)) {
      if (!now.server().equals(leader)) {
        LOG.info("{} leads", now.isNobody() ? "Nobody" : "The server " + now.server());
      }
      seen = now;
      seenAtNanos = at;
      leader = now.server();
    }
    if (now.isNobody() || at - seenAtNanos >= Lease.LENGTH.toNanos()) {
      take(now);
    }
  }

  private void take(Leader from) {
    long sentAt = System.nanoTime();
    try {
      Decision<Leader> decision =
          store.write(reader ->
              LeaderDecisions.take(
                  reader.leader(), from, server, clock.instant().truncatedTo(ChronoUnit.MICROS)));
      if (!decision.changes().isEmpty()) {
        Lease taken = new Lease(decision.answer().generation(), sentAt);
        LOG.info("This server leads, generation {}", taken.generation());
        leader = server;
        lease = taken;
        begin(taken);
      }
    } catch (Superseded e) {
      LOG.debug("The leader has renewed after all", e);
    }
  }

  private void begin(Lease held) {
    fabric.lead(held.generation());
    work = begin.apply(new FencedStore(store, held), new FencedFabric(fabric, held));
  }

  private void end() {
    W ending = work;
    work = null;
    if (ending != null) {
      try {
        ending.close();
      } catch (Exception e) {
        LOG.warn("What the leader does could not be ended", e);
      }
    }
  }

  /** Stops leading, so that another may at once. */
  @Override
  public void close() {
    closing.countDown();
    Threads.join(thread);
    end();
    Lease held = lease;
    if (held != null) {
      try {
        store.peers().orElseThrow().release(held.generation());
      } catch (RuntimeException e) {
        LOG.warn("The others will lead when the lease is over: {}", e.getMessage());
      }
    }
  }
}
