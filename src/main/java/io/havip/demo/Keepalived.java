package io.havip.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A keepalived of a guest: see keepalived(8). */
final class Keepalived {
  private static final int STOP_LIMIT_SECONDS = 10;
  private static final Pattern STATE_ENTERED = Pattern.compile("Entering ([A-Z]+) STATE");
  private static final Pattern RELOADED = Pattern.compile("Reload (complete|finished)");

  private final Path configuration;
  private final Path log;
  private final Process process;

  /** Those that were killed with it. */
  private List<Long> children = List.of();

  private Keepalived(Path configuration, Path log, Process process) {
    this.configuration = configuration;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param directory for its files
   */
  static Keepalived start(Guest guest, Path directory, String configuration) throws IOException {
    Path file = directory.resolve(guest.name() + ".conf");
    Path log = directory.resolve(guest.name() + ".log");
    Files.writeString(file, configuration);
    // One that was killed left these; its process may linger as a zombie, which counts as running.
    for (String daemon : List.of("", ".vrrp", ".checkers")) {
      Files.deleteIfExists(directory.resolve(guest.name() + daemon + ".pid"));
    }
    Process process =
        new ProcessBuilder(
                guest.inside(
                    "keepalived",
                    "--dont-fork",
                    "--log-console",
                    "--log-detail",
                    "--use-file=" + file,
                    "--pid=" + directory.resolve(guest.name() + ".pid"),
                    "--vrrp_pid=" + directory.resolve(guest.name() + ".vrrp.pid"),
                    "--checkers_pid=" + directory.resolve(guest.name() + ".checkers.pid")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new Keepalived(file, log, process);
  }

  /** Makes it follow another configuration (SIGHUP). */
  void reload(String newConfiguration) throws IOException, InterruptedException {
    Files.writeString(configuration, newConfiguration);
    Program.output("sh", "-c", "kill -HUP " + process.pid());
  }

  /** The state it entered last, like BACKUP or MASTER; empty before the first. */
  String state() throws IOException {
    String state = "";
    Matcher entered = STATE_ENTERED.matcher(log());
    while (entered.find()) {
      state = entered.group(1);
    }
    return state;
  }

  /** How often it has entered a state. */
  long transitions() throws IOException {
    return STATE_ENTERED.matcher(log()).results().count();
  }

  /** Whether it has followed another configuration since it started. */
  boolean hasReloaded() throws IOException {
    return RELOADED.matcher(log()).find();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** All that it has said. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends it in order (SIGTERM): a master resigns. */
  void stop() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /** Ends it at once (SIGKILL): it can tell nobody. */
  void kill() throws IOException, InterruptedException {
    beginKill();
    awaitEnd();
  }

  /**
   * The same without waiting. The children come first, because one whose parent is dead resigns;
   * the parent is stopped meanwhile, because it would start them anew, or begin to only now.
   */
  void beginKill() throws IOException {
    if (process.isAlive()) {
      new ProcessBuilder("sh", "-c", "kill -STOP " + process.pid()).start().onExit().join();
      List<ProcessHandle> all = process.descendants().toList();
      children = all.stream().map(ProcessHandle::pid).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Waits until nothing of it runs any more. */
  void awaitEnd() throws InterruptedException {
    process.waitFor();
    for (long child : children) {
      while (isRunning(child)) {
        Thread.sleep(1);
      }
    }
  }

  /** One whose parent died may be left as a zombie, which does not run. */
  private static boolean isRunning(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }
}
