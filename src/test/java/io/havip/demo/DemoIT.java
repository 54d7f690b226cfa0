package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo against a real server, each a process of its own, as the launcher runs them. */
class DemoIT {
  private static final Pattern TOKEN = Pattern.compile("token, shown only now: (\\S+)");
  private static final String PORT = "18470";

  @TempDir private Path directory;
  private final CleanUps cleanUps = new CleanUps();

  @AfterEach
  void end() throws IOException {
    cleanUps.run();
  }

  @Test
  void everyPromiseHolds() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path serverLog = directory.resolve("server.log");
    start(serverLog, "server", "--data-dir", data.toString(), "--port", PORT);
    String token =
        Checks.await(
            "the server prints a token",
            () ->
                TOKEN
                    .matcher(Files.readString(serverLog))
                    .results()
                    .map(m -> m.group(1))
                    .findFirst(),
            () -> Files.readString(serverLog));

    Path told = directory.resolve("demo.log");
    Process demo =
        start(told, "demo", "--once", "--url", "http://127.0.0.1:" + PORT, "--token", token);
    assertThat(demo.waitFor(2, TimeUnit.MINUTES)).isTrue();

    String story = Files.readString(told);
    assertThat(demo.exitValue()).as(story + Files.readString(serverLog)).isZero();
    JsonNode outcome = new JsonMapper().readTree(story.lines().toList().getLast());
    assertThat(outcome.path("holderBefore").asString()).isIn("vm1", "vm2", "vm3");
    assertThat(outcome.path("holderAfter").asString())
        .isIn("vm1", "vm2", "vm3")
        .isNotEqualTo(outcome.path("holderBefore").asString());
    assertThat(outcome.path("stolen").booleanValue()).isFalse();
    assertThat(outcome.path("refused").path("arp").longValue()).isGreaterThanOrEqualTo(6);
    assertThat(outcome.path("refused").path("ip").longValue()).isGreaterThanOrEqualTo(20);
    assertThat(outcome.path("refused").path("vrrp").longValue()).isGreaterThanOrEqualTo(135);
    assertThat(Program.output("ip", "netns", "list")).as("nothing is left behind").isEmpty();
  }

  private Process start(Path log, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.havip.server.Main"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    cleanUps.add(() -> {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    });
    return process;
  }
}
