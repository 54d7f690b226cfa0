package io.havip.server;

import io.havip.error.StoreUnavailable;
import io.havip.service.Readiness;
import io.havip.store.Store;
import io.havip.store.VipCount;
import io.havip.vip.VipState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What there is now, counted when somebody asks, but once a second at most. */
final class VipGauges {
  private static final Duration COUNTED_FOR = Duration.ofSeconds(1);

  /** Who uses a VIP, as a label. */
  private enum Users {
    NOBODY,
    ONE,
    SEVERAL;

    boolean are(int holders) {
      return switch (this) {
        case NOBODY -> holders == 0;
        case ONE -> holders == 1;
        case SEVERAL -> holders > 1;
      };
    }
  }

  private record Counts(List<VipCount> vips, int failingWebhooks) {}

  private final Store store;
  private Counts counts = new Counts(List.of(), 0);
  private long countedAtNanos = System.nanoTime() - COUNTED_FOR.toNanos();

  private VipGauges(Store store) {
    this.store = store;
  }

  static void register(MeterRegistry meters, Store store, Readiness readiness) {
    VipGauges gauges = new VipGauges(store);
    for (VipState state : VipState.values()) {
      for (Users users : Users.values()) {
        Gauge.builder("havip.vips", gauges, now -> now.vips(state, users))
            .description("VIPs by state, and by how many VMs use them")
            .tags("state", label(state), "holders", label(users))
            .strongReference(true)
            .register(meters);
      }
    }
    ToDoubleFunction<VipGauges> failing = now -> now.counts().failingWebhooks();
    Gauge.builder("havip.webhooks.failing", gauges, failing)
        .description("Enabled webhooks whose last call was not accepted")
        .strongReference(true)
        .register(meters);
    Gauge.builder("havip.reconcile.in.sync", readiness, it -> it.fabricFollows() ? 1 : 0)
        .description("Whether the fabric took what it was last asked to")
        .strongReference(true)
        .register(meters);
    Gauge.builder("havip.leader", readiness, it -> it.leads() ? 1 : 0)
        .description("Whether this server works on the fabric")
        .strongReference(true)
        .register(meters);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private double vips(VipState state, Users users) {
    return counts().vips().stream()
        .filter(it -> it.state() == state && users.are(it.holders()))
        .mapToLong(VipCount::vips)
        .sum();
  }

  private synchronized Counts counts() {
    long now = System.nanoTime();
    if (now - countedAtNanos >= COUNTED_FOR.toNanos()) {
      try {
        counts = store.read(reader -> new Counts(reader.vipCounts(), reader.failingWebhookCount()));
        countedAtNanos = now;
      } catch (StoreUnavailable e) {
        // What was counted last is still the best guess; the store has metrics of its own.
        countedAtNanos = now;
      }
    }
    return counts;
  }
}
