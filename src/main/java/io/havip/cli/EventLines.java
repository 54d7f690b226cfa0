package io.havip.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Writes events, one on each line, with the names of VMs in place of their ids. */
final class EventLines {
  private final ClientCommand command;
  private final Format format;
  private final Map<String, String> vmNames = new HashMap<>();

  EventLines(ClientCommand command, Format format)
      throws CommandFailedException, InterruptedException {
    if (format == Format.CSV) {
      throw command.wrongUsage("events are written as table or json");
    }
    this.command = command;
    this.format = format;
    if (format == Format.TABLE) {
      for (JsonNode vm : command.directory().all(Kind.VM)) {
        vmNames.put(Directory.id(vm), vm.path("name").asString(""));
      }
    }
  }

  void write(JsonNode event) {
    if (format == Format.JSON) {
      command.output().jsonLine(event);
      return;
    }
    String data =
        event
            .path("data")
            .propertyStream()
            .map(property -> property.getKey() + "=" + readable(property.getValue()))
            .collect(Collectors.joining("  "));
    command
        .output()
        .line(
            "%s  %-16s  %s  by %s"
                .formatted(
                    event.path("at").asString(""),
                    event.path("kind").asString(""),
                    data,
                    event.path("actor").asString("")));
  }

  private String readable(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(this::readable).collect(Collectors.joining(","));
    }
    String text = value.asString("");
    return vmNames.getOrDefault(text, text.isEmpty() ? "-" : text);
  }
}
