package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.ovsdb.OvsdbServer;
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
    JsonNode outcome = told(List.of(), List.of());
    assertThat(outcome.path("refused").path("arp").longValue()).isGreaterThanOrEqualTo(6);
    assertThat(outcome.path("refused").path("ip").longValue()).isGreaterThanOrEqualTo(20);
    assertThat(outcome.path("refused").path("vrrp").longValue()).isGreaterThanOrEqualTo(135);
  }

  @Test
  void everyPromiseHoldsOnTwoChassisOfOvn() throws Exception {
    OvsdbServer.assumeInstalled();
    Path ovn = directory.resolve("ovn");
    JsonNode outcome =
        told(
            List.of(
                "--fabric=ovn",
                "--ovn-northbound=unix:" + ovn.resolve("nb.sock"),
                "--ovn-southbound=unix:" + ovn.resolve("sb.sock")),
            List.of("--fabric=ovn", "--ovn-directory=" + ovn));
    for (String kind : List.of("arp", "ip", "vrrp")) {
      assertThat(outcome.path("refused").path(kind).isNull()).as("unknown").isTrue();
    }
  }

  private JsonNode told(List<String> ofServer, List<String> ofDemo) throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path serverLog = directory.resolve("server.log");
    List<String> server = new ArrayList<>(List.of("server", "--data-dir", data.toString()));
    server.addAll(List.of("--port", PORT));
    server.addAll(ofServer);
    start(serverLog, server);
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

    Path log = directory.resolve("demo.log");
    List<String> command = new ArrayList<>(List.of("demo", "--once", "--token", token));
    command.addAll(List.of("--url", "http://127.0.0.1:" + PORT));
    command.addAll(ofDemo);
    Process demo = start(log, command);
    assertThat(demo.waitFor(5, TimeUnit.MINUTES)).isTrue();

    String story = Files.readString(log);
    assertThat(demo.exitValue()).as(story + Files.readString(serverLog)).isZero();
    JsonNode outcome = new JsonMapper().readTree(story.lines().toList().getLast());
    assertThat(outcome.path("holderBefore").asString()).isIn("vm1", "vm2", "vm3");
    assertThat(outcome.path("holderAfter").asString())
        .isIn("vm1", "vm2", "vm3")
        .isNotEqualTo(outcome.path("holderBefore").asString());
    assertThat(outcome.path("stolen").booleanValue()).isFalse();
    assertThat(Program.output("ip", "netns", "list")).as("nothing is left behind").isEmpty();
    return outcome;
  }

  private Process start(Path log, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.havip.server.Main"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    cleanUps.add(() -> {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(); // the next server has the same port
      }
    });
    return process;
  }
}
