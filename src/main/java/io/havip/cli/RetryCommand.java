package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Try a failed VIP again.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} db --wait"})
final class RetryCommand extends ClientCommand {
  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final FormatOption format = new FormatOption();

  RetryCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    String id = directory().id(Kind.VIP, vip);
    JsonNode changed = api().post(Kind.VIP.path(id) + "/retry", Json.MAPPER.createObjectNode());
    output().show(Kind.VIP, List.of(wait.untilRealised(changed, this)), format.format());
  }
}
