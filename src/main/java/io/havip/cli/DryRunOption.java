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

  void show(JsonNode preview, ClientCommand command, Format format)
      throws CommandFailedException, InterruptedException {
    switch (format) {
      case TABLE -> {
        Map<String, String> names = new HashMap<>();
        for (JsonNode vm : command.directory().all(Kind.VM)) {
          names.put(Directory.id(vm), vm.path("name").asString(""));
        }
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
        for (JsonNode risk : preview.path("risks")) {
          command.output().line("risk: " + Text.printable(risk.asString("")));
        }
        command.output().line("Nothing was changed.");
      }
      case JSON -> command.output().json(preview);
      case CSV -> throw command.wrongUsage("a dry run is written as table or json");
    }
  }

  private static void line(
      ClientCommand command, String what, JsonNode vmIds, Map<String, String> names) {
    if (!vmIds.isEmpty()) {
      String vms =
          vmIds
              .valueStream()
              .map(JsonNode::asString)
              .map(id -> names.getOrDefault(id, id))
              .collect(Collectors.joining(", "));
      command.output().line(what + ": " + vms);
    }
  }

  /** One field of each of several objects, in their order. */
  static Set<String> ids(JsonNode objects, String field) {
    Set<String> ids = new LinkedHashSet<>();
    objects.forEach(object -> ids.add(object.path(field).asString("")));
    return ids;
  }
}
