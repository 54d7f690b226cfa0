package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Take a VM's permission to use a VIP away for a while; it stays bound.",
    footer = {
      "",
      "Software that is not VRRP does not notice and elects nobody; --dry-run warns of that.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --vm db-1 --seconds 60",
      "  ${COMMAND-FULL-NAME} db --vm db-1 --seconds 0   # ends it at once"
    })
final class FenceCommand extends ClientCommand {
  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Option(names = "--vm", required = true, paramLabel = "VM", description = "A bound VM.")
  @SuppressWarnings("NullAway.Init")
  private String vm;

  @Option(
      names = "--seconds",
      required = true,
      paramLabel = "N",
      description = "For how long: 1 to 86400; 0 gives the permission back at once.")
  private int seconds;

  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final FormatOption format = new FormatOption();

  FenceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    JsonNode found = directory().find(Kind.VIP, vip);
    String vmId = directory().idInVpc(Kind.VM, vm, found.path("vpcId").asString(""));
    JsonNode body = Json.MAPPER.createObjectNode().put("vmId", vmId).put("seconds", seconds);
    String path = Kind.VIP.path(Directory.id(found)) + "/fence" + dryRun.query();
    JsonNode changed = api().post(path, body);
    if (dryRun.isSet()) {
      dryRun.show(changed, this, format.format());
      return;
    }
    output().show(Kind.VIP, List.of(wait.untilRealised(changed, this)), format.format());
  }
}
