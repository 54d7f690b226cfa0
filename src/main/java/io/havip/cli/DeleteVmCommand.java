package io.havip.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

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
final class DeleteVmCommand extends ClientCommand {
  @Parameters(arity = "1..*", paramLabel = "VM", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> vms;

  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final FormatOption format = new FormatOption();

  DeleteVmCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    each(
        vms,
        vm -> {
          String path = Kind.VM.path(directory().id(Kind.VM, vm));
          JsonNode preview = api().delete(path + dryRun.query());
          if (dryRun.isSet()) {
            dryRun.showVm(preview, this, format.format());
          } else {
            tell("Deleted VM " + Text.printable(vm) + ".");
          }
        });
  }
}
