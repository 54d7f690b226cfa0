package io.havip.store;

import java.time.Duration;

/** Is told of each commit of this server, by the thread that writes; returns at once. */
public interface CommitListener {
  /**
   * Changes have become durable together.
   *
   * @param changes how many were decided in it, with those that had nothing to write or were
   *     refused
   * @param took from the first decision on
   */
  void committed(int changes, Duration took);
}
