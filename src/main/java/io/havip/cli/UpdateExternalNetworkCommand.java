package io.havip.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description =
        "Change the name, whether what may not pass is dropped, or which accounts may use it"
            + " (administrators).",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} internet --enforcement enforce",
      "  ${COMMAND-FULL-NAME} internet --account team-a --account team-b",
      "  ${COMMAND-FULL-NAME} internet --remove-account team-a",
      "  ${COMMAND-FULL-NAME} internet --shared   # every account may use it",
      "",
      "An account that has a NIC or a VIP on the network keeps it: taking it away is refused."
    })
final class UpdateExternalNetworkCommand extends UpdateNetworkCommand {
  @Option(
      names = "--shared",
      negatable = true,
      description = "Every account may use it, or only those in `accounts`.")
  private @Nullable Boolean shared;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description = "An account more that may use it; may be repeated.")
  private List<String> added = List.of();

  @Option(
      names = "--remove-account",
      paramLabel = "NAME",
      description = "An account that may no longer use it; may be repeated.")
  private List<String> removed = List.of();

  /** The ETag of what the new list of accounts was made from. */
  private Optional<String> basis = Optional.empty();

  UpdateExternalNetworkCommand(Surroundings surroundings) {
    super(Kind.NETWORK, surroundings);
  }

  @Override
  void addTo(ObjectNode body) throws CommandFailedException, InterruptedException {
    super.addTo(body);
    if (shared != null) {
      body.put("shared", shared);
    }
    if (!added.isEmpty() || !removed.isEmpty()) {
      JsonNode network = directory().find(Kind.NETWORK, resource());
      basis = Optional.of(VersionOption.eTag(network.path("version").asLong(0)));
      Set<String> accounts = new LinkedHashSet<>(names(network));
      accounts.addAll(added);
      accounts.removeAll(removed);
      accounts.forEach(body.putArray("accounts")::add);
    }
  }

  @Override
  Optional<String> eTag() {
    return super.eTag().or(() -> basis);
  }

  private static List<String> names(JsonNode network) {
    return network.path("accounts").valueStream().map(JsonNode::asString).toList();
  }
}
