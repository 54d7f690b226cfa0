package io.havip.demo;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is to be undone, last first, whatever happened. */
final class CleanUps {
  /** Undoes one thing. */
  interface CleanUp {
    void run() throws IOException, InterruptedException;
  }

  private final Deque<CleanUp> cleanUps = new ArrayDeque<>();

  void add(CleanUp cleanUp) {
    cleanUps.push(cleanUp);
  }

  /**
   * Undoes all of it, also when something in between fails. An interrupt cuts short what waits, and
   * stays set.
   *
   * @throws IOException the first failure; the others are suppressed in it
   */
  void run() throws IOException {
    IOException failure = null;
    while (!cleanUps.isEmpty()) {
      try {
        cleanUps.pop().run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
