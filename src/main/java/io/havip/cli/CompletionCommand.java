package io.havip.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    description = "Print a script that teaches a shell to complete HAVIP's commands.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} bash > ~/.local/share/bash-completion/completions/havip",
      "  source <(${COMMAND-FULL-NAME} zsh)           # in ~/.zshrc, after compinit",
      "",
      "bash reads the file when Tab is first pressed. zsh reads the same script."
    })
final class CompletionCommand implements Callable<Integer> {
  /** The shells; zsh reads bash's script. */
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Supplier<CommandLine> allCommands;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean isHelp;

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // that it is one of them is all we need
  private Shell shell;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  CompletionCommand(Supplier<CommandLine> allCommands) {
    this.allCommands = allCommands;
  }

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(AutoComplete.bash("havip", allCommands.get()));
    spec.commandLine().getOut().flush();
    return ExitCode.OK.number();
  }
}
