package io.havip.cli;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** `--dry-run`: what a change would do, for people in words and for programs as the API has it. */
final class DryRunOption {
  @Option(
      names = {"-n", "--dry-run"},
      description = "Say what would happen, and change nothing.")
  private boolean isSet;

  boolean isSet() {
    return isSet;
  }

  /** To be added to the path. */
  String query() {
    return isSet ? "?dryRun=true" : "";
  }

  /** What a change of a VIP would do. */
  void show(JsonNode preview, ClientCommand command, Format format)
      throws CommandFailedException, InterruptedException {
    if (isForPeople(preview, command, format)) {
      Map<String, String> names = names(command, Kind.VM);
      line(command, "would bind", preview.path("add"), names);
      line(command, "would unbind", preview.path("remove"), names);
      line(command, "stays bound", preview.path("keep"), names);
      line(command, "loses the VIP now", preview.path("holderLoses"), names);
      line(command, "needs a new keepalived.conf", preview.path("outdatedConfigurations"), names);
      for (JsonNode nic : preview.path("attachNics")) {
        String vm = nic.path("vmId").asString("");
        command
            .output()
            .line(
                "gets a NIC to plug: %s on %s"
                    .formatted(names.getOrDefault(vm, vm), nic.path("networkId").asString("")));
      }
      end(command, preview);
    }
  }

  /** What a change of a VM would do to its VIPs. */
  void showVm(JsonNode preview, ClientCommand command, Format format)
      throws CommandFailedException, InterruptedException {
    if (isForPeople(preview, command, format)) {
      Map<String, String> names = names(command, Kind.VIP);
      line(command, "would be unbound from", preview.path("unbinds"), names);
      line(command, "loses now", preview.path("holderLoses"), names);
      end(command, preview);
    }
  }

  /** Whether it is still to be written, in words. */
  private static boolean isForPeople(JsonNode preview, ClientCommand command, Format format)
      throws CommandFailedException {
    return switch (format) {
      case TABLE -> true;
      case JSON -> {
        command.output().json(preview);
        yield false;
      }
      case CSV -> throw command.wrongUsage("a dry run is written as table or json");
    };
  }

  private static void end(ClientCommand command, JsonNode preview) {
    for (JsonNode risk : preview.path("risks")) {
      command.output().line("risk: " + Text.printable(risk.asString("")));
    }
    command.output().line("Nothing was changed.");
  }

  private static Map<String, String> names(ClientCommand command, Kind kind)
      throws CommandFailedException, InterruptedException {
    Map<String, String> names = new HashMap<>();
    for (JsonNode resource : command.directory().all(kind)) {
      names.put(Directory.id(resource), resource.path("name").asString(""));
    }
    return names;
  }

  private static void line(
      ClientCommand command, String what, JsonNode ids, Map<String, String> names) {
    if (!ids.isEmpty()) {
      String all =
          ids.valueStream()
              .map(JsonNode::asString)
              .map(id -> names.getOrDefault(id, id))
              .collect(Collectors.joining(", "));
      command.output().line(what + ": " + Text.printable(all));
    }
  }

  /** One field of each of several objects, in their order. */
  static Set<String> ids(JsonNode objects, String field) {
    Set<String> ids = new LinkedHashSet<>();
    objects.forEach(object -> ids.add(object.path(field).asString("")));
    return ids;
  }
}
