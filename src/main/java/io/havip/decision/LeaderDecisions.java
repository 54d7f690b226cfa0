package io.havip.decision;

import io.havip.event.Event;
import io.havip.event.Happening;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Decides which server leads. */
public final class LeaderDecisions {
  private LeaderDecisions() {}

  /**
   * A server begins to lead, unless the leader is another than it had seen or has renewed since.
   *
   * @param current who leads now
   * @param seen who was seen to lead, and has not renewed for too long
   * @return no changes when it does not
   */
  public static Decision<Leader> take(Leader current, Leader seen, String server, Instant now) {
    if (!current.equals(seen)) {
      return new Decision<>(List.of(), Set.of(), current);
    }
    Leader next = new Leader(seen.generation() + 1, server, 0);
    Happening what =
        new Happening.LeaderChanged(
            seen.isNobody() ? null : seen.server(), server, next.generation());
    return new Decision<>(
        List.of(
            new Change.Lead(seen, next),
            new Change.Append(new Event(null, null, now, Event.SYSTEM, what))),
        Set.of(),
        next);
  }
}
