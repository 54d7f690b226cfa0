package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change a VIP's name, remark or floating address.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --name database",
      "  ${COMMAND-FULL-NAME} db --remark 'the shop depends on it'",
      "  ${COMMAND-FULL-NAME} db --floating internet,address=203.0.113.10"
    })
final class UpdateVipCommand extends UpdateCommand {
  @Option(names = "--remark", paramLabel = "TEXT", description = "The new remark.")
  private @Nullable String remark;

  @Mixin private final FloatingOption floating = new FloatingOption();

  @Option(names = "--no-floating", description = "Take the floating address away.")
  private boolean noFloating;

  UpdateVipCommand(Surroundings surroundings) {
    super(Kind.VIP, surroundings);
  }

  @Override
  void addTo(ObjectNode body) throws CommandFailedException, InterruptedException {
    if (remark != null) {
      body.put("remark", remark);
    }
    floating.addTo(body, this);
    if (noFloating) {
      if (floating.isSet()) {
        throw wrongUsage("give --floating or --no-floating, not both");
      }
      body.putNull("floatingAddress");
    }
  }
}
