package io.havip.decision;

import io.havip.account.Role;
import io.havip.event.EventKind;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.VmState;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.VipType;
import io.havip.webhook.WebhookUrl;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people ask for, as values; whether it may be is for the decisions to say. */
public sealed interface Command {
  record CreateVpc(String name, Cidr cidr) implements Command {}

  record CreateSubnet(
      VpcId vpcId,
      String name,
      Cidr cidr,
      @Nullable Ipv4Address gateway,
      List<AddressRange> reserved,
      Joining joining,
      PolicyChange policy)
      implements Command {
    /** A subnet with the default policy. */
    public CreateSubnet(
        VpcId vpcId,
        String name,
        Cidr cidr,
        @Nullable Ipv4Address gateway,
        List<AddressRange> reserved,
        Joining joining) {
      this(vpcId, name, cidr, gateway, reserved, joining, PolicyChange.NOTHING);
    }
  }

  record CreateExternalNetwork(
      String name,
      Cidr cidr,
      Ipv4Address gateway,
      List<AddressRange> reserved,
      Joining joining,
      PolicyChange policy,
      Grants grants)
      implements Command {}

  /**
   * Which accounts may use an external network.
   *
   * @param shared whether every account may; left out: as it is, and of a new network false
   * @param accounts the names of the accounts that may otherwise, instead of the present ones; left
   *     out: as they are, and of a new network its creator's account
   */
  record Grants(@Nullable Boolean shared, @Nullable List<String> accounts) {
    public static final Grants NOT_GIVEN = new Grants(null, null);
  }

  /**
   * How a new network meets what is there already.
   *
   * @param uplink an interface of the host, if it is to be joined to what is outside HAVIP
   * @param logicalSwitch a switch of somebody else's in OVN, if the network is that
   * @param enforcement left out: a network with either observes, another enforces
   */
  record Joining(
      @Nullable String uplink, @Nullable String logicalSwitch, @Nullable Enforcement enforcement) {
    public static final Joining NOTHING = new Joining(null, null, null);
  }

  /** Fields left out stay as they are. */
  record UpdateNetwork(
      @Nullable String name, @Nullable Enforcement enforcement, PolicyChange policy, Grants grants)
      implements Command {
    public UpdateNetwork(@Nullable String name, @Nullable Enforcement enforcement) {
      this(name, enforcement, PolicyChange.NOTHING, Grants.NOT_GIVEN);
    }
  }

  /**
   * A VM to be made.
   *
   * @param account the name of the account that it is for, an administrator's choice; left out: the
   *     caller's own
   */
  record CreateVm(
      String name, VpcId vpcId, VmState state, List<NewNic> nics, @Nullable String account)
      implements Command {
    public CreateVm(String name, VpcId vpcId, VmState state, List<NewNic> nics) {
      this(name, vpcId, state, nics, null);
    }
  }

  /**
   * A NIC to be added.
   *
   * @param address left out: HAVIP chooses one on a subnet, and on an external network it has none
   * @param mac left out: HAVIP makes a locally administered one
   * @param port left out: HAVIP names it
   */
  record NewNic(
      NetworkId networkId,
      @Nullable Ipv4Address address,
      @Nullable MacAddress mac,
      @Nullable String port,
      List<Cidr> allowedSources,
      boolean gateway,
      Set<VipId> sendsFromVip)
      implements Command {
    public NewNic(
        NetworkId networkId,
        @Nullable Ipv4Address address,
        @Nullable MacAddress mac,
        @Nullable String port,
        List<Cidr> allowedSources) {
      this(networkId, address, mac, port, allowedSources, false, Set.of());
    }
  }

  /** Fields left out stay as they are. */
  record UpdateNic(
      @Nullable MacAddress mac,
      @Nullable String port,
      @Nullable List<Cidr> allowedSources,
      @Nullable Boolean gateway,
      @Nullable Set<VipId> sendsFromVip)
      implements Command {}

  /** A name left out stays as it is. */
  record Rename(@Nullable String name) implements Command {
    String or(String old) {
      return name == null ? old : name;
    }
  }

  /** Fields left out stay as they are. */
  record UpdateVm(@Nullable String name, @Nullable VmState state) implements Command {}

  /**
   * A VIP to be made.
   *
   * @param address left out: HAVIP chooses one
   * @param floating the floating address that it is to have, if any
   */
  record CreateVip(
      String name,
      String remark,
      VipType type,
      VpcId vpcId,
      NetworkId networkId,
      @Nullable Ipv4Address address,
      @Nullable NewFloating floating,
      Bindings bindings)
      implements Command {
    public CreateVip(
        String name,
        String remark,
        VipType type,
        VpcId vpcId,
        NetworkId networkId,
        @Nullable Ipv4Address address,
        Bindings bindings) {
      this(name, remark, type, vpcId, networkId, address, null, bindings);
    }
  }

  /**
   * A floating address to be had.
   *
   * @param networkId an external network
   * @param address left out: HAVIP chooses one
   */
  record NewFloating(NetworkId networkId, @Nullable Ipv4Address address) implements Command {}

  /**
   * Another floating address.
   *
   * @param wanted left out: there is to be none
   */
  record ChangeFloating(@Nullable NewFloating wanted) implements Command {}

  /**
   * The whole set of VMs that are to be bound.
   *
   * @param vmac those of them that may use the VRID's MAC address; left out: those that may already
   */
  record Bindings(List<VmId> vmIds, @Nullable List<VmId> vmac) implements Command {
    public Bindings(List<VmId> vmIds) {
      this(vmIds, null);
    }
  }

  /**
   * A VM to be bound beside the others.
   *
   * @param vmac whether it may use the VRID's MAC address; left out: if it may already
   */
  record Bind(VmId vmId, @Nullable Boolean vmac) implements Command {}

  /**
   * Takes a VM's permission to use a VIP away for a while.
   *
   * @param seconds for how long from now on; 0 gives the permission back
   */
  record Fence(VmId vmId, int seconds) implements Command {}

  /**
   * Lets somebody in.
   *
   * @param account the name of the account to act for, made when there is none; the caller's own
   *     when absent
   */
  record CreateToken(String name, Role role, @Nullable String account, String tokenHash)
      implements Command {}

  /** Empty {@code kinds} stand for all. */
  record CreateWebhook(String name, WebhookUrl url, Set<EventKind> kinds) implements Command {}

  /** Fields left out stay as they are. */
  record UpdateWebhook(
      @Nullable String name,
      @Nullable WebhookUrl url,
      @Nullable Set<EventKind> kinds,
      @Nullable Boolean enabled)
      implements Command {}

  /**
   * Rehearses a failover.
   *
   * @param seconds how long the holder is cut off
   * @param targetMillis the longest outage that passes
   * @param force even if nobody could take over
   * @param wholePort left out: as far as the fabric can tell that its software is not VRRP
   */
  record Drill(int seconds, long targetMillis, boolean force, @Nullable Boolean wholePort)
      implements Command {}

  /** Fields left out stay as they are. */
  record UpdateVip(
      @Nullable String name, @Nullable String remark, @Nullable ChangeFloating floating)
      implements Command {
    public UpdateVip(@Nullable String name, @Nullable String remark) {
      this(name, remark, null);
    }
  }
}
