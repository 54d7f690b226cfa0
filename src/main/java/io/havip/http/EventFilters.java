package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.EventFilter;
import io.havip.event.EventKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the parameters mean that events are filtered by. */
final class EventFilters {
  private EventFilters() {}

  /**
   * Reads them; each may be left out or empty.
   *
   * @param kind names with commas between them
   */
  static EventFilter of(@Nullable String kind, @Nullable String from, @Nullable String until) {
    Set<EventKind> kinds =
        kind == null || kind.isEmpty()
            ? Set.of()
            : Arrays.stream(kind.split(",", -1))
                .map(EventFilters::kind)
                .collect(Collectors.toSet());
    return new EventFilter(kinds, time("from", from), time("until", until));
  }

  private static EventKind kind(String name) {
    return Arrays.stream(EventKind.values())
        .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() ->
            Refused.field(
                "kind",
                ErrorCode.INVALID_FIELD,
                "give kinds of events with commas between them, like holder_changed,split_began"));
  }

  private static @Nullable Instant time(String field, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Refused.field(
          field, ErrorCode.INVALID_FIELD, "give a time like 2030-01-31T12:00:00.000000Z");
    }
  }
}
