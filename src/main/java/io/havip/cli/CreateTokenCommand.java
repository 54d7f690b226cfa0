package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = {
      "Let somebody in.",
      "The token is shown now and never again; whoever has it may do all that its role may."
    },
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} ci --account team-a",
      "  ${COMMAND-FULL-NAME} chassis-1 --role agent",
      "  ${COMMAND-FULL-NAME} ci -o json | jq -r .token"
    })
final class CreateTokenCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "Who or what uses it; history shows it.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = {
        "member: may use all that the account has (the default).",
        "admin: may also manage external networks and tokens.",
        "agent: may report what a host hears, and nothing else."
      })
  private @Nullable String role;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description = "The account to act for, made when there is none (default: your own).")
  private @Nullable String account;

  @Mixin private final FormatOption format = new FormatOption();

  CreateTokenCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    if (format.format() == Format.CSV) {
      throw new CommandFailedException(
          ExitCode.WRONG_USAGE, "CSV has no column for the token itself; leave -o out, or -o json");
    }
    ObjectNode body = Json.MAPPER.createObjectNode().put("name", name);
    if (role != null) {
      body.put("role", role);
    }
    if (account != null) {
      body.put("account", account);
    }
    output().show(Kind.TOKEN, List.of(api().post(Kind.TOKEN.path(), body)), format.format());
  }
}
