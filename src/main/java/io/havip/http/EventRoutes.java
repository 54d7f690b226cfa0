package io.havip.http;

import io.havip.account.Caller;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.id.VipId;
import io.havip.json.EventJson;
import io.havip.service.Revisions;
import io.havip.service.VipService;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class EventRoutes {
  private static final Pattern EVENT_ID = Pattern.compile("([0-9]{1,18})-([0-9]{1,9})");

  private static final int EXPORT_PAGE = 1_000;

  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final Logger LOG = LoggerFactory.getLogger(EventRoutes.class);

  private final VipService vips;
  private final Revisions revisions;
  private final Heartbeat heartbeat;
  private final AtomicInteger followers = new AtomicInteger();

  EventRoutes(VipService vips, Revisions revisions, Heartbeat heartbeat, MeterRegistry meters) {
    this.vips = vips;
    this.revisions = revisions;
    this.heartbeat = heartbeat;
    meters.gauge("havip.event.followers", followers);
  }

  record Events(List<EventJson> items) {}

  @GetMapping(path = "/v1/vips/{id}/events", produces = MediaType.APPLICATION_JSON_VALUE)
  Events ofVip(
      Caller caller,
      @PathVariable VipId id,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until) {
    return events(caller, id, limit, after, EventFilters.of(kind, from, until));
  }

  @GetMapping(path = "/v1/events", produces = MediaType.APPLICATION_JSON_VALUE)
  Events ofAccount(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until) {
    return events(caller, null, limit, after, EventFilters.of(kind, from, until));
  }

  @GetMapping(path = "/v1/vips/{id}/events", produces = "text/csv")
  void exportVip(
      Caller caller,
      @PathVariable VipId id,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until,
      HttpServletResponse response)
      throws IOException {
    export(caller, id, after, EventFilters.of(kind, from, until), response);
  }

  @GetMapping(path = "/v1/events", produces = "text/csv")
  void exportAccount(
      Caller caller,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until,
      HttpServletResponse response)
      throws IOException {
    export(caller, null, after, EventFilters.of(kind, from, until), response);
  }

  @GetMapping(path = "/v1/vips/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  void followVip(
      Caller caller,
      @PathVariable VipId id,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String last,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until,
      HttpServletResponse response) {
    follow(caller, id, last, after, EventFilters.of(kind, from, until), response);
  }

  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  void followAccount(
      Caller caller,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String last,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String until,
      HttpServletResponse response) {
    follow(caller, null, last, after, EventFilters.of(kind, from, until), response);
  }

  private Events events(
      Caller caller, @Nullable VipId id, int limit, @Nullable String after, EventFilter filter) {
    EventPlace place = after == null ? EventPlace.BEGINNING : place("after", after);
    return new Events(
        vips.events(caller, id, filter, place, Paging.checkLimit(limit)).stream()
            .map(EventJson::of)
            .toList());
  }

  /** Writes all of them page by page, so that they take no more room than a page does. */
  private void export(
      Caller caller,
      @Nullable VipId id,
      @Nullable String after,
      EventFilter filter,
      HttpServletResponse response)
      throws IOException {
    EventPlace place = after == null ? EventPlace.BEGINNING : place("after", after);
    List<RecordedEvent> page = vips.events(caller, id, filter, place, EXPORT_PAGE);
    response.setContentType("text/csv;charset=UTF-8");
    response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"events.csv\"");
    Writer out = response.getWriter();
    out.write(Csv.line(Stream.of("id", "at", "vipId", "actor", "kind", "data")));
    while (!page.isEmpty()) {
      for (RecordedEvent recorded : page) {
        EventJson event = EventJson.of(recorded);
        out.write(
            Csv.line(
                Stream.of(
                    event.id(),
                    event.at(),
                    Optional.ofNullable(event.vipId()).map(VipId::value).orElse(""),
                    event.actor(),
                    event.kind(),
                    JsonResponses.MAPPER.writeValueAsString(event.data()))));
      }
      page = vips.events(caller, id, filter, EventPlace.of(page.getLast()), EXPORT_PAGE);
    }
  }

  /** A client that reconnects sends the header, with the address it was first given. */
  private void follow(
      Caller caller,
      @Nullable VipId id,
      @Nullable String last,
      @Nullable String after,
      EventFilter filter,
      HttpServletResponse response) {
    EventPlace place = null;
    if (last != null) {
      place = place(LAST_EVENT_ID, last);
    } else if (after != null) {
      place = place("after", after);
    }
    followers.incrementAndGet();
    try {
      EventStream.write(revisions.follow(caller, id, place), filter, heartbeat.every(), response);
    } catch (IOException e) {
      LOG.debug("A follower went, or did not read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      followers.decrementAndGet();
    }
  }

  private static EventPlace place(String field, String text) {
    Matcher place = EVENT_ID.matcher(text);
    if (!place.matches()) {
      throw Refused.field(field, ErrorCode.INVALID_FIELD, "give the id of an event, like 42-0");
    }
    return new EventPlace(Long.parseLong(place.group(1)), Integer.parseInt(place.group(2)));
  }
}
