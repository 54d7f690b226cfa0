package io.havip.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `./havip demo` as a newcomer meets it: at a terminal, with the jar that the build has made. */
class PlaygroundIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern ACCESS = Pattern.compile("HAVIP_URL=(\\S+) HAVIP_TOKEN=(\\S+)");
  private static final Pattern HOLDER = Pattern.compile("keepalived elected (\\w+)");
  private static final Pattern ZOMBIE = Pattern.compile("\\) Z ");
  private static final String INTERRUPT = "\003";

  /** script, launcher, forwarder, unshare, process 1 of the sandbox, server. */
  private static final int IN_SANDBOX = 6;

  private static final Duration POLL_PERIOD = Duration.ofMillis(50);

  @TempDir private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Set<String> before = processes();
  private final CleanUps cleanUps = new CleanUps();

  PlaygroundIT() throws IOException {}

  @AfterEach
  void end() throws IOException {
    cleanUps.run();
  }

  @Test
  void peopleKillReviveAndSteal() throws Exception {
    Terminal terminal = new Terminal("play");
    MatchResult access = terminal.awaitLine(ACCESS);
    String holder = terminal.awaitLine(HOLDER).group(1);
    terminal.awaitLine(Pattern.compile("Ctrl-C: ends all of it"));
    assertThat(get(access, "/v1/vips").body()).contains("\"10.77.0.100\"", "\"available\"");

    terminal.type("kill " + holder);
    String successor =
        terminal
            .awaitLine(
                Pattern.compile(
                    "(\\w+) answers instead of " + holder + "; traffic stopped for \\d+ ms"))
            .group(1);
    assertThat(successor).isIn("vm1", "vm2", "vm3");
    terminal.type("state");
    terminal.awaitLine(Pattern.compile(holder + "  dead"));
    terminal.type("revive " + holder);
    terminal.awaitLine(Pattern.compile(holder + " boots again"));
    terminal.type("fly");
    terminal.awaitLine(Pattern.compile("'fly' is no command here"));
    terminal.type("steal");
    terminal.awaitLine(
        Pattern.compile("in two fragments: \\d+ packets refused; " + successor + " answers"));

    terminal.type(INTERRUPT);
    assertNothingIsLeft(access);
  }

  @Test
  void closingTheTerminalLeavesNothingBehind() throws Exception {
    Terminal terminal = new Terminal("close");
    awaitProcesses("what a sandbox needs", now -> now.size() >= before.size() + IN_SANDBOX);
    terminal.script.destroyForcibly();
    awaitProcesses("nothing is left", before::containsAll);
  }

  @Test
  void withoutATerminalItStaysAndKilledLeavesNothingBehind() throws Exception {
    Path log = directory.resolve("none");
    Process launcher =
        new ProcessBuilder("./havip", "demo", "--port", "0")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    cleanUps.add(launcher::destroyForcibly);
    MatchResult access = awaitLine(log, ACCESS);
    awaitLine(log, Pattern.compile("Ctrl-C: ends all of it"));
    assertThat(get(access, "/readyz").statusCode()).isEqualTo(200);
    launcher.destroyForcibly();
    assertNothingIsLeft(access);
  }

  private HttpResponse<String> get(MatchResult access, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(access.group(1)).resolve(path))
            .header("Authorization", "Bearer " + access.group(2))
            .timeout(PATIENCE)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static MatchResult awaitLine(Path log, Pattern line) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String said = Files.readString(log);
      Optional<MatchResult> found = line.matcher(said).results().findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      assertThat(System.nanoTime()).as(line + " in:\n" + said).isLessThan(deadline);
      Thread.sleep(POLL_PERIOD);
    }
  }

  private void assertNothingIsLeft(MatchResult access) throws Exception {
    awaitProcesses("nothing is left", before::containsAll);
    assertThatThrownBy(() -> get(access, "/readyz")).isInstanceOf(IOException.class);
  }

  private static void awaitProcesses(String what, Predicate<Set<String>> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (Set<String> now = processes(); !wanted.test(now); now = processes()) {
      assertThat(System.nanoTime()).as(what + ": " + now).isLessThan(deadline);
      Thread.sleep(POLL_PERIOD);
    }
  }

  /** The process ids of this sandbox and those inside it; of zombies nothing is left. */
  private static Set<String> processes() throws IOException {
    Set<String> processes = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path entry : entries) {
        try {
          if (!ZOMBIE.matcher(Files.readString(entry.resolve("stat"), ISO_8859_1)).find()) {
            processes.add(entry.getFileName().toString());
          }
        } catch (IOException e) {
          // It has just ended.
        }
      }
    }
    return processes;
  }

  /** A pseudo-terminal with the demo in it, by script(1). */
  private final class Terminal {
    private final Path log;
    private final Process script;

    Terminal(String name) throws IOException {
      log = directory.resolve(name);
      script =
          // What runs in the background ignores SIGINT, and so would all that it starts.
          new ProcessBuilder(
                  "env",
                  "--default-signal=INT,QUIT",
                  "script",
                  "-qefc",
                  "exec ./havip demo --port 0",
                  "/dev/null")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      cleanUps.add(script::destroyForcibly);
    }

    MatchResult awaitLine(Pattern line) throws Exception {
      return PlaygroundIT.awaitLine(log, line);
    }

    void type(String line) {
      try {
        script.getOutputStream().write((line + "\n").getBytes(UTF_8));
        script.getOutputStream().flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
