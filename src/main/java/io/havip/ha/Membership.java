package io.havip.ha;

import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.vip.AuthPass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VM's part in a VIP.
 *
 * @param id of the VIP
 * @param vipName what people call the VIP
 * @param address the VIP
 * @param network the CIDR of the VIP's network
 * @param device the VM's interface on that network
 * @param uplink the gateway behind which others reach an external VIP; none for an internal one
 * @param vrrpDevice the VM's interface over which its HA software talks
 * @param vrid 1 to 255
 * @param self the VM, one of the members
 * @param members all bound VMs in an order that is the same for all VIPs of the same VMs; the first
 *     is preferred where nobody holds the VIP
 */
public record Membership(
    VipId id,
    String vipName,
    Ipv4Address address,
    Cidr network,
    String device,
    @Nullable Ipv4Address uplink,
    String vrrpDevice,
    int vrid,
    AuthPass authPass,
    Member self,
    List<Member> members) {
  public Membership {
    members = List.copyOf(members);
    if (!members.contains(self)) {
      throw new IllegalArgumentException(self.name() + " is no member of " + address);
    }
    if (members.stream().map(Member::address).distinct().count() != members.size()) {
      throw new IllegalArgumentException("the members' addresses must differ: " + members);
    }
  }

  public List<Member> peers() {
    return members.stream().filter(member -> !member.equals(self)).toList();
  }

  public List<VmId> memberIds() {
    return members.stream().map(Member::id).toList();
  }
}
