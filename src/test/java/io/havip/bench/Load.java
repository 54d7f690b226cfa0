package io.havip.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * What clients measured that each do one thing after the other.
 *
 * @param perSecond by all clients together
 */
record Load(double perSecond, Duration p99) {
  private static final Duration WARM_UP = Duration.ofSeconds(6);

  /** Lets each client do its own, all at once. */
  static Load of(List<Callable<?>> clients, Duration duration)
      throws InterruptedException, ExecutionException {
    long begin = System.nanoTime() + WARM_UP.toNanos();
    long end = begin + duration.toNanos();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients.size())) {
      List<Future<LongStream.Builder>> running = new ArrayList<>();
      for (Callable<?> client : clients) {
        running.add(threads.submit(() -> measure(client, begin, end)));
      }
      long[] nanos = {};
      for (Future<LongStream.Builder> measured : running) {
        nanos = LongStream.concat(Arrays.stream(nanos), measured.get().build()).toArray();
      }
      return of(nanos, duration);
    }
  }

  /**
   * The same of what was measured elsewhere.
   *
   * @param nanos how long each took
   * @param duration all of them together, side by side as they were
   */
  static Load of(long[] nanos, Duration duration) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    long p99 = sorted.length == 0 ? 0 : sorted[(int) Math.ceil(sorted.length * 0.99) - 1];
    return new Load(sorted.length / (duration.toNanos() / 1e9), Duration.ofNanos(p99));
  }

  private static LongStream.Builder measure(Callable<?> client, long begin, long end)
      throws Exception {
    LongStream.Builder nanos = LongStream.builder();
    long now = System.nanoTime();
    while (now < end) {
      client.call();
      long after = System.nanoTime();
      if (now >= begin && after <= end) {
        nanos.add(after - now);
      }
      now = after;
    }
    return nanos;
  }
}
