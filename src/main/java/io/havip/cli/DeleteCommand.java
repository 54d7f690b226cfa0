package io.havip.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    description = "Delete one or several.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web",
      "  ${COMMAND-FULL-NAME} web db",
      "",
      "One that cannot be deleted does not stop the others."
    })
final class DeleteCommand extends ClientCommand {
  private final Kind kind;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> resources;

  DeleteCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    each(
        resources,
        resource -> {
          String id = directory().id(kind, resource);
          api().delete(kind.path(id));
          tell("Deleted " + kind.noun() + " " + Text.printable(resource) + ".");
        });
  }
}
