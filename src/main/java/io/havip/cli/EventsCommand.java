package io.havip.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Show what has happened to a VIP, oldest first; also to one that is gone.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db",
      "  ${COMMAND-FULL-NAME} db --kind holder_changed,split_began --from 2030-01-31T00:00:00Z",
      "  ${COMMAND-FULL-NAME} vip-01k3v4q8zt6m2n0c5d7e9f1g3h -o json",
      "",
      "JSON has one event on each line. A VIP that is gone has no name any more, only its id."
    })
final class EventsCommand extends ClientCommand {
  private static final int PAGE = 1000;

  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Option(
      names = "--kind",
      split = ",",
      paramLabel = "KIND",
      description = "Only these kinds, like holder_changed,split_began.")
  private List<String> kinds = List.of();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only what happened then or later, like 2030-01-31T12:00:00Z.")
  private @Nullable String from;

  @Option(names = "--until", paramLabel = "TIME", description = "Only what happened before.")
  private @Nullable String until;

  @Mixin private final LimitOption limit = new LimitOption();
  @Mixin private final FormatOption format = new FormatOption();

  EventsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    String id = directory().id(Kind.VIP, vip);
    EventLines lines = new EventLines(this, format.format());
    int left = limit.limit(this);
    String after = WatchCommand.BEGINNING;
    int asked;
    JsonNode events;
    do {
      asked = Math.min(PAGE, left);
      String query = "/events?limit=" + asked + "&after=" + after + filter();
      events = api().get(Kind.VIP.path(id) + query).path("items");
      if (events.isEmpty() && after.equals(WatchCommand.BEGINNING)) {
        api().get(Kind.VIP.path(id)); // says that there is no such VIP
      }
      for (JsonNode event : events) {
        after = Directory.id(event);
        lines.write(event);
        left--;
      }
    } while (left > 0 && events.size() == asked);
  }

  private String filter() {
    StringBuilder filter = new StringBuilder();
    append(filter, "kind", kinds.isEmpty() ? null : String.join(",", kinds));
    append(filter, "from", from);
    append(filter, "until", until);
    return filter.toString();
  }

  private static void append(StringBuilder filter, String name, @Nullable String value) {
    if (value != null) {
      filter.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
    }
  }
}
