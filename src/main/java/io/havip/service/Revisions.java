package io.havip.service;

import io.havip.account.Caller;
import io.havip.event.EventPlace;
import io.havip.id.VipId;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells followers that the store has changed, here or on another server. One thread asks for the
 * store's revision while anybody waits, however many they are; when nobody waits it asks nothing. A
 * store of several servers tells it too.
 */
public final class Revisions implements AutoCloseable {
  private static final Duration ASK_EVERY = Duration.ofMillis(50);

  /** Where the store tells by itself, unless that is lost. */
  private static final Duration ASK_EVERY_IN_CASE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);

  private final Store store;
  private final Duration askEvery;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition waited = lock.newCondition();
  private final Condition changed = lock.newCondition();
  private final Thread thread = Thread.ofPlatform().name("revisions").unstarted(this::run);
  private int waiting;
  private long latest;
  private volatile boolean closed;

  public Revisions(Store store) {
    this.store = store;
    this.askEvery = store.peers().isPresent() ? ASK_EVERY_IN_CASE : ASK_EVERY;
  }

  public void start() {
    publish(store.read(Reader::revision));
    thread.start();
  }

  /**
   * Follows the history of one VIP, or of all of the caller's account.
   *
   * @param after behind which to begin; with what happens from now on when absent
   */
  public Follower follow(Caller caller, @Nullable VipId id, @Nullable EventPlace after) {
    EventPlace place = after == null ? EventPlace.endOf(store.<Long>read(Reader::revision)) : after;
    return new Follower(store, this, caller, id, place);
  }

  /** The revision that was seen last. */
  long latest() {
    lock.lock();
    try {
      return latest;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Waits until another revision is seen, the time is over, or this is closed. */
  void awaitOtherThan(long revision, Duration longest) throws InterruptedException {
    lock.lock();
    try {
      waiting++;
      waited.signal();
      long left = longest.toNanos();
      while (latest == revision && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  private void run() {
    boolean wasHealthy = true;
    while (awaitAnybody()) {
      try {
        publish(store.read(Reader::revision));
        wasHealthy = true;
      } catch (RuntimeException e) {
        if (wasHealthy) {
          LOG.warn("Cannot read the store's revision; going on trying", e);
        }
        wasHealthy = false;
      }
    }
  }

  /** Waits a while, and until somebody waits; says whether to go on. */
  private boolean awaitAnybody() {
    lock.lock();
    try {
      long left = askEvery.toNanos();
      while (!closed && (waiting == 0 || left > 0)) {
        if (left > 0) {
          left = waited.awaitNanos(left);
        } else {
          waited.await();
        }
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Says that the store has this revision, if nobody knows yet. */
  public void publish(long revision) {
    lock.lock();
    try {
      if (revision != latest) {
        latest = revision;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends all following. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waited.signalAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
