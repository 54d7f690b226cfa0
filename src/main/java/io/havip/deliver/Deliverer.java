package io.havip.deliver;

import io.havip.account.Caller;
import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.event.Event;
import io.havip.event.EventKind;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.id.WebhookId;
import io.havip.json.EventJson;
import io.havip.json.Json;
import io.havip.service.Follower;
import io.havip.service.Revisions;
import io.havip.store.Store;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells webhooks what happens: one call for each event, in the order of the history, the next one
 * when the last was accepted. How far that has come is in the store: after every call that failed,
 * and after those that were accepted in a row. So a server that is killed tells some events again
 * when it is back, but leaves none out; the message's id, which is the event's, says that it is the
 * same.
 *
 * <p>Each enabled webhook has a virtual thread, which looks at the webhook itself every {@link
 * #LOOK_EVERY}; one more thread starts those that are missing. A webhook that does not accept is
 * offered the same event again and again, and holds up nobody but itself.
 */
public final class Deliverer implements AutoCloseable {
  static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);

  private final Store store;
  private final Revisions revisions;
  private final Clock clock;
  private final Listener listener;
  private final Calls calls;
  private final Map<WebhookId, Thread> workers = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("webhooks").unstarted(this::run);

  /** Is told of each call. */
  public interface Listener {
    void called(boolean accepted);
  }

  /** Told where history is no longer kept. */
  record Gap(String kind, Span data) {
    record Span(String after, String resumesAfter) {}
  }

  /**
   * Calls nobody yet.
   *
   * @param mayCallThisHost whether a webhook may name the server's own host
   */
  public Deliverer(
      Store store, Revisions revisions, Clock clock, boolean mayCallThisHost, Listener listener) {
    this.store = store;
    this.revisions = revisions;
    this.clock = clock;
    this.listener = listener;
    this.calls = new Calls(clock, mayCallThisHost);
  }

  public void start() {
    thread.start();
  }

  private void run() {
    boolean wasHealthy = true;
    do {
      try {
        for (Webhook webhook : store.read(reader -> reader.allWebhooks())) {
          if (webhook.enabled()) {
            workers.computeIfAbsent(
                webhook.id(), id -> Thread.ofVirtual().name(id.value()).start(() -> work(id)));
          }
        }
        wasHealthy = true;
      } catch (RuntimeException e) {
        if (wasHealthy) {
          LOG.warn("Cannot read which webhooks there are; going on trying", e);
        }
        wasHealthy = false;
      }
    } while (!pauses(LOOK_EVERY));
  }

  /** Waits; says whether it is time to stop. */
  private boolean pauses(Duration pause) {
    try {
      return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void work(WebhookId id) {
    try {
      new Worker(id).run();
    } catch (InterruptedException e) {
      LOG.debug("Stopped", e);
    } catch (RuntimeException e) {
      LOG.warn("{} is not told anything for a moment", id, e);
    } finally {
      workers.remove(id);
    }
  }

  /** Tells one webhook. */
  private final class Worker {
    private final WebhookId id;
    private @Nullable Follower follower;

    /** Of the webhook that {@link #delivery} is about; another one is called at once. */
    private long version;

    /** The gap that it was told of last. */
    private Optional<EventPlace> toldMissing = Optional.empty();

    private Delivery delivery = Delivery.from(EventPlace.BEGINNING);
    private Delivery stored = delivery;

    Worker(WebhookId id) {
      this.id = id;
    }

    void run() throws InterruptedException {
      stored = store.read(reader -> reader.deliveries(List.of(id))).getOrDefault(id, delivery);
      delivery = stored;
      try {
        while (closing.getCount() > 0) {
          Optional<Webhook> webhook =
              store.read(reader -> reader.webhook(id)).filter(Webhook::enabled);
          if (webhook.isEmpty() || !tell(webhook.get())) {
            return;
          }
        }
      } finally {
        save();
      }
    }

    /** Tells what there is, or waits for a while; says whether to go on. */
    private boolean tell(Webhook webhook) throws InterruptedException {
      Duration wait = delivery.untilDue(now());
      if (wait.isPositive() && version == webhook.version()) {
        return !pauses(wait.compareTo(LOOK_EVERY) < 0 ? wait : LOOK_EVERY);
      }
      version = webhook.version();
      Follower now = follower(webhook);
      Optional<EventPlace> missing = now.missing();
      if (missing.isPresent() && !missing.equals(toldMissing)) {
        Gap.Span span = new Gap.Span(now.place().toString(), missing.get().toString());
        String body = Json.SPARSE.writeValueAsString(new Gap("gap", span));
        if (!call(webhook, missing.get() + "-gap", now.place(), body)) {
          save();
          return true;
        }
        toldMissing = missing;
      }
      for (RecordedEvent recorded : now.next(LOOK_EVERY)) {
        EventPlace place = EventPlace.of(recorded);
        Event event = recorded.event();
        if (!webhook.wants(EventKind.of(event.what()))) {
          delivery = delivery.passed(place);
        } else if (closing.getCount() == 0
            || !call(
                webhook,
                place.toString(),
                place,
                Json.SPARSE.writeValueAsString(EventJson.of(recorded)))) {
          break;
        }
      }
      save();
      return !now.hasEnded();
    }

    private Follower follower(Webhook webhook) {
      Follower known = follower;
      if (known != null && known.place().equals(delivery.after())) {
        return known;
      }
      Caller reader = new Caller(webhook.accountId(), webhook.role(), webhook.name());
      Follower made = revisions.follow(reader, null, delivery.after());
      follower = made;
      return made;
    }

    /** Says whether it was accepted; then the webhook was told up to the place. */
    private boolean call(Webhook webhook, String id, EventPlace place, String body)
        throws InterruptedException {
      Optional<String> error = calls.call(webhook, id, body);
      listener.called(error.isEmpty());
      delivery =
          error.isEmpty() ? delivery.delivered(place, now()) : delivery.failed(error.get(), now());
      return error.isEmpty();
    }

    private void save() {
      if (!delivery.equals(stored)) {
        Delivery saved = delivery;
        store.write(
            _ -> new Decision<>(List.of(new Change.PutDelivery(id, saved)), Set.of(), saved));
        stored = saved;
      }
    }

    private Instant now() {
      return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
  }

  /** Finishes the calls at hand, which takes seconds at most, and stops. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
      for (Thread worker : workers.values()) {
        worker.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.close();
  }
}
