package io.havip.plan;

import java.time.Instant;
import java.util.Map;

/**
 * The last look at the fabric.
 *
 * @param refusedAt when each of the refusals was last seen to go on, by its key; absent for those
 *     that did not since somebody watches
 */
public record Seen(Instant at, Observed observed, Map<Observed.Refusal, Instant> refusedAt) {
  public Seen {
    refusedAt = Map.copyOf(refusedAt);
  }
}
