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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may claim a VIP; with no members, nobody may.
 *
 * @param segment the number of the segment on which the address is
 * @param vrids the VRIDs, 1 to 255, that HAVIP gave to the VIP: one, while it is replaced both the
 *     old and the new one, none before the first configuration was made
 * @param senders ports that may send IP packets from the address, and get unicast frames to it,
 *     without ever claiming it: LVS real servers
 * @param floating what is to be translated to the address, if anything is
 */
public record Grant(
    VipId id,
    int segment,
    Ipv4Address address,
    @Nullable Floating floating,
    List<Member> members,
    Set<Integer> vrids,
    List<Sender> senders) {
  public Grant {
    members = List.copyOf(members);
    vrids = Set.copyOf(vrids);
    senders = List.copyOf(senders);
  }

  /** Without VRIDs and LVS real servers. */
  public Grant(
      VipId id,
      int segment,
      Ipv4Address address,
      @Nullable Floating floating,
      List<Member> members) {
    this(id, segment, address, floating, members, Set.of(), List.of());
  }

  /** Without a floating address. */
  public Grant(VipId id, int segment, Ipv4Address address, List<Member> members) {
    this(id, segment, address, null, members);
  }

  /** The address, as all hosts of its segment are asked for it. */
  public AskedAddress asked() {
    return new AskedAddress(segment, address);
  }

  /**
   * An LVS real server.
   *
   * @param port its port on the VIP's segment
   * @param mac the MAC address of the NIC at that port
   */
  public record Sender(String port, MacAddress mac) {}

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
   * @param senders the NICs that may send from it, see {@link Nic#sendsFromVip}
   */
  public static Optional<Grant> of(
      Vip vip,
      Network network,
      Optional<VirtualRouter> router,
      Function<NicId, Nic> nics,
      Collection<Nic> senders) {
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
        new Grant(
            vip.id(),
            network.segment(),
            vip.address(),
            vip.floating(),
            members,
            router.map(VirtualRouter::vrids).orElse(Set.of()),
            senders.stream().map(nic -> new Sender(nic.port(), nic.mac())).toList()));
  }
}
