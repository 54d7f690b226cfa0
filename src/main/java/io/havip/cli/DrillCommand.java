package io.havip.cli;

import io.havip.json.Json;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Rehearse a failover: cut the VM that holds a VIP off for a while.",
    footer = {
      "",
      "Waits for the result; fails when no other VM took over within the target.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --dry-run",
      "  ${COMMAND-FULL-NAME} db --seconds 30 --target 5000"
    })
final class DrillCommand extends ClientCommand {
  private static final Duration POLL_PERIOD = Duration.ofMillis(200);

  @Parameters(paramLabel = "VIP", description = "Its name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "How long the VM is cut off: 1 to 600, by default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--target",
      paramLabel = "MS",
      defaultValue = "5000",
      description = "The longest outage in ms that passes, by default ${DEFAULT-VALUE}.")
  private long targetMillis;

  @Option(names = "--force", description = "Even if no other VM could take over.")
  private boolean force;

  @Option(
      names = "--whole-port",
      description = "Cut the VM's ports off, for software that is not VRRP.")
  private @Nullable Boolean wholePort;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Say what would happen, and change nothing.")
  private boolean isDryRun;

  @Mixin private final FormatOption format = new FormatOption();

  DrillCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    if (format.format() == Format.CSV) {
      throw wrongUsage("a drill is no table; choose -o json or none");
    }
    ObjectNode body =
        Json.MAPPER
            .createObjectNode()
            .put("kind", "isolate-holder")
            .put("seconds", seconds)
            .put("targetMillis", targetMillis)
            .put("force", force);
    if (wholePort != null) {
      body.put("wholePort", wholePort);
    }
    String drills = Kind.VIP.path(directory().id(Kind.VIP, vip)) + "/drills";
    if (isDryRun) {
      show(api().post(drills + "?dryRun=true", body));
      return;
    }
    JsonNode drill = api().post(drills, body);
    while (drill.path("state").asString("").equals("running")) {
      Thread.sleep(POLL_PERIOD);
      drill = api().get(drills + "/" + drill.path("number").asInt());
    }
    show(drill);
    String state = drill.path("state").asString("");
    if (!state.equals("passed")) {
      throw new CommandFailedException(ExitCode.FAILED, "the drill " + state);
    }
  }

  private void show(JsonNode answer) {
    if (format.format() == Format.JSON) {
      output().json(answer);
    } else {
      answer.properties().forEach(field -> output().line(field.getKey() + ": " + field.getValue()));
    }
  }
}
