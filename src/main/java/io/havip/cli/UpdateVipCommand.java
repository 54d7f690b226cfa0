package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change a VIP's name or remark, in any state.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --name database",
      "  ${COMMAND-FULL-NAME} db --remark 'the shop depends on it'"
    })
final class UpdateVipCommand extends UpdateCommand {
  @Option(names = "--remark", paramLabel = "TEXT", description = "The new remark.")
  private @Nullable String remark;

  UpdateVipCommand(Surroundings surroundings) {
    super(Kind.VIP, surroundings);
  }

  @Override
  void addTo(ObjectNode body) {
    if (remark != null) {
      body.put("remark", remark);
    }
  }
}
