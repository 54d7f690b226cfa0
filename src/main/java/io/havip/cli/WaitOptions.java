package io.havip.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** `--wait`: until the fabric has realised a change. Progress goes to standard error. */
final class WaitOptions {
  private static final Duration POLL_PERIOD = Duration.ofMillis(200);

  @Option(
      names = {"-w", "--wait"},
      description = "Wait until the network has realised the change.")
  private boolean isWaiting;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "The longest time to wait (default: ${DEFAULT-VALUE}).")
  private long timeoutSeconds = 60;

  /**
   * Waits, if the user wants it, until the VIP's generation is realised.
   *
   * @param changed the VIP as the server answered the change
   * @return the VIP as it is then
   */
  JsonNode untilRealised(JsonNode changed, ClientCommand command)
      throws CommandFailedException, InterruptedException {
    if (!isWaiting) {
      return changed;
    }
    long generation = changed.path("generation").asLong();
    return poll(
        changed,
        command,
        seen -> {
          JsonNode vip =
              seen.orElseThrow(() ->
                  new CommandFailedException(
                      ExitCode.FAILED, name(changed) + " was deleted meanwhile"));
          if (state(vip).equals("failed")) {
            throw new CommandFailedException(
                ExitCode.FAILED,
                name(vip)
                    + " failed: "
                    + Text.printable(vip.path("reason").path("message").asString("")));
          }
          return state(vip).equals("deleting")
              || (state(vip).equals("available")
                  && vip.path("observedGeneration").asLong() >= generation);
        });
  }

  /** Waits, if the user wants it, until a VIP that is being deleted is gone. */
  void untilGone(JsonNode deleting, ClientCommand command)
      throws CommandFailedException, InterruptedException {
    if (isWaiting) {
      poll(deleting, command, Optional::isEmpty);
    }
  }

  private interface Condition {
    boolean holds(Optional<JsonNode> vip) throws CommandFailedException;
  }

  private JsonNode poll(JsonNode first, ClientCommand command, Condition condition)
      throws CommandFailedException, InterruptedException {
    long start = System.nanoTime();
    String path = Kind.VIP.path(Directory.id(first));
    Optional<JsonNode> vip = Optional.of(first);
    String told = "";
    while (true) {
      String state = vip.map(WaitOptions::state).orElse("gone");
      Duration passed = Duration.ofNanos(System.nanoTime() - start);
      if (!state.equals(told)) {
        command.tell(
            String.format(
                Locale.ROOT, "%s: %s (%.1f s)", name(first), state, passed.toMillis() / 1000.0));
        told = state;
      }
      if (condition.holds(vip)) {
        return vip.orElse(first);
      }
      if (passed.toSeconds() >= timeoutSeconds) {
        throw new CommandFailedException(
            ExitCode.TIMED_OUT,
            "%s is still %s after %d s; the change is accepted, and `havip vip watch %s` follows it"
                .formatted(name(first), state, timeoutSeconds, Directory.id(first)));
      }
      Thread.sleep(POLL_PERIOD);
      vip = command.api().find(path);
    }
  }

  private static String state(JsonNode vip) {
    return Text.printable(vip.path("state").asString(""));
  }

  private static String name(JsonNode vip) {
    return Text.printable(vip.path("name").asString(""));
  }
}
