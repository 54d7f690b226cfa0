package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change a VM's name or state.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1 --name frontend-1",
      "  ${COMMAND-FULL-NAME} web-1 --state stopped",
      "",
      "A stopped VM stays bound to its VIPs."
    })
final class UpdateVmCommand extends UpdateCommand {
  @Option(names = "--state", paramLabel = "STATE", description = "running or stopped.")
  private @Nullable String state;

  UpdateVmCommand(Surroundings surroundings) {
    super(Kind.VM, surroundings);
  }

  @Override
  void addTo(ObjectNode body) {
    if (state != null) {
      body.put("state", state);
    }
  }
}
