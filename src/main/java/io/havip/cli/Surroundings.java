package io.havip.cli;

import java.io.Console;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;

/**
 * What a command finds around it.
 *
 * @param isTerminal whether a person reads the output and types the input
 */
public record Surroundings(Map<String, String> environment, InputStream in, boolean isTerminal) {
  /** The environment variables that the commands of a client read. */
  public static final Set<String> VARIABLES = Set.of("HAVIP_URL", "HAVIP_TOKEN");

  /** Those of this process. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where there is no terminal
  public static Surroundings ofProcess() {
    Console console = System.console();
    return new Surroundings(System.getenv(), System.in, console != null && console.isTerminal());
  }

  /** Whether output may have colours (no-color.org). */
  public boolean hasColour() {
    return isTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }
}
