package io.havip.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs other programs of this host, for what they show. */
final class Program {
  private Program() {}

  /**
   * What a command writes, in English.
   *
   * @param ifMissing what to do where there is no such program
   */
  static String output(List<String> command, String ifMissing)
      throws CommandFailedException, InterruptedException {
    try {
      ProcessBuilder program = new ProcessBuilder(command).redirectErrorStream(true);
      program.environment().put("LC_ALL", "C.UTF-8");
      Process process = program.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new CommandFailedException(
            ExitCode.FAILED,
            "`%s` failed: %s".formatted(String.join(" ", command), Text.printable(output.strip())));
      }
      return output;
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "there is no %s on this host; %s".formatted(command.getFirst(), ifMissing));
    }
  }
}
