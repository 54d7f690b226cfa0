package io.havip.json;

import io.havip.event.Event;
import io.havip.event.EventPlace;
import io.havip.event.Happening;
import io.havip.event.RecordedEvent;
import io.havip.id.VipId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event as everybody is told it: in lists, in streams, by webhooks. */
public record EventJson(
    String id, @Nullable VipId vipId, Instant at, String actor, String kind, Happening data) {
  public static EventJson of(RecordedEvent recorded) {
    Event event = recorded.event();
    return new EventJson(
        EventPlace.of(recorded).toString(),
        event.vipId(),
        event.at(),
        event.actor(),
        HappeningJson.kind(event.what()),
        event.what());
  }
}
