package io.havip.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Delete NICs of a VM; it is unbound from the VIPs that need them.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1 10.77.2.11",
      "  ${COMMAND-FULL-NAME} web-1 tap11b"
    })
final class DeleteNicCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "VM", description = "The VM: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vm;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NIC",
      description = "NICs: id, address, MAC or port.")
  @SuppressWarnings("NullAway.Init")
  private List<String> nics;

  DeleteNicCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    JsonNode found = directory().find(Kind.VM, vm);
    each(
        nics,
        nic -> {
          String id = nicId(found, vm, nic);
          api().delete(Kind.VM.path(Directory.id(found)) + "/nics/" + id);
          tell("Deleted NIC " + Text.printable(nic) + " of " + Text.printable(vm) + ".");
        });
  }

  /** The id of the NIC that a text names. */
  static String nicId(JsonNode found, String vm, String nic) throws CommandFailedException {
    return found
        .path("nics")
        .valueStream()
        .filter(candidate -> isMeant(candidate, nic))
        .map(Directory::id)
        .findFirst()
        .orElseThrow(() ->
            new CommandFailedException(
                ExitCode.NOT_FOUND,
                "%s has no NIC '%s'; `havip vm show %s` lists them"
                    .formatted(Text.printable(vm), Text.printable(nic), Text.printable(vm))));
  }

  private static boolean isMeant(JsonNode nic, String text) {
    return Stream.of("id", "address", "mac", "port")
        .anyMatch(field -> nic.path(field).asString("").equals(text));
  }
}
