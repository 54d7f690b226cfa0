package io.havip.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change the name, or whether what may not pass is dropped.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web --name frontend",
      "  ${COMMAND-FULL-NAME} web --enforcement enforce"
    })
class UpdateNetworkCommand extends UpdateCommand {
  @Mixin private final EnforcementOption enforcement = new EnforcementOption();

  UpdateNetworkCommand(Kind kind, Surroundings surroundings) {
    super(kind, surroundings);
  }

  @Override
  void addTo(ObjectNode body) throws CommandFailedException, InterruptedException {
    enforcement.addTo(body);
  }
}
