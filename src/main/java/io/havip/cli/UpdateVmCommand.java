package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change a VM's name or state.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1 --name frontend-1",
      "  ${COMMAND-FULL-NAME} web-1 --state stopped",
      "  ${COMMAND-FULL-NAME} web-1 --state stopped --dry-run   # which VIPs it would lose",
      "",
      "A stopped VM stays bound to its VIPs."
    })
final class UpdateVmCommand extends UpdateCommand {
  @Option(names = "--state", paramLabel = "STATE", description = "running or stopped.")
  private @Nullable String state;

  @Mixin private final DryRunOption dryRun = new DryRunOption();

  UpdateVmCommand(Surroundings surroundings) {
    super(Kind.VM, surroundings);
  }

  @Override
  void addTo(ObjectNode body) {
    if (state != null) {
      body.put("state", state);
    }
  }

  @Override
  String query() {
    return dryRun.query();
  }

  @Override
  void show(JsonNode answer, Format chosen) throws CommandFailedException, InterruptedException {
    if (dryRun.isSet()) {
      dryRun.showVm(answer, this, chosen);
    } else {
      super.show(answer, chosen);
    }
  }
}
