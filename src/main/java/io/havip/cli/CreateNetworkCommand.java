package io.havip.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    description = "Create an external network (administrators).",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} internet --cidr 203.0.113.0/24 --gateway 203.0.113.1",
      "  ${COMMAND-FULL-NAME} lan --cidr 192.0.2.0/24 --gateway 192.0.2.1 --uplink br0"
    })
final class CreateNetworkCommand extends ClientCommand {
  @Mixin private final NetworkOptions network = new NetworkOptions();
  @Mixin private final FormatOption format = new FormatOption();

  CreateNetworkCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    output()
        .show(
            Kind.NETWORK,
            List.of(api().post(Kind.NETWORK.path(), network.body())),
            format.format());
  }
}
