package io.havip.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = "Replace the whole set of a VIP's VMs, all or nothing.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db db-3 db-4 --wait",
      "  ${COMMAND-FULL-NAME} db db-3 db-4 --dry-run",
      "  ${COMMAND-FULL-NAME} db --none"
    })
final class ReplaceCommand extends BindingsCommand {
  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "VM",
      description = "The VMs that may use it: names or ids.")
  private List<String> vms = List.of();

  @Option(names = "--none", description = "Unbind all of them.")
  private boolean isNone;

  ReplaceCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  List<String> vms() {
    if (isNone != vms.isEmpty()) {
      throw wrongUsage("name the VMs, or unbind all of them with --none");
    }
    return vms;
  }

  @Override
  Set<String> wanted(Set<String> bound, List<String> named) {
    return new LinkedHashSet<>(named);
  }
}
