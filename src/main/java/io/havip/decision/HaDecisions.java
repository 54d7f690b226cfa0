package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.Event;
import io.havip.event.Happening;
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
import io.havip.net.MacAddress;
import io.havip.vip.AuthPass;
import io.havip.vip.Binding;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides what the HA software in the VMs is told. */
public final class HaDecisions {
  /** What most examples of keepalived.conf say, and so what files that HAVIP did not make say. */
  private static final int VRID_OF_EXAMPLES = 51;

  private HaDecisions() {}

  /**
   * Makes the configuration of a VM that is bound to a VIP. It is about all VIPs of the VM, since
   * its HA software has one configuration. VRIDs are not changed: they were given when VMs were
   * bound. HAVIP remembers which VMs the configuration names; nothing else changes, unless this was
   * the last bound VM that did not have a new VRID yet.
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
    for (Vip vip : snapshot.vipsOf(vmId)) {
      VirtualRouter before = routerFor(snapshot, vip, hasVmac);
      VirtualRouter router = before.configuring(vmId, vip.bindings());
      if (!before.equals(router)) {
        changes.add(new Change.PutVirtualRouter(router));
      }
      if (!before.vrids().equals(router.vrids())) {
        wakes.add(vip.id()); // the fabric knows the VRIDs
      }
      memberships.add(membership(snapshot, vip, vm, router, interfaces));
    }
    return new Decision<>(changes, wakes, new Node(vm.id(), vm.name(), memberships));
  }

  /** The virtual router that the VIP was given, if it fits where its VMs are. */
  private static VirtualRouter routerFor(Snapshot snapshot, Vip vip, boolean hasVmac) {
    NetworkId vrrpNetwork = vrrpNetwork(snapshot, vip);
    VirtualRouter router =
        snapshot
            .virtualRouter(vip.id())
            .filter(found -> found.networkId().equals(vrrpNetwork))
            .orElseThrow(() -> exhausted(snapshot, vrrpNetwork));
    if (hasVmac && taken(snapshot, vip.networkId(), vip.id()).contains(router.vrid())) {
      throw exhausted(snapshot, vip.networkId());
    }
    return router;
  }

  /**
   * The virtual router that a VIP gets when VMs are bound. Where all VRIDs are in use it gets none,
   * and its VMs no configuration; a binding with {@code vmac} is refused then.
   *
   * @param vip as it is to be
   */
  static List<Change> routerOf(Snapshot snapshot, Vip vip, Context context) {
    return routerOf(snapshot, vip, context.ids()::authPass);
  }

  /** Gives a VIP from before VRIDs were given with bindings what it is without. */
  public static Decision<Vip> giveRouter(Snapshot snapshot, Vip vip, Supplier<AuthPass> authPass) {
    List<Change> changes = routerOf(snapshot, vip, authPass);
    return new Decision<>(changes, changes.isEmpty() ? Set.of() : Set.of(vip.id()), vip);
  }

  private static List<Change> routerOf(Snapshot snapshot, Vip vip, Supplier<AuthPass> authPass) {
    if (vip.bindings().isEmpty()) {
      return List.of();
    }
    boolean hasVmac = vip.bindings().stream().anyMatch(Binding::vmac);
    Optional<VirtualRouter> before = snapshot.virtualRouter(vip.id());
    Optional<VirtualRouter> router = router(snapshot, vip, before, hasVmac, authPass);
    return router.isEmpty() || before.equals(router)
        ? List.of()
        : List.of(new Change.PutVirtualRouter(router.orElseThrow()));
  }

  /**
   * Gives other VRIDs to the VIPs whose VRID a router outside has, as the network's policy says.
   * Both VRIDs count until each bound VM was given a configuration with the new one.
   *
   * @param network with the new policy
   * @throws Refused with {@code VRIDS_EXHAUSTED} when no VRID is left for a VIP
   */
  static void leaveVridsOutside(
      Snapshot snapshot, Network network, Context context, List<Change> changes, Set<Id> wakes) {
    Set<Integer> outside = outside(snapshot, network);
    if (!leave(
        snapshot, network, outside, context.now(), context.caller().actor(), changes, wakes)) {
      throw exhausted(snapshot, network.id());
    }
  }

  /**
   * Takes notice of the routers outside a network, as they were seen at its trusted ports. VIPs
   * that have the VRID of one get another, if there is any: the fabric then takes its MAC address
   * from them at once.
   *
   * @param vrids all VRIDs, 1 to 255, that were heard
   * @param gatewayMac the gateway's MAC address; null where it was not seen
   */
  public static Decision<NetworkId> seenOutside(
      Snapshot snapshot,
      NetworkId id,
      Set<Integer> vrids,
      @Nullable MacAddress gatewayMac,
      Instant now) {
    Network network = snapshot.network(id).orElse(null);
    if (network == null) {
      return new Decision<>(List.of(), Set.of(), id);
    }
    Optional<MacAddress> learnt = snapshot.learntGatewayMac(id);
    Optional<MacAddress> mac = Optional.ofNullable(gatewayMac).or(() -> learnt);
    List<Change> changes = new ArrayList<>();
    if (!vrids.equals(snapshot.outsideVrids(id))) {
      changes.add(new Change.PutOutsideVrids(id, vrids));
    }
    if (!mac.equals(learnt)) {
      changes.add(new Change.PutLearntGatewayMac(id, mac.orElseThrow()));
    }
    Set<Id> wakes = new HashSet<>();
    if (!changes.isEmpty()) {
      Set<Integer> outside = outside(network, vrids, mac);
      boolean _ = leave(snapshot, network, outside, now, Event.SYSTEM, changes, wakes);
    }
    return new Decision<>(changes, wakes, id);
  }

  /** False when no VRID is left for a VIP, which then keeps its own. */
  private static boolean leave(
      Snapshot snapshot,
      Network network,
      Set<Integer> outside,
      Instant now,
      String actor,
      List<Change> changes,
      Set<Id> wakes) {
    boolean isEnough = true;
    Set<Integer> given = new HashSet<>(outside);
    for (Vip vip : outside.isEmpty() ? List.<Vip>of() : snapshot.vipsTalkingOn(network.id())) {
      VirtualRouter old = snapshot.virtualRouter(vip.id()).orElseThrow();
      if (!outside.contains(old.vrid()) || vip.bindings().isEmpty()) {
        continue; // without bindings it gets another with the next one
      }
      Set<Integer> used = taken(snapshot, old.networkId(), vip.id());
      Set<Integer> usedAtVip = taken(snapshot, vip.networkId(), vip.id());
      (old.networkId().equals(network.id()) ? used : usedAtVip).addAll(given);
      boolean hasVmac = vip.bindings().stream().anyMatch(Binding::vmac);
      Optional<Integer> vrid =
          vrid(snapshot, vip, old.networkId(), used, usedAtVip, false)
              .filter(found -> !given.contains(found))
              .filter(found -> !hasVmac || !usedAtVip.contains(found));
      if (vrid.isPresent()) {
        given.add(vrid.orElseThrow());
        changes.add(new Change.PutVirtualRouter(old.moved(old.networkId(), vrid.orElseThrow())));
        Happening what = new Happening.VridChanged(old.vrid(), vrid.orElseThrow());
        changes.add(VipDecisions.record(vip, now, actor, what));
        wakes.add(vip.id());
      } else {
        isEnough &= !hasVmac && !old.networkId().equals(network.id());
      }
    }
    return isEnough;
  }

  /** The VRIDs that a VIP cannot get on a network: other VIPs' and those of routers outside. */
  private static Set<Integer> taken(Snapshot snapshot, NetworkId id, VipId except) {
    Set<Integer> taken = new HashSet<>(snapshot.vrids(id, except));
    taken.addAll(outside(snapshot, snapshot.network(id).orElseThrow()));
    return taken;
  }

  /**
   * The VRIDs that the policy reserves, those that routers outside were heard to use, and the one
   * whose MAC address is the gateway's.
   */
  private static Set<Integer> outside(Snapshot snapshot, Network network) {
    NetworkId id = network.id();
    return outside(network, snapshot.outsideVrids(id), snapshot.learntGatewayMac(id));
  }

  private static Set<Integer> outside(
      Network network, Set<Integer> heard, Optional<MacAddress> learnt) {
    Set<Integer> outside = new HashSet<>(network.policy().reservedVrids());
    outside.addAll(heard);
    Stream.concat(Stream.ofNullable(network.policy().gatewayMac()), learnt.stream())
        .flatMap(mac -> VirtualRouter.vridOf(mac).stream())
        .forEach(outside::add);
    return outside;
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

  /**
   * The VIP's virtual router. Its VRID stays, unless it is another VIP's on the subnet where its
   * VMs are now, or a router's outside. Without a free VRID it stays as it was.
   */
  private static Optional<VirtualRouter> router(
      Snapshot snapshot,
      Vip vip,
      Optional<VirtualRouter> before,
      boolean hasVmac,
      Supplier<AuthPass> authPass) {
    NetworkId vrrpNetwork = vrrpNetwork(snapshot, vip);
    Set<Integer> used = taken(snapshot, vrrpNetwork, vip.id());
    Set<Integer> usedAtVip = taken(snapshot, vip.networkId(), vip.id());
    Optional<VirtualRouter> router = before;
    if (before.isEmpty()) {
      router =
          vrid(snapshot, vip, vrrpNetwork, used, usedAtVip, hasVmac)
              .map(
                  vrid -> new VirtualRouter(vip.id(), vrrpNetwork, vrid, authPass.get(), Map.of()));
    } else {
      VirtualRouter old = before.orElseThrow();
      boolean isTaken =
          used.contains(old.vrid())
              || outside(snapshot, snapshot.network(vip.networkId()).orElseThrow())
                  .contains(old.vrid());
      Optional<Integer> vrid =
          isTaken
              ? vrid(snapshot, vip, vrrpNetwork, used, usedAtVip, hasVmac)
              : Optional.of(old.vrid());
      router = vrid.map(found -> old.moved(vrrpNetwork, found)).or(() -> before);
    }
    if (hasVmac && router.filter(it -> usedAtVip.contains(it.vrid())).isPresent()) {
      throw exhausted(snapshot, vip.networkId());
    }
    return router;
  }

  /**
   * Free where VRRP is talked, and if it can be, or must be, where the VIP is as well; nothing when
   * none is.
   *
   * @throws Refused when a VRID's MAC address is needed and none is free
   */
  private static Optional<Integer> vrid(
      Snapshot snapshot,
      Vip vip,
      NetworkId vrrpNetwork,
      Set<Integer> used,
      Set<Integer> usedAtVip,
      boolean hasVmac) {
    Set<Integer> usedAnywhere = new HashSet<>(used);
    usedAnywhere.addAll(usedAtVip);
    Set<Integer> ofVips = new HashSet<>(snapshot.vrids(vrrpNetwork, vip.id()));
    ofVips.addAll(snapshot.vrids(vip.networkId(), vip.id()));
    int highest = ofVips.stream().max(Comparator.naturalOrder()).orElse(0);
    Optional<Integer> free = free(usedAnywhere, highest);
    if (free.isEmpty() && hasVmac) {
      throw exhausted(snapshot, used.size() < usedAnywhere.size() ? vip.networkId() : vrrpNetwork);
    }
    return free.or(() -> free(used, highest));
  }

  /** The one behind the highest that a VIP has, so that one which became free rests. */
  private static Optional<Integer> free(Set<Integer> used, int highest) {
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
        "all 255 VRIDs are in use or reserved on "
            + snapshot.network(networkId).orElseThrow().name()
            + "; reserve fewer (reservedVrids), delete a VIP there that is not needed and bind the VMs"
            + " again, or use another subnet");
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
