package io.havip.launcher;

import io.havip.server.Main;
import java.util.List;

/** Runs typical commands, so that Java learns what they load and which methods are hot. */
public final class Rehearsal {
  private static final List<String> COMMANDS =
      List.of(
          "--help",
          "vip --help",
          "vip create --help",
          "vip list",
          "vip list -o json",
          "vip show db",
          "vip create db --subnet db",
          "vm list");

  private Rehearsal() {}

  /** Nobody minds whether they succeed. */
  public static void main(String[] arguments) {
    for (String command : COMMANDS) {
      Main.run(command.split(" ", -1));
    }
    System.exit(0); // as the commands do
  }
}
