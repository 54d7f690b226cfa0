package io.havip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM in a sandbox that has all the host's users, for programs that change to users of their own:
 * heartbeat and pacemaker. The sandbox of the other tests has one user.
 */
public final class RootJvm {
  private static final int LIMIT_MINUTES = 10;

  private RootJvm() {}

  /**
   * Runs a main class; an ordinary user's test is skipped. It must not fail.
   *
   * @param directory for what it prints
   * @return what it printed
   */
  public static String run(Path directory, String mainClass, String... arguments) throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "skipped: it changes to users of its own, which only root can");
    Path printed = directory.resolve("printed");
    List<String> command =
        new ArrayList<>(
            List.of(
                "src/test/sandbox/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
    builder.environment().put("SANDBOX_USERS", "all");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    boolean ended;
    try {
      ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(printed);
    assertThat(ended).as("ended: %s", text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
