package io.havip.demo;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other programs, run to their end. */
final class Program {
  private static final int LIMIT_SECONDS = 20;

  /**
   * How a program ended.
   *
   * @param output what it wrote to either stream; short, or it would never end
   */
  record Result(int exitCode, String output) {}

  private Program() {}

  /**
   * Runs the program.
   *
   * @throws IOException when it cannot be started, or has not ended after 20 s
   */
  static Result run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(
          "'%s' has not ended after %d s".formatted(String.join(" ", command), LIMIT_SECONDS));
    }
    return new Result(process.exitValue(), process.inputReader().readAllAsString().strip());
  }

  /**
   * Runs the program and returns what it wrote.
   *
   * @throws IOException also when it fails
   */
  static String output(String... command) throws IOException, InterruptedException {
    Result result = run(List.of(command));
    if (result.exitCode() != 0) {
      throw new IOException(
          "'%s' failed (%d): %s"
              .formatted(String.join(" ", command), result.exitCode(), result.output()));
    }
    return result.output();
  }
}
