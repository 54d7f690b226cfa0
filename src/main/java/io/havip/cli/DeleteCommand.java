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
class DeleteCommand extends ClientCommand {
  private final Kind kind;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> resources;

  DeleteCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  @Override
  final void run() throws CommandFailedException, InterruptedException {
    each(resources, resource -> delete(resource, kind.path(directory().id(kind, resource))));
  }

  /** Deletes what the user called so. */
  void delete(String resource, String path) throws CommandFailedException, InterruptedException {
    api().delete(path);
    tell("Deleted " + kind.noun() + " " + Text.printable(resource) + ".");
  }
}
