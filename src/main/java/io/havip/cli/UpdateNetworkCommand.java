package io.havip.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change the name, whether what may not pass is dropped, or the policy.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web --name frontend",
      "  ${COMMAND-FULL-NAME} web --enforcement enforce",
      "  ${COMMAND-FULL-NAME} web --gateway-mac 00:00:5e:00:01:07 --reserved-vrids 7,8",
      "  ${COMMAND-FULL-NAME} web --reserved-vrids none",
      "",
      "On networks that reach hosts outside HAVIP only administrators set a policy."
    })
class UpdateNetworkCommand extends UpdateCommand {
  @Mixin private final EnforcementOption enforcement = new EnforcementOption();
  @Mixin private final PolicyOptions policy = new PolicyOptions();

  UpdateNetworkCommand(Kind kind, Surroundings surroundings) {
    super(kind, surroundings);
  }

  @Override
  void addTo(ObjectNode body) throws CommandFailedException, InterruptedException {
    enforcement.addTo(body);
    policy.addTo(body);
  }
}
