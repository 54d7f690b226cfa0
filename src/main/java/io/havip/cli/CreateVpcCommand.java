package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = "Create a VPC.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} production --cidr 10.77.0.0/16"})
final class CreateVpcCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "Its name.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Option(
      names = "--cidr",
      required = true,
      paramLabel = "CIDR",
      description = "All addresses that its subnets may have.")
  @SuppressWarnings("NullAway.Init")
  private String cidr;

  @Mixin private final FormatOption format = new FormatOption();

  CreateVpcCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    output()
        .show(
            Kind.VPC,
            List.of(
                api()
                    .post(
                        Kind.VPC.path(),
                        Json.MAPPER.createObjectNode().put("name", name).put("cidr", cidr))),
            format.format());
  }
}
