package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Whether a network drops what may not pass. */
final class EnforcementOption {
  @Option(
      names = "--enforcement",
      paramLabel = "HOW",
      description =
          "enforce: what may not pass is dropped. observe: it is only told of, which a network with"
              + " an uplink or a logical switch does at first.")
  private @Nullable String enforcement;

  void addTo(ObjectNode body) {
    if (enforcement != null) {
      body.put("enforcement", enforcement);
    }
  }
}
