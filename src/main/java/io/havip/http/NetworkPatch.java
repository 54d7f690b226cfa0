package io.havip.http;

import io.havip.decision.Command;
import io.havip.inventory.Enforcement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The patch of a subnet, but for its policy. */
record NetworkPatch(@Nullable String name, @Nullable Enforcement enforcement) {
  static Command.UpdateNetwork read(JsonNode body) {
    NetworkPatch patch = MergePatch.read(PolicyFields.others(body), NetworkPatch.class);
    return new Command.UpdateNetwork(
        patch.name(), patch.enforcement(), PolicyFields.patch(body), Command.Grants.NOT_GIVEN);
  }
}
