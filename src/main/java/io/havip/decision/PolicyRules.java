package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Role;
import io.havip.decision.PolicyChange.Setting;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.net.AddressRange;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.VirtualRouter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which policy a network may have, and which callers may set it. The policy decides how the packets
 * of a whole segment are judged, so a joined network leaves it to administrators.
 */
final class PolicyRules {
  private static final int TRUSTED_PORTS_MAX = 16;
  private static final int MEMBER_RANGES_MAX = 64;

  private PolicyRules() {}

  /**
   * The policy of a network after a change. Only settings whose value changes are checked.
   *
   * @param network as it is before the change; a new one has the default policy
   * @throws Refused when the caller may not set one of them, or a value does not fit the network
   */
  static NetworkPolicy apply(
      Snapshot snapshot, Network network, PolicyChange change, Context context) {
    NetworkPolicy policy = change.appliedTo(network.policy());
    Set<Setting> changed = PolicyChange.differences(network.policy(), policy);
    changed.forEach(setting -> checkMaySet(network, setting, context));
    changed.forEach(setting -> check(snapshot, network, setting, policy));
    return policy;
  }

  private static void checkMaySet(Network network, Setting setting, Context context) {
    if (context.caller().role() == Role.ADMIN) {
      return;
    }
    if (network.isJoined()) {
      throw forbidden(
          setting,
          network.name()
              + " reaches hosts outside HAVIP, so only an administrator may set "
              + setting.field()
              + " there");
    }
    switch (setting) {
      case OTHER_TRAFFIC ->
          throw forbidden(setting, "only an administrator may let other traffic pass or drop it");
      case GATEWAY_MAC,
          RESERVED_VRIDS,
          TRUSTED_PORTS,
          JUDGES_TRUSTED_PORTS,
          MEMBER_RANGES,
          IPSEC -> {}
    }
  }

  private static Refused forbidden(Setting setting, String why) {
    return Refused.field(
        setting.field(),
        ErrorCode.FORBIDDEN,
        why
            + "; leave it out, or ask an administrator to set it (havip subnet update "
            + setting.option()
            + ")");
  }

  private static void check(
      Snapshot snapshot, Network network, Setting setting, NetworkPolicy policy) {
    switch (setting) {
      case GATEWAY_MAC -> {
        MacAddress mac = policy.gatewayMac();
        if (mac != null) {
          checkGatewayMac(snapshot, network, mac);
        }
      }
      case RESERVED_VRIDS -> checkVrids(policy.reservedVrids());
      case TRUSTED_PORTS -> {
        if (!policy.trustedPorts().isEmpty()) {
          checkTrustedPorts(snapshot, network, policy.trustedPorts());
        }
      }
      case JUDGES_TRUSTED_PORTS -> {
        if (policy.judgesTrustedPorts()) {
          checkIsAdopted(network, setting);
        }
      }
      case MEMBER_RANGES -> {
        if (!policy.memberRanges().isEmpty()) {
          checkMemberRanges(network, policy.memberRanges());
        }
      }
      case OTHER_TRAFFIC, IPSEC -> {}
    }
  }

  /** A pair of routers that run VRRP has a VRRP MAC address, so a gateway may have one. */
  private static void checkGatewayMac(Snapshot snapshot, Network network, MacAddress mac) {
    if (!mac.isUnicast()) {
      throw invalid(
          Setting.GATEWAY_MAC, mac + " is not a station's address; give the gateway's unicast one");
    }
    if (mac.equals(MacAddress.HAVIP)) {
      throw invalid(
          Setting.GATEWAY_MAC, mac + " is the address that HAVIP asks from; give the gateway's");
    }
    if (snapshot.nicWithMac(network.id(), mac).filter(nic -> !nic.gateway()).isPresent()) {
      throw Refused.field(
          Setting.GATEWAY_MAC.field(),
          ErrorCode.IN_USE,
          mac
              + " is a NIC's on "
              + network.name()
              + "; give the gateway's MAC address, or mark that NIC with gateway: true if its VM is"
              + " the gateway");
    }
  }

  private static void checkVrids(List<Integer> vrids) {
    Set<Integer> found = new HashSet<>();
    for (int i = 0; i < vrids.size(); i++) {
      int vrid = vrids.get(i);
      String field = Setting.RESERVED_VRIDS.field() + "[" + i + "]";
      if (vrid < VirtualRouter.VRID_MIN || vrid > VirtualRouter.VRID_MAX) {
        throw Refused.field(field, INVALID_FIELD, vrid + " is no VRID; give numbers from 1 to 255");
      }
      if (!found.add(vrid)) {
        throw Refused.field(field, INVALID_FIELD, vrid + " is given twice; give it once");
      }
    }
  }

  private static void checkTrustedPorts(Snapshot snapshot, Network network, List<String> ports) {
    checkIsAdopted(network, Setting.TRUSTED_PORTS);
    if (ports.size() > TRUSTED_PORTS_MAX) {
      throw invalid(Setting.TRUSTED_PORTS, "give at most " + TRUSTED_PORTS_MAX + " trusted ports");
    }
    Set<String> found = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      String port = ports.get(i);
      String field = Setting.TRUSTED_PORTS.field() + "[" + i + "]";
      InventoryDecisions.checkInterface(field, port);
      if (!found.add(port)) {
        throw Refused.field(field, INVALID_FIELD, port + " is given twice; give it once");
      }
      boolean isTrusted = network.policy().trustedPorts().contains(port);
      if (!isTrusted && (port.equals(network.uplink()) || snapshot.isPortTaken(port))) {
        throw Refused.field(
            field,
            ErrorCode.IN_USE,
            port
                + " is a NIC's port or a network's uplink; name the bridge's port that leads outside");
      }
    }
  }

  private static void checkIsAdopted(Network network, Setting setting) {
    if (network.uplink() == null) {
      throw invalid(
          setting,
          network.name()
              + " has no uplink; trusted ports are ports of an existing bridge that a network has"
              + " as its uplink; leave it out");
    }
  }

  private static void checkMemberRanges(Network network, List<AddressRange> ranges) {
    if (!network.isJoined()) {
      throw invalid(
          Setting.MEMBER_RANGES,
          network.name()
              + " reaches no host outside HAVIP, so its members use all its addresses; leave it"
              + " out, or use reserved");
    }
    if (ranges.size() > MEMBER_RANGES_MAX) {
      throw invalid(Setting.MEMBER_RANGES, "give at most " + MEMBER_RANGES_MAX + " ranges");
    }
    Ipv4Address gateway = network.gateway();
    for (int i = 0; i < ranges.size(); i++) {
      AddressRange range = ranges.get(i);
      String field = Setting.MEMBER_RANGES.field() + "[" + i + "]";
      if (!network.cidr().contains(range.first()) || !network.cidr().contains(range.last())) {
        throw Refused.field(
            field, INVALID_FIELD, range + " is not inside " + network.cidr() + "; choose a part");
      }
      if (gateway != null && range.contains(gateway)) {
        throw Refused.field(
            field,
            INVALID_FIELD,
            range + " contains the gateway's address " + gateway + "; leave that out");
      }
      for (AddressRange other : ranges.subList(0, i)) {
        if (range.contains(other.first()) || other.contains(range.first())) {
          throw Refused.field(
              field, INVALID_FIELD, range + " overlaps " + other + "; give each address once");
        }
      }
    }
  }

  private static Refused invalid(Setting setting, String message) {
    return Refused.field(setting.field(), INVALID_FIELD, message);
  }
}
