package io.havip.http;

import io.havip.decision.PolicyChange;
import io.havip.decision.PolicyChange.Setting;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.AddressRange;
import io.havip.net.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The settings of a network's policy as a body gives them, flat among the network's other fields.
 * Null stands for the default.
 */
record PolicyFields(
    @Nullable MacAddress gatewayMac,
    @Nullable List<Integer> reservedVrids,
    @Nullable List<String> trustedPorts,
    @Nullable Boolean judgesTrustedPorts,
    @Nullable List<AddressRange> memberRanges,
    @Nullable OtherTraffic otherTraffic,
    @Nullable Boolean ipsec) {
  /** The names of the fields in a body. */
  static final Set<String> NAMES =
      Stream.of(Setting.values()).map(Setting::field).collect(Collectors.toUnmodifiableSet());

  /** The settings that a merge patch (RFC 7396) has among a network's other fields. */
  static PolicyChange patch(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      return PolicyChange.NOTHING;
    }
    ObjectNode own = object.deepCopy().retain(NAMES);
    return MergePatch.read(own, PolicyFields.class, Map.of(), NAMES).change(own::has);
  }

  /** The same patch without these settings. */
  static JsonNode others(JsonNode body) {
    return body instanceof ObjectNode object ? object.deepCopy().without(NAMES) : body;
  }

  /** Every setting, for a network to be made. */
  PolicyChange all() {
    return change(_ -> true);
  }

  /** The settings whose fields are in the body. */
  PolicyChange change(Predicate<String> isInBody) {
    NetworkPolicy usual = NetworkPolicy.DEFAULT;
    return new PolicyChange(
        Stream.of(Setting.values())
            .filter(setting -> isInBody.test(setting.field()))
            .collect(Collectors.toSet()),
        new NetworkPolicy(
            gatewayMac,
            Bodies.orEmpty(reservedVrids),
            Bodies.orEmpty(trustedPorts),
            Objects.requireNonNullElse(judgesTrustedPorts, usual.judgesTrustedPorts()),
            Bodies.orEmpty(memberRanges),
            Objects.requireNonNullElse(otherTraffic, usual.otherTraffic()),
            Objects.requireNonNullElse(ipsec, usual.ipsec())));
  }
}
