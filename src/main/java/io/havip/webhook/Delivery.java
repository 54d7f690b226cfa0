package io.havip.webhook;

import io.havip.event.EventPlace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a webhook has been told.
 *
 * @param after all events up to here were delivered, or are of no interest to it
 * @param deliveredAt when the last call was accepted
 * @param failing why it does not get on, if it does not
 */
public record Delivery(EventPlace after, Optional<Instant> deliveredAt, Optional<Failing> failing) {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int ERROR_MAX = 200;

  /**
   * The event behind {@link #after} was refused, and is offered again and again.
   *
   * @param since when it was refused first
   * @param attempts how often until now
   * @param error what was wrong the last time
   */
  public record Failing(Instant since, int attempts, String error, Instant nextAttemptAt) {}

  /** When nothing was delivered yet. */
  public static Delivery from(EventPlace place) {
    return new Delivery(place, Optional.empty(), Optional.empty());
  }

  /** After a call was accepted. */
  public Delivery delivered(EventPlace place, Instant now) {
    return new Delivery(place, Optional.of(now), Optional.empty());
  }

  /** After events that are of no interest. */
  public Delivery passed(EventPlace place) {
    return new Delivery(place, deliveredAt, failing);
  }

  /** After a call was not accepted: the next one comes after 1 s, 2 s, 4 s … 5 min. */
  public Delivery failed(String error, Instant now) {
    int attempts = failing.map(Failing::attempts).orElse(0) + 1;
    Duration pause = attempts > 9 ? LONGEST_PAUSE : FIRST_PAUSE.multipliedBy(1L << (attempts - 1));
    return new Delivery(
        after,
        deliveredAt,
        Optional.of(
            new Failing(
                failing.map(Failing::since).orElse(now),
                attempts,
                error.length() > ERROR_MAX ? error.substring(0, ERROR_MAX) : error,
                now.plus(pause))));
  }

  /** How long to wait before the next call; nothing or less when it is due. */
  public Duration untilDue(Instant now) {
    return failing.map(it -> Duration.between(now, it.nextAttemptAt())).orElse(Duration.ZERO);
  }
}
