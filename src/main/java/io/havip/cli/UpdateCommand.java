package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Change the name.",
    footer = {"", "Example:", "  ${COMMAND-FULL-NAME} web --name frontend"})
class UpdateCommand extends ClientCommand {
  private final Kind kind;

  @Parameters(paramLabel = "NAME", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String resource;

  @Option(names = "--name", paramLabel = "NAME", description = "The new name.")
  private @Nullable String name;

  @Mixin private final VersionOption version = new VersionOption();
  @Mixin private final FormatOption format = new FormatOption();

  UpdateCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  /** Adds what else can be changed of this kind. */
  void addTo(ObjectNode body) throws CommandFailedException, InterruptedException {}

  @Override
  final void run() throws CommandFailedException, InterruptedException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (name != null) {
      body.put("name", name);
    }
    addTo(body);
    if (body.isEmpty()) {
      throw wrongUsage("say what to change; the options are in the help");
    }
    String path = kind.path(directory().id(kind, resource)) + query();
    show(api().patch(path, body, eTag()), format.format());
  }

  /** As the user named it. */
  final String resource() {
    return resource;
  }

  /** What the resource must still be; asked for after {@link #addTo}. */
  Optional<String> eTag() {
    return version.eTag();
  }

  /** What is added to the path. */
  String query() {
    return "";
  }

  /** Shows the answer. */
  void show(JsonNode answer, Format chosen) throws CommandFailedException, InterruptedException {
    output().show(kind, List.of(answer), chosen);
  }
}
