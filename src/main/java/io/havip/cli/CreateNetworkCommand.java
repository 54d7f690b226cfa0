package io.havip.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Create an external network (administrators).",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} internet --cidr 203.0.113.0/24 --gateway 203.0.113.1",
      "  ${COMMAND-FULL-NAME} lan --cidr 192.0.2.0/24 --gateway 192.0.2.1 --uplink br0",
      "  ${COMMAND-FULL-NAME} dmz --cidr 10.8.0.0/24 --gateway 10.8.0.1 --shared",
      "  ${COMMAND-FULL-NAME} db --cidr 10.9.0.0/24 --gateway 10.9.0.1 --account team-a",
      "",
      "Only your own account may use it, unless you name accounts or share it with all."
    })
final class CreateNetworkCommand extends ClientCommand {
  @Mixin private final NetworkOptions network = new NetworkOptions();
  @Mixin private final FormatOption format = new FormatOption();

  @Option(names = "--shared", description = "Every account may use it.")
  private boolean shared;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description = "An account that may use it, instead of your own; may be repeated.")
  private List<String> accounts = List.of();

  CreateNetworkCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    ObjectNode body = network.body();
    if (shared) {
      body.put("shared", true);
    }
    if (!accounts.isEmpty()) {
      accounts.forEach(body.putArray("accounts")::add);
    }
    output().show(Kind.NETWORK, List.of(api().post(Kind.NETWORK.path(), body)), format.format());
  }
}
