package io.havip.cli;

import picocli.CommandLine.Command;

@Command(
    description = "Print a shell script that sets it up in a bound VM.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --vm db-1 > setup.sh",
      "  ${COMMAND-FULL-NAME} db --vm db-1 --interface web=ens3",
      "",
      "Every bound VM needs its own. Read it before you run it: its first lines say more."
    })
final class ClusterConfigCommand extends ConfigurationCommand {
  ClusterConfigCommand(String software, Surroundings surroundings) {
    super(software, surroundings);
  }
}
