package io.havip.server;

import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.event.ClaimKind;
import io.havip.event.Event;
import io.havip.event.EventKind;
import io.havip.event.Happening;
import io.havip.store.CommitListener;
import io.havip.store.Peers;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Vip;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A store that counts what is written through it: commits, events by kind, refused packets by kind,
 * how long failovers and splits were, and how long the fabric took to realise what was committed.
 * All of that is there from the start, because a rate of what appears later misses its first count.
 */
final class MeasuredStore implements Store {
  private static final Duration[] SPLITS = {
    Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10)
  };

  /** From half an interval of 100 ms to what people take for a failure. */
  private static final Duration[] OUTAGES = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(300),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final Store store;
  private final Map<EventKind, Counter> events = new EnumMap<>(EventKind.class);
  private final Map<ClaimKind, Counter> refused = new EnumMap<>(ClaimKind.class);
  private final Timer lag;
  private final Timer outages;
  private final Timer splits;

  MeasuredStore(Store store, MeterRegistry meters) {
    this.store = store;
    for (EventKind kind : EventKind.values()) {
      events.put(
          kind,
          Counter.builder("havip.events")
              .description("Events recorded by this server")
              .tag("kind", label(kind))
              .register(meters));
    }
    for (ClaimKind kind : ClaimKind.values()) {
      refused.put(
          kind,
          Counter.builder("havip.refused.packets")
              .description("Packets dropped because their sender may not use the address")
              .tag("kind", label(kind))
              .register(meters));
    }
    lag =
        Timer.builder("havip.reconcile.lag")
            .description("From the commit of a VIP's generation until the fabric has realised it")
            .register(meters);
    outages =
        Timer.builder("havip.failover.outage")
            .description("VIPs that got another holder, and how long they had none")
            .serviceLevelObjectives(OUTAGES)
            .register(meters);
    splits =
        Timer.builder("havip.split.length")
            .description("Splits that ended, and how long they were")
            .serviceLevelObjectives(SPLITS)
            .register(meters);
    Timer commits =
        Timer.builder("havip.store.commits")
            .description("Commits, with the changes written in them")
            .register(meters);
    DistributionSummary together =
        DistributionSummary.builder("havip.store.commit.changes")
            .description("How many changes were committed together")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32)
            .register(meters);
    store.onCommit((changes, took) -> {
      commits.record(took);
      together.record(changes);
    });
  }

  @Override
  public <T> T read(Function<? super Reader, ? extends T> query) {
    return store.read(query);
  }

  @Override
  public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
    Decision<T> decision = store.write(decide);
    for (Change change : decision.changes()) {
      if (change instanceof Change.Append(Event event)) {
        count(event, decision.answer());
      }
    }
    return decision;
  }

  private void count(Event event, Object answer) {
    Optional.ofNullable(events.get(EventKind.of(event.what()))).ifPresent(Counter::increment);
    switch (event.what()) {
      case Happening.ClaimsRefused it ->
          Optional.ofNullable(refused.get(it.kind()))
              .ifPresent(counter -> counter.increment((double) it.packets()));
      case Happening.HolderChanged it ->
          Optional.ofNullable(it.outageMillis()).map(Duration::ofMillis).ifPresent(outages::record);
      case Happening.SplitEnded it -> splits.record(Duration.ofMillis(it.lengthMillis()));
      case Happening.VipRealised _, Happening.VipDeleted _ -> {
        for (Object one : answer instanceof List<?> several ? several : List.of(answer)) {
          if (one instanceof Vip vip && vip.id().equals(event.vipId())) {
            lag.record(Duration.between(vip.generationAt(), event.at()));
          }
        }
      }
      default -> {
        // Counted as an event is all.
      }
    }
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void onCommit(CommitListener listener) {
    store.onCommit(listener);
  }

  @Override
  public Optional<Peers> peers() {
    return store.peers();
  }

  @Override
  public void close() {
    store.close();
  }
}
