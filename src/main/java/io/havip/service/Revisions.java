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
 * store's revision after commits while anybody waits, however many they are; when nobody waits it
 * asks nothing. A store of several servers tells it too.
 */
public final class Revisions implements AutoCloseable {
  /** In case that the news of another server's commit is lost. */
  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  /** After it has asked, so that many commits do not wake all followers as many times. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);

  private final Store store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition stirred = lock.newCondition();
  private final Condition changed = lock.newCondition();
  private final Thread thread = Thread.ofPlatform().name("revisions").unstarted(this::run);
  private int waiting;
  private boolean hasNews;
  private long latest;
  private volatile boolean closed;

  public Revisions(Store store) {
    this.store = store;
  }

  public void start() {
    publish(store.read(Reader::revision));
    store.onCommit((_, _) -> stir());
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
      stirred.signal();
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
    while (awaitNews()) {
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

  private void stir() {
    lock.lock();
    try {
      hasNews = true;
      stirred.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there may be something to tell somebody; says whether to go on. */
  private boolean awaitNews() {
    lock.lock();
    try {
      long left = PAUSE.toNanos();
      while (!closed && left > 0) {
        left = stirred.awaitNanos(left);
      }
      left = ASK_EVERY.toNanos();
      while (!closed && (waiting == 0 || (!hasNews && left > 0))) {
        if (left > 0) {
          left = stirred.awaitNanos(left);
        } else {
          stirred.await();
        }
      }
      hasNews = false;
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
      stirred.signalAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
