package io.havip.http;

import io.havip.decision.Command;
import io.havip.inventory.Enforcement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The patch of an external network, but for its policy. */
record ExternalNetworkPatch(
    @Nullable String name,
    @Nullable Enforcement enforcement,
    @Nullable Boolean shared,
    @Nullable List<String> accounts) {
  static Command.UpdateNetwork read(JsonNode body) {
    ExternalNetworkPatch patch =
        MergePatch.read(PolicyFields.others(body), ExternalNetworkPatch.class);
    return new Command.UpdateNetwork(
        patch.name(),
        patch.enforcement(),
        PolicyFields.patch(body),
        new Command.Grants(patch.shared(), patch.accounts()));
  }
}
