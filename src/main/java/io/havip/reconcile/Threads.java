package io.havip.reconcile;

/** Waiting for this room's threads to end. */
final class Threads {
  private Threads() {}

  /** Waits until a thread has ended; an interrupt ends the waiting and is kept. */
  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
