package io.havip.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    description = "List all of them.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} -o csv > all.csv",
      "  ${COMMAND-FULL-NAME} -o json | jq -r '.[].id'"
    })
final class ListCommand extends ClientCommand {
  private final Kind kind;

  @Mixin private final LimitOption limit = new LimitOption();
  @Mixin private final FormatOption format = new FormatOption();

  ListCommand(Kind kind, Surroundings surroundings) {
    super(surroundings);
    this.kind = kind;
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    output().list(kind, api().list(kind.path(), Map.of(), limit.limit(this)), format.format());
  }
}
