package io.havip.server;

import io.havip.agent.AgentCommand;
import io.havip.cli.Cli;
import io.havip.cli.StandardOutput;
import io.havip.cli.Surroundings;
import io.havip.demo.DemoCommand;
import io.havip.demo.ForwardCommand;
import java.io.PrintWriter;
import picocli.CommandLine;

/** The one entry point, for every role. */
public final class Main {
  private Main() {}

  /** Exits with 0 when all went well, 1 when it did not, 2 when the arguments are wrong. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs one command, and returns its exit code. */
  public static int run(String... arguments) {
    StandardOutput output = new StandardOutput();
    CommandLine commands = commands(arguments).setOut(output.writer());
    int exitCode = commands.execute(arguments);
    commands.getOut().flush();
    return output.exitCode(exitCode, commands.getErr());
  }

  /** The commands that these arguments can mean. */
  static CommandLine commands(String... arguments) {
    return commands(Surroundings.ofProcess(), arguments);
  }

  static CommandLine commands(Surroundings surroundings, String... arguments) {
    return new Cli(surroundings)
        .with("server", ServerCommand.class, () -> ServerCommand.of(surroundings.environment()))
        .with("boot", BootCommand.class, () -> new BootCommand(surroundings.environment()))
        .with("agent", AgentCommand.class, () -> new AgentCommand(surroundings.environment()))
        // A reference to the constructor would load what only the demo needs.
        .with("demo", DemoCommand.class, () -> new DemoCommand())
        .with("demo-forward", ForwardCommand.class, () -> new ForwardCommand())
        .commandLine(arguments)
        .setExecutionExceptionHandler((e, failed, _) -> report(e, failed.getErr()));
  }

  private static int report(Exception e, PrintWriter err) {
    if (e instanceof CannotStartException) {
      err.println("havip: " + e.getMessage());
    } else {
      e.printStackTrace(err);
    }
    return 1;
  }
}
