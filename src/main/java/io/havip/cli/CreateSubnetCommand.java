package io.havip.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Create a subnet of a VPC.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web --vpc prod --cidr 10.77.1.0/24 --gateway 10.77.1.1",
      "  ${COMMAND-FULL-NAME} db --vpc prod --cidr 10.77.2.0/24 --reserved 10.77.2.2"
    })
final class CreateSubnetCommand extends ClientCommand {
  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--vpc",
      required = true,
      paramLabel = "VPC",
      description = "The VPC that it belongs to: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vpc;

  @Mixin private final FormatOption format = new FormatOption();

  CreateSubnetCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    ObjectNode body = network.body().put("vpcId", directory().id(Kind.VPC, vpc));
    output().show(Kind.SUBNET, List.of(api().post(Kind.SUBNET.path(), body)), format.format());
  }
}
