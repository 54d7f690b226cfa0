package io.havip.inventory;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A VM's interface on a network.
 *
 * @param address its own address; on an external network it need not have one
 * @param port the fabric's end of it: a tap or veth (at most 15 characters), an OVN logical port
 * @param allowedSources what else it may send from: everything a router VM forwards, an LVS address
 * @param gateway whether the VM is a router of the network: it may use the gateway's address and
 *     forward from any source but VIPs and other NICs' addresses
 * @param sendsFromVip VIPs from whose addresses the VM may answer without ever claiming them: an
 *     LVS real server (direct routing)
 * @param madeByBinding whether binding the VM to an external VIP made it; then it goes with the
 *     last such binding
 */
public record Nic(
    NicId id,
    VmId vmId,
    NetworkId networkId,
    @Nullable Ipv4Address address,
    MacAddress mac,
    String port,
    List<Cidr> allowedSources,
    boolean gateway,
    Set<VipId> sendsFromVip,
    boolean madeByBinding) {
  public Nic {
    allowedSources = List.copyOf(allowedSources);
    sendsFromVip = Set.copyOf(sendsFromVip);
  }

  /** The same NIC with other settings; its network and address stay. */
  public Nic with(
      MacAddress newMac,
      String newPort,
      List<Cidr> newSources,
      boolean newGateway,
      Set<VipId> newSendsFromVip) {
    return new Nic(
        id,
        vmId,
        networkId,
        address,
        newMac,
        newPort,
        newSources,
        newGateway,
        newSendsFromVip,
        madeByBinding);
  }

  /** The same NIC as long as it may not use its address. */
  public Nic withoutAddress() {
    return new Nic(
        id, vmId, networkId, null, mac, port, allowedSources, gateway, sendsFromVip, madeByBinding);
  }

  /** A NIC that is neither a router's nor an LVS real server's. */
  public Nic(
      NicId id,
      VmId vmId,
      NetworkId networkId,
      @Nullable Ipv4Address address,
      MacAddress mac,
      String port,
      List<Cidr> allowedSources,
      boolean madeByBinding) {
    this(id, vmId, networkId, address, mac, port, allowedSources, false, Set.of(), madeByBinding);
  }
}
