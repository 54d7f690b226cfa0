package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.Token;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkUse;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import io.havip.webhook.Webhook;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything there is, as of one moment. A decision reads it and nothing else; nothing changes
 * while it does. Resources of every account are in it: it is the decision that looks at the owner.
 */
public interface Snapshot {
  Optional<Vpc> vpc(VpcId id);

  Optional<Network> network(NetworkId id);

  Optional<Vm> vm(VmId id);

  Optional<Vip> vip(VipId id);

  /** The VIPs to which a VM is bound. */
  List<Vip> vipsOf(VmId id);

  /** Nothing while no VM was bound to the VIP, or where all VRIDs are in use. */
  Optional<VirtualRouter> virtualRouter(VipId id);

  /**
   * The VRIDs of VIPs that are on the network or whose VMs talk VRRP on it.
   *
   * @param except the VIP whose own VRID does not count
   */
  Set<Integer> vrids(NetworkId id, VipId except);

  /** The VIPs with a virtual router that are on the network or whose VMs talk VRRP on it, by id. */
  List<Vip> vipsTalkingOn(NetworkId id);

  Optional<Account> account(AccountId id);

  /** The first of this name. */
  Optional<Account> account(String name);

  Optional<Token> token(TokenId id);

  /** Whether one of the account's tokens has this name. */
  boolean hasToken(AccountId id, String name);

  /** How many tokens are an administrator's. */
  int adminTokenCount();

  Optional<Webhook> webhook(WebhookId id);

  /** How many webhooks an account has. */
  int webhookCount(AccountId id);

  /** The CIDRs of a VPC's subnets. */
  List<Cidr> subnetCidrs(VpcId id);

  /** Whether a subnet, a VM or a VIP, be it an external one, is in the VPC. */
  boolean isInUse(VpcId id);

  /** Whether a NIC or a VIP is on the network. */
  boolean isInUse(NetworkId id);

  /**
   * What accounts other than these have on a network: NICs, VIPs and floating addresses, in the
   * order of the ids.
   *
   * @param limit the most that are returned
   */
  List<NetworkUse> usesByOthers(NetworkId id, Set<AccountId> accounts, int limit);

  Optional<Reservation> reservation(NetworkId id, Ipv4Address address);

  /**
   * A free address of the ranges: the one behind the highest that is in use, so that an address
   * which just became free rests, or else the lowest gap; nothing when all are taken.
   */
  Optional<Ipv4Address> freeAddress(NetworkId id, List<AddressRange> ranges);

  /** Whether it is the port of a NIC or the uplink of a network; each is named once. */
  boolean isPortTaken(String port);

  /** Whether a network is this logical switch. */
  boolean isLogicalSwitchTaken(String name);

  /** The NIC of the network that has this MAC address. */
  Optional<Nic> nicWithMac(NetworkId id, MacAddress mac);

  /** The MAC address that the network's gateway was seen to have at a trusted port. */
  Optional<MacAddress> learntGatewayMac(NetworkId id);

  /** The VRIDs that routers outside were heard to use on the network. */
  Set<Integer> outsideVrids(NetworkId id);

  /**
   * A number that no network has, 1 to 65535: the one behind the highest that is in use, or else
   * the lowest gap; nothing when all are taken.
   */
  Optional<Integer> freeSegment();
}
