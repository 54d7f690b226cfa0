package io.havip.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Promises, and what it takes to believe them. */
final class Checks {
  /** The longest that anything is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration POLL_PERIOD = Duration.ofMillis(20);

  /** A look at how things are. */
  interface Look<T> {
    T now() throws IOException, InterruptedException;
  }

  private Checks() {}

  /**
   * Refuses to go on when the promise does not hold.
   *
   * @param evidence what was seen instead; looked at only then
   */
  static void check(boolean holds, String promise, Look<?> evidence)
      throws CheckFailedException, IOException, InterruptedException {
    if (!holds) {
      throw new CheckFailedException(promise, evidence.now());
    }
  }

  /**
   * Waits until the promise holds, and refuses to go on when it does not within {@link #PATIENCE}.
   *
   * @param look finds something once the promise holds
   * @param evidence what was seen instead
   */
  static <T> T await(String promise, Look<Optional<T>> look, Look<?> evidence)
      throws CheckFailedException, IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> found = look.now();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new CheckFailedException(
            promise + ", within " + PATIENCE.toSeconds() + " s", evidence.now());
      }
      Thread.sleep(POLL_PERIOD);
    }
  }

  /** Like the other, where there is nothing to find. */
  static void awaitTrue(String promise, Look<Boolean> look, Look<?> evidence)
      throws CheckFailedException, IOException, InterruptedException {
    await(promise, () -> Optional.of(look.now()).filter(holds -> holds), evidence);
  }
}
