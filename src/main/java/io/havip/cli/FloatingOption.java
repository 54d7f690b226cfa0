package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** A floating address for a VIP. */
final class FloatingOption {
  private static final String ADDRESS = "address=";

  @Option(
      names = "--floating",
      paramLabel = "NETWORK[,address=ADDRESS]",
      description =
          "Give it an address of an external network too, by which it is reached from outside (on"
              + " Open Virtual Network only; default: HAVIP chooses a free one).")
  private @Nullable String floating;

  boolean isSet() {
    return floating != null;
  }

  void addTo(ObjectNode body, ClientCommand command)
      throws CommandFailedException, InterruptedException {
    if (floating == null) {
      return;
    }
    String[] parts = floating.split(",", 2);
    ObjectNode wanted = body.putObject("floatingAddress");
    wanted.put("networkId", command.directory().id(Kind.NETWORK, parts[0]));
    if (parts.length > 1) {
      if (!parts[1].startsWith(ADDRESS)) {
        throw command.wrongUsage("--floating: '%s' is not address=…".formatted(parts[1]));
      }
      wanted.put("address", parts[1].substring(ADDRESS.length()));
    }
  }
}
