package io.havip.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    description = "Bind VMs to a VIP, all or none of them; each may use it from then on.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db db-1",
      "  ${COMMAND-FULL-NAME} db db-1 db-2 --wait",
      "  ${COMMAND-FULL-NAME} db db-3 --dry-run",
      "  ${COMMAND-FULL-NAME} db db-1 db-2 --vmac"
    })
final class BindCommand extends BindingsCommand {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "VM", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> vms;

  BindCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  List<String> vms() {
    return vms;
  }

  @Override
  Set<String> wanted(Set<String> bound, List<String> named) {
    Set<String> wanted = new LinkedHashSet<>(bound);
    wanted.addAll(named);
    return wanted;
  }
}
