package io.havip.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    description = "Say why a VIP works or does not, and what to do next.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db",
      "  ${COMMAND-FULL-NAME} db -o json",
      "",
      "The exit code is 1 when something is wrong that keeps the VIP from working."
    })
final class ExplainCommand extends ClientCommand {
  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Mixin private final FormatOption format = new FormatOption();

  ExplainCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    if (format.format() == Format.CSV) {
      throw wrongUsage("an explanation is no table; choose -o json or none");
    }
    String id = directory().id(Kind.VIP, vip);
    JsonNode explanation = api().get(Kind.VIP.path(id) + "/explain");
    if (format.format() == Format.JSON) {
      output().json(explanation);
    } else {
      explanation.path("checks").forEach(this::show);
    }
    List<String> problems =
        explanation
            .path("checks")
            .valueStream()
            .filter(check -> check.path("status").asString().equals("problem"))
            .map(check -> name(check))
            .toList();
    if (!problems.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED, "something is wrong: " + String.join(", ", problems));
    }
  }

  private void show(JsonNode check) {
    String status = check.path("status").asString();
    String shown =
        status.equals("ok") || status.equals("unknown") ? status : status.toUpperCase(Locale.ROOT);
    output().line("%-8s %-17s %s".formatted(shown, name(check), text(check, "evidence")));
    if (check.has("next")) {
      output().line("%-8s %-17s -> %s".formatted("", "", text(check, "next")));
    }
  }

  private static String name(JsonNode check) {
    return check.path("check").asString().replace('_', ' ');
  }

  private static String text(JsonNode check, String field) {
    return Text.printable(check.path(field).asString());
  }
}
