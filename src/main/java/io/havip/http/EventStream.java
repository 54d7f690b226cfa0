package io.havip.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.json.EventJson;
import io.havip.service.Follower;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Server-Sent Events (WHATWG HTML, section 9.2). The request's own virtual thread writes them, and
 * blocks when the other side does not read; the connection's write timeout then ends it, and nobody
 * else has waited.
 */
final class EventStream {
  private EventStream() {}

  record Gap(String after, String resumesAfter) {}

  /**
   * Writes until the server stops, or fails when the other side goes.
   *
   * @param filter what is not wanted is left out
   * @param heartbeat after how long without an event it says that it is still there
   */
  static void write(
      Follower follower, EventFilter filter, Duration heartbeat, HttpServletResponse response)
      throws IOException, InterruptedException {
    EventPlace asked = follower.place();
    Optional<EventPlace> missing = follower.missing();
    response.setContentType("text/event-stream;charset=UTF-8");
    response.setHeader("Cache-Control", "no-store");
    OutputStream out = response.getOutputStream();
    // An id without data is no event, but what a client resumes behind that has seen none yet.
    put(out, "id: " + asked + "\n\n");
    if (missing.isPresent()) {
      Gap gap = new Gap(asked.toString(), missing.get().toString());
      put(out, "event: gap\ndata: " + json(gap) + "\n\n");
    }
    response.flushBuffer();
    while (!follower.hasEnded()) {
      List<RecordedEvent> events = follower.next(heartbeat);
      boolean said = false;
      for (RecordedEvent event : events) {
        if (!filter.wants(event.event())) {
          continue;
        }
        said = true;
        put(out, "id: " + EventPlace.of(event) + "\ndata: " + json(EventJson.of(event)) + "\n\n");
      }
      if (!said && !follower.hasEnded()) {
        put(out, ":\n\n");
      }
      response.flushBuffer();
    }
  }

  private static String json(Object value) {
    return JsonResponses.MAPPER.writeValueAsString(value);
  }

  private static void put(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }
}
