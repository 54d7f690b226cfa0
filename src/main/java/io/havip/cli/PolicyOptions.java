package io.havip.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How the packets of a network are judged beyond its addresses. */
final class PolicyOptions {
  /** What stands for the default of a setting that has no value of its own for it. */
  private static final String NONE = "none";

  @Option(
      names = "--gateway-mac",
      paramLabel = "MAC",
      description = "The gateway's MAC address, which no NIC may have; none: it is learnt.")
  private @Nullable String gatewayMac;

  @Option(
      names = "--reserved-vrids",
      split = ",",
      paramLabel = "VRID",
      description =
          "VRIDs that routers outside HAVIP use; no VIP gets them; may be repeated; or none.")
  private List<String> reservedVrids = List.of();

  @Option(
      names = "--trusted-ports",
      split = ",",
      paramLabel = "INTERFACE",
      description =
          "Where the uplink is a bridge: its ports that lead outside (administrators); may be"
              + " repeated; or none.")
  private List<String> trustedPorts = List.of();

  @Option(
      names = "--judges-trusted-ports",
      arity = "1",
      paramLabel = "BOOLEAN",
      description = "Whether frames from trusted ports are judged, too (administrators).")
  private @Nullable Boolean judgesTrustedPorts;

  @Option(
      names = "--member-ranges",
      split = ",",
      paramLabel = "RANGE",
      description =
          "Addresses that members get where the fabric cannot ask for them on the wire"
              + " (administrators); may be repeated; or none.")
  private List<String> memberRanges = List.of();

  @Option(
      names = "--other-traffic",
      paramLabel = "HOW",
      description =
          "drop or pass: frames that are neither ARP nor IPv4 (administrators). Where they pass,"
              + " IPv6 addresses are not protected.")
  private @Nullable String otherTraffic;

  @Option(
      names = "--ipsec",
      arity = "1",
      paramLabel = "BOOLEAN",
      description = "Whether VMs may exchange AH (IP protocol 51) that carries no VRRP.")
  private @Nullable Boolean ipsec;

  /** Adds the settings that were given. */
  void addTo(ObjectNode body) {
    if (gatewayMac != null) {
      body.put("gatewayMac", gatewayMac.equals(NONE) ? null : gatewayMac);
    }
    if (!reservedVrids.isEmpty()) {
      ArrayNode vrids = body.putArray("reservedVrids");
      for (String vrid : values(reservedVrids)) {
        try {
          vrids.add(Integer.parseInt(vrid));
        } catch (NumberFormatException e) {
          vrids.add(vrid); // the server says what is wrong with it
        }
      }
    }
    if (!trustedPorts.isEmpty()) {
      values(trustedPorts).forEach(body.putArray("trustedPorts")::add);
    }
    if (judgesTrustedPorts != null) {
      body.put("judgesTrustedPorts", judgesTrustedPorts);
    }
    if (!memberRanges.isEmpty()) {
      values(memberRanges).forEach(body.putArray("memberRanges")::add);
    }
    if (otherTraffic != null) {
      body.put("otherTraffic", otherTraffic);
    }
    if (ipsec != null) {
      body.put("ipsec", ipsec);
    }
  }

  private static List<String> values(List<String> given) {
    return given.equals(List.of(NONE)) ? List.of() : given;
  }
}
