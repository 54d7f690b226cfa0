package io.havip.http;

import io.havip.decision.Command;
import io.havip.decision.PolicyChange;
import io.havip.inventory.Enforcement;
import io.havip.inventory.OtherTraffic;
import io.havip.net.AddressRange;
import io.havip.net.MacAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The patch of an external network. Removing a setting of the policy resets it. */
record ExternalNetworkPatch(
    @Nullable String name,
    @Nullable Enforcement enforcement,
    @Nullable Boolean shared,
    @Nullable List<String> accounts,
    @Nullable MacAddress gatewayMac,
    @Nullable List<Integer> reservedVrids,
    @Nullable List<String> trustedPorts,
    @Nullable Boolean judgesTrustedPorts,
    @Nullable List<AddressRange> memberRanges,
    @Nullable OtherTraffic otherTraffic,
    @Nullable Boolean ipsec) {
  static Command.UpdateNetwork read(JsonNode body) {
    ExternalNetworkPatch patch =
        MergePatch.read(body, ExternalNetworkPatch.class, Map.of(), PolicyFields.NAMES);
    return new Command.UpdateNetwork(
        patch.name(),
        patch.enforcement(),
        patch.policy(body),
        new Command.Grants(patch.shared(), patch.accounts()));
  }

  private PolicyChange policy(JsonNode body) {
    return new PolicyFields(
            gatewayMac,
            reservedVrids,
            trustedPorts,
            judgesTrustedPorts,
            memberRanges,
            otherTraffic,
            ipsec)
        .change(body::has);
  }
}
