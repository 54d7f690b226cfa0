package io.havip.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description = {
      "Remember the server and a token for the other commands.",
      "The token is asked for, or read from standard input; never give it as an argument, where"
          + " every user of this machine could read it."
    },
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --url https://havip.example.org",
      "  ${COMMAND-FULL-NAME} < token-file",
      "",
      "They are kept in ~/.config/havip/credentials, which only you can read.",
      "HAVIP_URL and HAVIP_TOKEN in the environment are used instead of them."
    })
final class LoginCommand extends ClientCommand {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The server (default: ${DEFAULT-VALUE}).")
  private String url = Credentials.DEFAULT_URL;

  LoginCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    Credentials credentials = Credentials.parse(url, token());
    if (credentials.url().getScheme().equals("http") && !isLoopback(credentials.url().getHost())) {
      tell("Warning: over http everybody on the way can read the token; use https.");
    }
    try (Api api = new Api(credentials)) {
      api.get(Kind.VPC.path() + "?limit=1");
    }
    Path file = Credentials.file(surroundings().environment());
    try {
      credentials.save(file);
    } catch (IOException e) {
      throw new CommandFailedException(ExitCode.FAILED, "cannot write " + file + ": " + e);
    }
    tell("Logged in to " + credentials.url() + ".");
  }

  private String token() throws CommandFailedException {
    Console console = surroundings().isTerminal() ? System.console() : null;
    if (console != null) {
      char[] typed = console.readPassword("Token: ");
      return typed == null ? "" : new String(typed).strip();
    }
    try {
      String line =
          new BufferedReader(new InputStreamReader(surroundings().in(), UTF_8)).readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      throw new CommandFailedException(ExitCode.FAILED, "cannot read the token: " + e);
    }
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }
}
