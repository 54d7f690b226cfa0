package io.havip.plan;

import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Floating;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VirtualRouter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may claim a VIP; with no members, nobody may.
 *
 * @param segment the number of the segment on which the address is
 * @param floating what is to be translated to the address, if anything is
 */
public record Grant(
    VipId id, int segment, Ipv4Address address, @Nullable Floating floating, List<Member> members) {
  public Grant {
    members = List.copyOf(members);
  }

  /** Without a floating address. */
  public Grant(VipId id, int segment, Ipv4Address address, List<Member> members) {
    this(id, segment, address, null, members);
  }

  /**
   * A bound VM.
   *
   * @param port its port on the VIP's segment
   * @param mac the MAC address of the NIC at that port
   * @param vrrpPort the port over which it may advertise the VIP; the same for an internal VIP
   * @param vmac what else it may do it with, if it may
   */
  public record Member(String port, MacAddress mac, String vrrpPort, @Nullable Vmac vmac) {
    /** Whether what came from this MAC address through this port came from the member. */
    public boolean isAt(String otherPort, MacAddress otherMac) {
      return port.equals(otherPort)
          && (mac.equals(otherMac) || (vmac != null && vmac.mac().equals(otherMac)));
    }
  }

  /**
   * The MAC address of a virtual router (RFC 9568, section 7.3), which its master uses beside its
   * own.
   *
   * @param advertisesFrom the address of the NIC over which it advertises
   */
  public record Vmac(MacAddress mac, Ipv4Address advertisesFrom) {}

  /**
   * What a VIP grants to those of its VMs that are not fenced; nothing at all when it is being
   * deleted, so that the fabric forgets it.
   *
   * @param network the VIP's network
   * @param router its virtual router, if it has one
   * @param nics finds the NICs of its bindings
   */
  public static Optional<Grant> of(
      Vip vip, Network network, Optional<VirtualRouter> router, Function<NicId, Nic> nics) {
    if (vip.state() == VipState.DELETING) {
      return Optional.empty();
    }
    List<Member> members =
        vip.bindings().stream()
            .filter(binding -> !binding.isFenced())
            .map(binding -> {
              Nic nic = nics.apply(binding.nicId());
              Nic vrrpNic = nics.apply(binding.vrrpNicId());
              Ipv4Address from = vrrpNic.address();
              Vmac vmac =
                  binding.vmac() && router.isPresent() && from != null
                      ? new Vmac(router.get().mac(), from)
                      : null;
              return new Member(nic.port(), nic.mac(), vrrpNic.port(), vmac);
            })
            .toList();
    return Optional.of(
        new Grant(vip.id(), network.segment(), vip.address(), vip.floating(), members));
  }
}
