package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.AccountId;
import io.havip.id.VipId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Vm;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of a NIC may be, and which callers may choose them. The settings decide how the
 * packets of a whole segment are judged, so a joined network leaves them to administrators.
 */
final class NicRules {
  private static final int ALLOWED_SOURCES_MAX = 64;
  private static final int SENDS_FROM_MAX = 16;

  private NicRules() {}

  /** The caller as a member of another account, whose networks it then sees. */
  static Caller actingFor(Caller caller, AccountId account) {
    return new Caller(account, caller.role(), caller.actor());
  }

  /** Refuses a setting that only an administrator may choose on a joined network. */
  static void checkMayChoose(Network network, String field, String what, Context context) {
    if (network.isJoined() && !isAdmin(context)) {
      throw Refused.field(
          field,
          ErrorCode.FORBIDDEN,
          network.name()
              + " reaches hosts outside HAVIP, so only an administrator may "
              + what
              + " there; leave it out, or ask an administrator to set it"
              + " (PATCH /v1/vms/{id}/nics/{nicId}, havip vm nic update)");
    }
  }

  /**
   * Refuses a MAC address that is not a station's own: a group's, a virtual router's, HAVIP's, the
   * gateway's or another NIC's.
   *
   * @param current the NIC that is changed; null for a new one
   */
  static void checkMac(
      Snapshot snapshot,
      Network network,
      MacAddress mac,
      boolean gateway,
      @Nullable Nic current,
      String field) {
    if (!mac.isUnicast()) {
      throw Refused.field(
          field, INVALID_FIELD, mac + " is not a station's address; give a unicast one");
    }
    if (mac.isVirtualRouter()) {
      throw Refused.field(
          field,
          INVALID_FIELD,
          mac
              + " is a virtual router's (RFC 9568, section 7.3); give the VM's own MAC address, and"
              + " permit the VRID's with vmac when the VM is bound to a VIP");
    }
    if (mac.equals(MacAddress.HAVIP)) {
      throw Refused.field(
          field, INVALID_FIELD, mac + " is the address that HAVIP asks from; give another");
    }
    if (!gateway && isGateways(snapshot, network, mac)) {
      throw Refused.field(
          field,
          ErrorCode.IN_USE,
          mac
              + " is the MAC address of "
              + network.name()
              + "'s gateway; give another, or mark the NIC of a router VM with gateway: true");
    }
    boolean isOwn = current != null && current.mac().equals(mac);
    if (!isOwn && snapshot.nicWithMac(network.id(), mac).isPresent()) {
      throw Refused.field(
          field, ErrorCode.IN_USE, mac + " is a NIC's on " + network.name() + " already");
    }
  }

  /** Whether the address is the gateway's, as the administrator gave it or as it was learnt. */
  static boolean isGateways(Snapshot snapshot, Network network, MacAddress mac) {
    return mac.equals(network.policy().gatewayMac())
        || snapshot.learntGatewayMac(network.id()).equals(Optional.of(mac));
  }

  static void checkSources(List<Cidr> sources, String field) {
    if (sources.size() > ALLOWED_SOURCES_MAX) {
      throw Refused.field(field, INVALID_FIELD, "give at most 64 sources");
    }
  }

  /** On an unjoined subnet its owner marks a router VM's NIC, elsewhere an administrator. */
  static void checkMayBeGateway(Network network, String field, Context context) {
    checkMayChoose(network, field, "let a NIC act as the gateway", context);
  }

  /**
   * A NIC's address. The NIC of a router VM may also have the gateway's. That address is reserved
   * like any other, so one NIC has it as its own; other gateway NICs share it by VRRP.
   *
   * @return null where a NIC needs none and none is wanted
   */
  static @Nullable Ipv4Address address(
      Snapshot snapshot, Network network, Command.NewNic wanted, String field, Context context) {
    Ipv4Address address = wanted.address();
    if (address == null && network.id().isExternal()) {
      return null;
    }
    if (wanted.gateway() && address != null && address.equals(network.gateway())) {
      if (snapshot.reservation(network.id(), address).isPresent()) {
        throw Refused.field(
            field,
            ErrorCode.ADDRESS_TAKEN,
            address
                + " is another gateway NIC's own address; give this NIC an address of its own, and"
                + " let the routers share "
                + address
                + " by VRRP");
      }
      return address;
    }
    return Rules.chooseAddress(snapshot, network, field, address, context);
  }

  /**
   * Refuses VIPs that the NIC may not send from. A VIP's owner permits it, for a VM that is not
   * bound to the VIP.
   *
   * @param before VIPs that the NIC may send from already
   */
  static void checkSenders(
      Snapshot snapshot,
      Vm vm,
      Network network,
      Set<VipId> wanted,
      Set<VipId> before,
      String field,
      Context context) {
    if (wanted.size() > SENDS_FROM_MAX) {
      throw Refused.field(
          field, INVALID_FIELD, "a NIC sends from at most " + SENDS_FROM_MAX + " VIPs");
    }
    for (VipId id : wanted.stream().sorted((a, b) -> a.value().compareTo(b.value())).toList()) {
      if (before.contains(id)) {
        continue;
      }
      Vip vip =
          snapshot
              .vip(id)
              .filter(found -> Rules.owns(context.caller(), found.accountId()))
              .filter(found -> found.accountId().equals(vm.accountId()))
              .orElseThrow(() -> Rules.unknownReference(field, id));
      if (!vip.networkId().equals(network.id())) {
        throw Refused.field(
            field,
            INVALID_FIELD,
            vip.name()
                + " is on another network than the NIC; name VIPs of "
                + network.name()
                + ", or use the VM's NIC on the VIP's network");
      }
      if (vip.state() == VipState.DELETING) {
        throw Refused.field(field, INVALID_FIELD, vip.name() + " is being deleted; leave it out");
      }
      if (vip.binding(vm.id()).isPresent()) {
        throw Refused.field(
            field,
            INVALID_FIELD,
            vm.name()
                + " is bound to "
                + vip.name()
                + " and may send from it already; leave it out, or unbind the VM first");
      }
    }
  }

  private static boolean isAdmin(Context context) {
    return context.caller().role() == Role.ADMIN;
  }
}
