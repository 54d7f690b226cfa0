package io.havip.ha;

import io.havip.id.VipId;
import io.havip.id.VmId;
import java.util.List;

/**
 * A VM as its HA software is to know it.
 *
 * @param name what people call the VM
 * @param memberships one for each VIP that it is bound to, at least one
 */
public record Node(VmId id, String name, List<Membership> memberships) {
  public Node {
    memberships = List.copyOf(memberships);
    if (memberships.isEmpty()) {
      throw new IllegalArgumentException(name + " is bound to no VIP");
    }
  }

  /**
   * The memberships in a VIP and in the others of exactly the same VMs: what one cluster can run.
   *
   * @param vipId a VIP of this node
   */
  public List<Membership> cluster(VipId vipId) {
    List<VmId> vmIds =
        memberships.stream()
            .filter(vip -> vip.id().equals(vipId))
            .findFirst()
            .orElseThrow()
            .memberIds();
    return memberships.stream().filter(vip -> vip.memberIds().equals(vmIds)).toList();
  }
}
