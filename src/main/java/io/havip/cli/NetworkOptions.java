package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** What subnets and external networks have in common. */
final class NetworkOptions {
  @Parameters(paramLabel = "NAME", description = "Its name.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Option(
      names = "--cidr",
      required = true,
      paramLabel = "CIDR",
      description = "Its addresses, like 10.77.1.0/24.")
  @SuppressWarnings("NullAway.Init")
  private String cidr;

  @Option(names = "--gateway", paramLabel = "ADDRESS", description = "Its router's address.")
  private @Nullable String gateway;

  @Option(
      names = "--reserved",
      split = ",",
      paramLabel = "RANGE",
      description = "Addresses that nobody gets, like 10.77.1.2-10.77.1.9; may be repeated.")
  private List<String> reserved = List.of();

  @Option(
      names = "--uplink",
      paramLabel = "INTERFACE",
      description =
          "Joins it to what is outside: an existing bridge of the host, or an interface; with OVN,"
              + " a physical network (administrators).")
  private @Nullable String uplink;

  @Option(
      names = "--logical-switch",
      paramLabel = "NAME",
      description = "The logical switch of somebody else's in OVN that it is (administrators).")
  private @Nullable String logicalSwitch;

  @Mixin private final EnforcementOption enforcement = new EnforcementOption();
  @Mixin private final PolicyOptions policy = new PolicyOptions();

  ObjectNode body() {
    ObjectNode body = Json.MAPPER.createObjectNode().put("name", name).put("cidr", cidr);
    if (gateway != null) {
      body.put("gateway", gateway);
    }
    if (!reserved.isEmpty()) {
      reserved.forEach(body.putArray("reserved")::add);
    }
    if (uplink != null) {
      body.put("uplink", uplink);
    }
    if (logicalSwitch != null) {
      body.put("logicalSwitch", logicalSwitch);
    }
    enforcement.addTo(body);
    policy.addTo(body);
    return body;
  }
}
