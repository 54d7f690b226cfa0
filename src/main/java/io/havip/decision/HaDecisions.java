package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.vip.Binding;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Decides what the HA software in the VMs is told. */
public final class HaDecisions {
  /** What most examples of keepalived.conf say, and so what files that HAVIP did not make say. */
  private static final int VRID_OF_EXAMPLES = 51;

  private HaDecisions() {}

  /**
   * Makes the configuration of a VM that is bound to a VIP. It is about all VIPs of the VM, since
   * its HA software has one configuration. A VIP for which none was made before gets its VRID and
   * its password.
   *
   * @param interfaces what the VM calls its NICs on some of its networks; the others are eth0, eth1
   *     and so on, in the order of its NICs
   * @param hasVmac whether the VRIDs' MAC addresses will be used on the VIPs' networks
   */
  public static Decision<Node> configure(
      Snapshot snapshot,
      VipId id,
      VmId vmId,
      Map<NetworkId, String> interfaces,
      boolean hasVmac,
      Context context) {
    Vip asked = VipDecisions.own(snapshot, context, id);
    if (asked.binding(vmId).isEmpty()) {
      throw Refused.field(
          "vmId", ErrorCode.REFERENCE_NOT_FOUND, vmId + " is not bound to " + asked.name());
    }
    Vm vm = snapshot.vm(vmId).orElseThrow();
    checkInterfaces(vm, interfaces);
    if (hasVmac) {
      checkVmac(snapshot, vm);
    }
    List<Change> changes = new ArrayList<>();
    Set<Id> wakes = new HashSet<>();
    List<Membership> memberships = new ArrayList<>();
    Set<Taken> taken = new HashSet<>();
    for (Vip vip : snapshot.vipsOf(vmId)) {
      Optional<VirtualRouter> before = snapshot.virtualRouter(vip.id());
      VirtualRouter router =
          router(snapshot, vip, before, taken, hasVmac, context).configuring(vmId, vip.bindings());
      taken.add(new Taken(router.networkId(), router.vrid()));
      taken.add(new Taken(vip.networkId(), router.vrid()));
      if (!before.equals(Optional.of(router))) {
        changes.add(new Change.PutVirtualRouter(router));
        wakes.add(vip.id()); // the fabric knows the VRID's MAC address
      }
      memberships.add(membership(snapshot, vip, vm, router, interfaces));
    }
    return new Decision<>(changes, wakes, new Node(vm.id(), vm.name(), memberships));
  }

  /**
   * The virtual router that a VIP must have as soon as a VM may use its MAC address.
   *
   * @param vip as it is to be
   */
  static List<Change> routerOf(Snapshot snapshot, Vip vip, Context context) {
    if (vip.bindings().stream().noneMatch(Binding::vmac)) {
      return List.of();
    }
    Optional<VirtualRouter> before = snapshot.virtualRouter(vip.id());
    VirtualRouter router = router(snapshot, vip, before, Set.of(), true, context);
    return before.equals(Optional.of(router))
        ? List.of()
        : List.of(new Change.PutVirtualRouter(router));
  }

  private static void checkVmac(Snapshot snapshot, Vm vm) {
    for (Vip vip : snapshot.vipsOf(vm.id())) {
      if (!vip.binding(vm.id()).orElseThrow().vmac()) {
        throw Refused.field(
            "vmac",
            ErrorCode.INVALID_FIELD,
            vm.name()
                + " may not use the VRID's MAC address for "
                + vip.name()
                + "; bind it with vmac: true first");
      }
    }
  }

  private static void checkInterfaces(Vm vm, Map<NetworkId, String> interfaces) {
    for (NetworkId networkId : interfaces.keySet()) {
      if (vm.nicOn(networkId).isEmpty()) {
        throw Refused.field(
            "interface",
            ErrorCode.REFERENCE_NOT_FOUND,
            vm.name() + " has no NIC on " + networkId + "; name a network that it is on");
      }
    }
    List<String> names =
        vm.nics().stream().map(nic -> interfaceName(vm, nic.id(), interfaces)).toList();
    if (Set.copyOf(names).size() < names.size()) {
      throw Refused.field(
          "interface",
          ErrorCode.INVALID_FIELD,
          "two NICs of " + vm.name() + " would have one name; name each: " + names);
    }
  }

  /** A VRID that this decision has used on a network. */
  private record Taken(NetworkId networkId, int vrid) {}

  /**
   * The VIP's virtual router. Its VRID stays, unless all its VMs are on another subnet than before
   * and the VRID is another's there.
   */
  private static VirtualRouter router(
      Snapshot snapshot,
      Vip vip,
      Optional<VirtualRouter> before,
      Set<Taken> taken,
      boolean hasVmac,
      Context context) {
    NetworkId vrrpNetwork = vrrpNetwork(snapshot, vip);
    Set<Integer> used = used(snapshot, vip, vrrpNetwork, taken);
    Set<Integer> usedAtVip = used(snapshot, vip, vip.networkId(), taken);
    if (before.isEmpty()) {
      int vrid = vrid(snapshot, vip, vrrpNetwork, used, usedAtVip, hasVmac);
      return new VirtualRouter(vip.id(), vrrpNetwork, vrid, context.ids().authPass(), Map.of());
    }
    VirtualRouter router = before.orElseThrow();
    if (!router.networkId().equals(vrrpNetwork)) {
      int vrid =
          used.contains(router.vrid())
              ? vrid(snapshot, vip, vrrpNetwork, used, usedAtVip, hasVmac)
              : router.vrid();
      router =
          new VirtualRouter(vip.id(), vrrpNetwork, vrid, router.authPass(), router.configured());
    }
    if (hasVmac && usedAtVip.contains(router.vrid())) {
      throw exhausted(snapshot, vip.networkId());
    }
    return router;
  }

  private static Set<Integer> used(
      Snapshot snapshot, Vip vip, NetworkId networkId, Set<Taken> taken) {
    Set<Integer> used = new HashSet<>(snapshot.vrids(networkId, vip.id()));
    taken.stream()
        .filter(one -> one.networkId().equals(networkId))
        .forEach(one -> used.add(one.vrid()));
    return used;
  }

  /** Free where VRRP is talked, and if it can be, or must be, where the VIP is as well. */
  private static int vrid(
      Snapshot snapshot,
      Vip vip,
      NetworkId vrrpNetwork,
      Set<Integer> used,
      Set<Integer> usedAtVip,
      boolean hasVmac) {
    Set<Integer> usedAnywhere = new HashSet<>(used);
    usedAnywhere.addAll(usedAtVip);
    Optional<Integer> free = free(usedAnywhere);
    if (free.isEmpty() && !hasVmac) {
      free = free(used);
    }
    return free.orElseThrow(() ->
        exhausted(
            snapshot,
            hasVmac && used.size() < usedAnywhere.size() ? vip.networkId() : vrrpNetwork));
  }

  /** The one behind the highest that is in use, so that one which became free rests. */
  private static Optional<Integer> free(Set<Integer> used) {
    int highest = used.stream().max(Comparator.naturalOrder()).orElse(0);
    return IntStream.concat(
            IntStream.rangeClosed(highest + 1, VirtualRouter.VRID_MAX),
            IntStream.rangeClosed(VirtualRouter.VRID_MIN, VirtualRouter.VRID_MAX))
        .filter(vrid -> !used.contains(vrid))
        .boxed()
        .sorted(Comparator.comparing(vrid -> vrid == VRID_OF_EXAMPLES))
        .findFirst();
  }

  private static Refused exhausted(Snapshot snapshot, NetworkId networkId) {
    return Refused.of(
        ErrorCode.VRIDS_EXHAUSTED,
        "all 255 VRIDs are in use on "
            + snapshot.network(networkId).orElseThrow().name()
            + "; delete a VIP there that is not needed, or use another subnet");
  }

  private static NetworkId vrrpNetwork(Snapshot snapshot, Vip vip) {
    Binding any = vip.bindings().getFirst();
    return nic(snapshot.vm(any.vmId()).orElseThrow(), any.vrrpNicId()).networkId();
  }

  private static Membership membership(
      Snapshot snapshot, Vip vip, Vm vm, VirtualRouter router, Map<NetworkId, String> interfaces) {
    Network network = VipDecisions.networkOf(snapshot, vip);
    List<Member> members =
        vip.bindings().stream()
            .map(binding -> member(snapshot, binding))
            // By age, which is the same order for every VIP.
            .sorted(Comparator.comparing(member -> member.id().value()))
            .toList();
    Member self =
        members.stream().filter(member -> member.id().equals(vm.id())).findFirst().orElseThrow();
    Binding own = vip.binding(vm.id()).orElseThrow();
    return new Membership(
        vip.id(),
        vip.name(),
        vip.address(),
        network.cidr(),
        interfaceName(vm, own.nicId(), interfaces),
        switch (network) {
          case Subnet _ -> null;
          case ExternalNetwork external -> external.gateway();
        },
        interfaceName(vm, own.vrrpNicId(), interfaces),
        router.vrid(),
        router.authPass(),
        self,
        members);
  }

  private static Member member(Snapshot snapshot, Binding binding) {
    Vm vm = snapshot.vm(binding.vmId()).orElseThrow();
    // A NIC in a VPC always has an address.
    return new Member(
        vm.id(), vm.name(), Objects.requireNonNull(nic(vm, binding.vrrpNicId()).address()));
  }

  private static String interfaceName(Vm vm, NicId id, Map<NetworkId, String> interfaces) {
    Nic nic = nic(vm, id);
    return interfaces.getOrDefault(nic.networkId(), "eth" + vm.nics().indexOf(nic));
  }

  private static Nic nic(Vm vm, NicId id) {
    return vm.nic(id).orElseThrow();
  }
}
