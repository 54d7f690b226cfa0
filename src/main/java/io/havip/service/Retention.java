package io.havip.service;

import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.event.EventPlace;
import io.havip.event.HistoryKey;
import io.havip.id.AccountId;
import io.havip.id.WebhookId;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets the oldest events of each VIP, and of each account about no VIP, beyond a number. It
 * looks every few seconds at those histories that got longer meanwhile. What an enabled webhook was
 * not told yet is kept, until the webhook has not accepted anything for {@link #WEBHOOKS_MAY_FAIL}.
 */
public final class Retention implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  static final Duration WEBHOOKS_MAY_FAIL = Duration.ofDays(7);
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Store store;
  private final Clock clock;
  private final int eventsPerVip;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("retention").unstarted(this::run);

  /** Up to which all histories were looked at. */
  private long lookedUpTo;

  public Retention(Store store, Clock clock, int eventsPerVip) {
    this.store = store;
    this.clock = clock;
    this.eventsPerVip = eventsPerVip;
  }

  public void start() {
    thread.start();
  }

  private void run() {
    boolean wasHealthy = true;
    try {
      while (!closing.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
        try {
          look();
          wasHealthy = true;
        } catch (RuntimeException e) {
          if (wasHealthy) {
            LOG.warn("Cannot forget old events; going on trying", e);
          }
          wasHealthy = false;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    }
  }

  private void look() {
    long upTo = store.read(Reader::revision);
    if (upTo == lookedUpTo) {
      return;
    }
    for (HistoryKey history : store.read(reader -> reader.historiesSince(lookedUpTo))) {
      Optional<EventPlace> last =
          store.read(reader ->
              reader
                  .overflow(history, eventsPerVip)
                  .map(place -> earlier(place, needed(reader, history.accountId()))));
      if (last.isPresent()) {
        Change prune = new Change.PruneEvents(history, last.get());
        store.write(_ -> new Decision<>(List.of(prune), Set.of(), history));
      }
    }
    lookedUpTo = upTo;
  }

  private static EventPlace earlier(EventPlace one, Optional<EventPlace> other) {
    return other.filter(it -> it.compareTo(one) < 0).orElse(one);
  }

  /** Behind which webhooks still have to be told. */
  private Optional<EventPlace> needed(Reader reader, @Nullable AccountId accountId) {
    List<Webhook> webhooks =
        reader.allWebhooks().stream()
            .filter(Webhook::enabled)
            .filter(it -> accountId == null || it.accountId().equals(accountId))
            .toList();
    Map<WebhookId, Delivery> deliveries =
        reader.deliveries(webhooks.stream().map(Webhook::id).toList());
    Instant longAgo = Contexts.now(clock).minus(WEBHOOKS_MAY_FAIL);
    return deliveries.values().stream()
        .filter(it -> it.failing().filter(f -> f.since().isBefore(longAgo)).isEmpty())
        .map(Delivery::after)
        .min(EventPlace::compareTo);
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
