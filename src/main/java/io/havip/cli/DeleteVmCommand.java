package io.havip.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    description = "Delete VMs; each is unbound from its VIPs first.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1",
      "  ${COMMAND-FULL-NAME} web-1 web-2",
      "  ${COMMAND-FULL-NAME} web-1 --dry-run   # which VIPs it would lose",
      "",
      "One that cannot be deleted does not stop the others."
    })
final class DeleteVmCommand extends DeleteCommand {
  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final FormatOption format = new FormatOption();

  DeleteVmCommand(Surroundings surroundings) {
    super(Kind.VM, surroundings);
  }

  @Override
  void delete(String vm, String path) throws CommandFailedException, InterruptedException {
    if (dryRun.isSet()) {
      dryRun.showVm(api().delete(path + dryRun.query()), this, format.format());
    } else {
      super.delete(vm, path);
    }
  }
}
