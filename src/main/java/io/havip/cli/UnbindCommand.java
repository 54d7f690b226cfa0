package io.havip.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    description = "Unbind VMs from a VIP, all or none of them; they lose it at once.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db db-1",
      "  ${COMMAND-FULL-NAME} db db-1 db-2 --wait",
      "  ${COMMAND-FULL-NAME} db db-1 --dry-run"
    })
final class UnbindCommand extends BindingsCommand {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "VM", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> vms;

  UnbindCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  List<String> vms() {
    return vms;
  }

  @Override
  Set<String> wanted(Set<String> bound, List<String> named) throws CommandFailedException {
    Set<String> wanted = new LinkedHashSet<>(bound);
    for (int i = 0; i < named.size(); i++) {
      if (!bound.contains(named.get(i))) {
        throw new CommandFailedException(
            ExitCode.NOT_FOUND,
            "%s is not bound to it; `havip vip show` lists what is"
                .formatted(Text.printable(vms.get(i))));
      }
      wanted.remove(named.get(i));
    }
    return wanted;
  }
}
