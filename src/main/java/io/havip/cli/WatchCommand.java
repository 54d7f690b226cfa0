package io.havip.cli;

import io.havip.json.Json;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description =
        "Follow what happens to a VIP until it is deleted, or to all of them; until Ctrl-C.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} db",
      "  ${COMMAND-FULL-NAME} db --history",
      "  ${COMMAND-FULL-NAME} db -o json | jq 'select(.kind == \"holder_changed\")'",
      "",
      "JSON has one event on each line. When the connection is lost it is made anew, and nothing is missed."
    })
final class WatchCommand extends ClientCommand {
  /** The place before all events. */
  static final String BEGINNING = "0-0";

  private static final Duration RECONNECT_PERIOD = Duration.ofSeconds(1);

  @Parameters(arity = "0..1", paramLabel = "VIP", description = "Its name or id (default: all).")
  private @Nullable String vip;

  @Option(names = "--history", description = "Begin with what has happened so far.")
  private boolean hasHistory;

  @Mixin private final FormatOption format = new FormatOption();

  /** The last event that was seen; nothing before the server said where its stream begins. */
  private @Nullable String last;

  WatchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    EventLines lines = new EventLines(this, format.format());
    String path = vip == null ? "" : Kind.VIP.path(directory().id(Kind.VIP, vip));
    String events = vip == null ? "/v1/events" : path + "/events";
    last = hasHistory ? BEGINNING : null;
    boolean goesOn;
    try (EventStream stream = api().follow(events, last)) {
      // Only now: what is deleted from here on is told by the stream.
      if (vip != null
          && api().find(path).isEmpty()
          && !(hasHistory && api().get(events + "?limit=1").path("items").has(0))) {
        api().get(path); // says that there is no such VIP
      }
      goesOn = write(stream, lines);
    }
    while (goesOn) {
      tell("havip: the connection is lost; connecting again");
      try (EventStream stream = reconnect(events)) {
        goesOn = write(stream, lines);
      }
    }
  }

  private EventStream reconnect(String events) throws CommandFailedException, InterruptedException {
    while (true) {
      Thread.sleep(RECONNECT_PERIOD);
      try {
        return api().follow(events, last);
      } catch (CommandFailedException e) {
        boolean mayCome = e.exitCode() == ExitCode.NO_ACCESS && !"unauthorized".equals(e.code());
        if (!mayCome || out().checkError()) {
          throw e;
        }
      }
    }
  }

  /** Writes what comes; false when there is nothing more to come, or nobody reads it any more. */
  private boolean write(EventStream stream, EventLines lines) {
    Optional<EventStream.Message> message = stream.next();
    while (message.isPresent()) {
      EventStream.Message told = message.get();
      last = told.id().isEmpty() ? last : told.id();
      if (told.kind().equals("gap")) {
        tell("havip: what happened in between is not kept any more");
      } else if (!told.data().isEmpty()) {
        JsonNode event = Json.MAPPER.readTree(told.data());
        lines.write(event);
        if (vip != null && event.path("kind").asString("").equals("vip_deleted")) {
          return false;
        }
      }
      if (out().checkError()) {
        return false;
      }
      message = stream.next();
    }
    return true;
  }
}
