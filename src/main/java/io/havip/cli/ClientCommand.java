package io.havip.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that calls the server. Failures are told on standard error; none has a stack trace. */
abstract class ClientCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private @Nullable Api api;
  private @Nullable Directory directory;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean isHelp;

  ClientCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  abstract void run() throws CommandFailedException, InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    try {
      run();
      return ExitCode.OK.number();
    } catch (CommandFailedException e) {
      tell("havip: " + e.getMessage());
      return e.exitCode().number();
    } finally {
      if (api != null) {
        api.close();
      }
    }
  }

  /** What is done with one of several resources. */
  interface Step {
    void run(String idOrName) throws CommandFailedException, InterruptedException;
  }

  /** Does the same with several; one that fails does not stop the others. */
  final void each(Iterable<String> resources, Step step)
      throws CommandFailedException, InterruptedException {
    CommandFailedException last = null;
    for (String resource : resources) {
      try {
        step.run(resource);
      } catch (CommandFailedException e) {
        if (last != null) {
          tell("havip: " + last.getMessage());
        }
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  final Surroundings surroundings() {
    return surroundings;
  }

  final Api api() throws CommandFailedException {
    if (api == null) {
      api = new Api(Credentials.of(surroundings.environment()));
    }
    return api;
  }

  final Directory directory() throws CommandFailedException {
    if (directory == null) {
      directory = new Directory(api());
    }
    return directory;
  }

  final Output output() {
    return new Output(out(), surroundings.hasColour());
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Says something to the user, apart from the output. */
  final void tell(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(message);
    err.flush();
  }

  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
