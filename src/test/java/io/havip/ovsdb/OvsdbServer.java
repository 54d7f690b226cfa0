package io.havip.ovsdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A real ovsdb-server of a test's own, with a northbound database of OVN or a copy of it in a
 * cluster. Skips the test where it is not installed.
 */
public final class OvsdbServer implements AutoCloseable {
  public static final Path NORTHBOUND = Path.of("/usr/share/ovn/ovn-nb.ovsschema");
  private static final long LIMIT_SECONDS = 60;

  private final Path directory;
  private final Path database;
  private final List<String> options;
  private Process process;

  private OvsdbServer(Path directory, List<String> options) throws Exception {
    this.directory = directory;
    this.database = directory.resolve("db");
    this.options = List.copyOf(options);
    this.process = launch();
  }

  /** Whoever is root has it installed by ./havip test; others may lack it. */
  public static void assumeInstalled() {
    boolean isThere =
        Files.exists(NORTHBOUND) && Files.isExecutable(Path.of("/usr/sbin/ovsdb-server"));
    Assumptions.assumeTrue(isThere, "skipped: OVN is missing (Debian's package ovn-central)");
  }

  /** One alone. */
  public static OvsdbServer start(Path directory, Path schema, String... options) throws Exception {
    assumeInstalled();
    Files.createDirectories(directory);
    run("ovsdb-tool", "create", directory.resolve("db").toString(), schema.toString());
    return new OvsdbServer(directory, List.of(options));
  }

  /** The first of a cluster. */
  public static OvsdbServer startCluster(Path directory, String address, String... options)
      throws Exception {
    assumeInstalled();
    Files.createDirectories(directory);
    run(
        "ovsdb-tool",
        "create-cluster",
        directory.resolve("db").toString(),
        NORTHBOUND.toString(),
        address);
    return new OvsdbServer(directory, List.of(options));
  }

  /** One more of a cluster. */
  public static OvsdbServer join(Path directory, String address, String other, String... options)
      throws Exception {
    Files.createDirectories(directory);
    run(
        "ovsdb-tool",
        "join-cluster",
        directory.resolve("db").toString(),
        "OVN_Northbound",
        address,
        other);
    return new OvsdbServer(directory, List.of(options));
  }

  public Remote remote() {
    return new Remote.Unix(socket().toString());
  }

  public Path socket() {
    return directory.resolve("sock");
  }

  private Path control() {
    return directory.resolve("ctl");
  }

  private Process launch() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ovsdb-server",
                "--no-chdir",
                "--pidfile=" + directory.resolve("pid"),
                "--log-file=" + directory.resolve("log"),
                "--unixctl=" + control(),
                "--remote=punix:" + socket()));
    command.addAll(options);
    command.add(database.toString());
    Files.deleteIfExists(control());
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!Files.exists(control()) || !Files.exists(socket())) {
      if (!started.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("ovsdb-server: " + Files.readString(directory.resolve("out")));
      }
      Thread.sleep(Duration.ofMillis(10));
    }
    return started;
  }

  /** Ends it without giving it time for anything (SIGKILL). */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  public void restart() throws Exception {
    Files.deleteIfExists(socket());
    process = launch();
  }

  /** Stops it from doing anything, or lets it go on (SIGSTOP, SIGCONT). */
  void freeze(boolean frozen) throws Exception {
    run("kill", frozen ? "-STOP" : "-CONT", Long.toString(process.pid()));
  }

  boolean leads() throws Exception {
    return appctl("cluster/status", "OVN_Northbound").contains("Role: leader");
  }

  String appctl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ovs-appctl", "-t", control().toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(List.of(command) + ": " + output);
    }
    return output;
  }

  @Override
  public void close() {
    kill();
  }
}
