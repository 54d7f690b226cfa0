package io.havip.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    description = "List all of them, or those that you look for.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --vpc production -o csv > all.csv",
      "  ${COMMAND-FULL-NAME} --name web -o json | jq -r '.[].id'"
    })
final class ListInVpcCommand extends ClientCommand {
  private final Kind kind;

  @Option(names = "--vpc", paramLabel = "VPC", description = "Those of this VPC: name or id.")
  private @Nullable String vpc;

  @Option(names = "--name", paramLabel = "NAME", description = "Those of exactly this name.")
  private @Nullable String name;

  @Mixin private final LimitOption limit = new LimitOption();
  @Mixin private final FormatOption format = new FormatOption();

  ListInVpcCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    Map<String, @Nullable String> query = new LinkedHashMap<>();
    query.put("vpcId", vpc == null ? null : directory().id(Kind.VPC, vpc));
    query.put("name", name);
    List<JsonNode> found = api().list(kind.path(), query, limit.limit(this));
    List<JsonNode> shown = format.format() == Format.TABLE ? directory().withNames(found) : found;
    output().list(kind, shown, format.format());
  }
}
