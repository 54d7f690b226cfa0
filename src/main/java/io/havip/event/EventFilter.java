package io.havip.event;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted.
 *
 * @param kinds all when empty
 * @param from the earliest time, if any
 * @param until the time before which, if any
 */
public record EventFilter(Set<EventKind> kinds, @Nullable Instant from, @Nullable Instant until) {
  public static final EventFilter ALL = new EventFilter(Set.of(), null, null);

  public EventFilter {
    kinds = Set.copyOf(kinds);
  }

  public boolean wants(Event event) {
    return (kinds.isEmpty() || kinds.contains(EventKind.of(event.what())))
        && (from == null || !event.at().isBefore(from))
        && (until == null || event.at().isBefore(until));
  }
}
