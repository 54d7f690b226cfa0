package io.havip.reconcile;

import java.time.Duration;

/**
 * What a leader holds while it leads. It is over {@link #LENGTH} after the last renewal was sent,
 * by this server's own clock that nobody sets; the others count from when they saw that renewal,
 * which is later. So the lease is over here before anybody else takes it.
 */
final class Lease {
  static final Duration LENGTH = Duration.ofSeconds(3);

  private final long generation;
  private volatile long renewedAtNanos;

  /**
   * A lease just taken.
   *
   * @param sentAtNanos when the database was asked for it
   */
  Lease(long generation, long sentAtNanos) {
    this.generation = generation;
    this.renewedAtNanos = sentAtNanos;
  }

  long generation() {
    return generation;
  }

  void renewed(long sentAtNanos) {
    renewedAtNanos = sentAtNanos;
  }

  boolean isHeld() {
    return System.nanoTime() - renewedAtNanos < LENGTH.toNanos();
  }
}
