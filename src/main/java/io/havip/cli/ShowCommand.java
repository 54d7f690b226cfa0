package io.havip.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Show all that is known of one or several.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web",
      "  ${COMMAND-FULL-NAME} web db",
      "  ${COMMAND-FULL-NAME} web -o json",
      "",
      "JSON of one is an object, of several an array."
    })
final class ShowCommand extends ClientCommand {
  private final Kind kind;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> resources;

  @Mixin private final FormatOption format = new FormatOption();

  ShowCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    List<JsonNode> found = new ArrayList<>();
    try {
      each(resources, resource -> found.add(directory().find(kind, resource)));
    } finally {
      if (!found.isEmpty()) {
        List<JsonNode> shown =
            format.format() == Format.TABLE ? directory().withNames(found) : found;
        output().show(kind, shown, format.format());
      }
    }
  }
}
