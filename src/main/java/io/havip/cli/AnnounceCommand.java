package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Tell a VIP's neighbours again where it is, in its holder's name.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} db"})
final class AnnounceCommand extends ClientCommand {
  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Mixin private final FormatOption format = new FormatOption();

  AnnounceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    String id = directory().id(Kind.VIP, vip);
    JsonNode changed = api().post(Kind.VIP.path(id) + "/announce", Json.MAPPER.createObjectNode());
    output().show(Kind.VIP, List.of(changed), format.format());
  }
}
