package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.event.Event;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Floating;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is true of every world, and of every step from one world to the next, whatever was asked
 * for. Each rule says it again in its own words and shares no code with the decisions.
 */
public final class Invariants {
  private Invariants() {}

  /** A rule and a way to find what breaks it. */
  private record Rule(String says, Function<World, Stream<?>> offenders) {}

  private static List<Rule> rulesOfAWorld(Limits limits) {
    return List.of(
        new Rule("a name has 1 to 128 characters", Invariants::badNames),
        new Rule("a remark has at most 255 characters", Invariants::badRemarks),
        new Rule(
            "a VPC's subnets are inside it, of its account, and apart", Invariants::badSubnets),
        new Rule("each network has a segment of its own", Invariants::sharedSegments),
        new Rule("a VM is of its VPC's account", Invariants::strayVms),
        new Rule(
            "a VIP is of its VPC's account, on a subnet of the VPC or an external network",
            Invariants::strayVips),
        new Rule("NICs and VIPs are on assignable addresses only", Invariants::badAddresses),
        new Rule(
            "one address is one reservation, and it is the NIC's or VIP's that has it",
            Invariants::unmatchedReservations),
        new Rule("a VM has one NIC per network", Invariants::doubleNics),
        new Rule("a NIC on a subnet has an address, and is in its VM's VPC", Invariants::strayNics),
        new Rule("ports are named once, MAC addresses once a network", Invariants::sharedPorts),
        new Rule(
            "at most so many VMs are bound to a VIP",
            world ->
                world.vips().stream().filter(vip -> vip.bindings().size() > limits.vmsPerVip())),
        new Rule(
            "a VM is bound to at most so many VIPs, internal and external together",
            world ->
                world.vms().stream()
                    .filter(vm -> world.vipsOf(vm.id()).size() > limits.vipsPerVm())),
        new Rule("a VM is bound to a VIP once", Invariants::doubleBindings),
        new Rule(
            "a bound VM is in the VIP's VPC and has the binding's NIC on the VIP's network",
            world -> bindings(world).filter(bound -> !bound.isAtHome())),
        new Rule(
            "the VRRP NIC is the NIC on the VIP's subnet, or for an external VIP the first in the"
                + " VPC",
            world -> bindings(world).filter(bound -> !bound.hasRightVrrpNic())),
        new Rule("a VIP's VRRP NICs share a subnet", Invariants::scatteredVrrp),
        new Rule(
            "a NIC that a binding made has no address, is on an external network, and is there"
                + " exactly as long as a VIP on it binds the VM",
            Invariants::orphanedNics),
        new Rule("nobody is bound to a VIP that is being deleted", Invariants::boundWhileDeleting),
        new Rule("state, failure, generations and version agree", Invariants::contradictions),
        new Rule(
            "a NIC sends from VIPs of its account on its network, to which its VM is not bound",
            Invariants::straySenders),
        new Rule("a VRID is had once on the subnet where it is used", Invariants::sharedVrids),
        new Rule(
            "NICs, VIPs and floating addresses on an external network are of accounts that may use"
                + " it",
            Invariants::withoutGrant));
  }

  /** Checks a world, and the step that led to it. */
  static void check(World before, Decision<?> decision, World after, Limits limits) {
    checkWorld(after, limits);
    checkStep(before, after);
    checkDecision(before, decision, after);
  }

  public static void checkWorld(World world, Limits limits) {
    for (Rule rule : rulesOfAWorld(limits)) {
      assertThat(rule.offenders().apply(world)).as(rule.says()).isEmpty();
    }
  }

  /** Each VIP is what it was, a step further, or gone when it might go. */
  private static void checkStep(World before, World after) {
    for (Vip old : before.vips()) {
      if (after.vip(old.id()).isEmpty()) {
        assertThat(old.state()).as("only a deleted VIP goes").isEqualTo(VipState.DELETING);
        continue;
      }
      Vip vip = after.vip(old.id()).orElseThrow();
      assertThat(identity(vip)).as("what a VIP is never changes").isEqualTo(identity(old));
      boolean described =
          !(vip.name() + "\n" + vip.remark()).equals(old.name() + "\n" + old.remark());
      boolean rebound = !vip.bindings().equals(old.bindings());
      boolean askedToGo = vip.state() == VipState.DELETING && old.state() != VipState.DELETING;
      boolean floated = !Objects.equals(vip.floating(), old.floating());
      boolean retried = vip.generation() > old.generation() && !rebound && !floated && !askedToGo;
      assertThat(vip.generation() - old.generation())
          .as("a generation for every change that the fabric must realise, and no other")
          .isEqualTo(rebound || floated || askedToGo || retried ? 1 : 0);
      assertThat(!retried || old.state() == VipState.FAILED)
          .as("only what failed is tried again")
          .isTrue();
      assertThat(vip.version() - old.version())
          .as("a version for every change that people make, and no other")
          .isEqualTo(described || vip.generation() > old.generation() ? 1 : 0);
      assertThat(vip.observedGeneration())
          .as("what was realised was realised")
          .isGreaterThanOrEqualTo(old.observedGeneration());
      assertThat(old.state() != VipState.DELETING || vip.state() == VipState.DELETING)
          .as("deletion is final")
          .isTrue();
      if (vip.version() > old.version()) {
        assertThat(newEvents(before, after).map(Event::vipId))
            .as("a change of a VIP is in its history")
            .contains(vip.id());
        assertThat(vip.updatedAt()).isAfter(old.updatedAt());
      } else {
        assertThat(vip.updatedAt()).isEqualTo(old.updatedAt());
      }
    }
    checkVirtualRouters(before, after);
    for (Event event : newEvents(before, after).toList()) {
      VipId id = Objects.requireNonNull(event.vipId());
      Vip vip = after.vip(id).or(() -> before.vip(id)).orElseThrow();
      assertThat(event.accountId())
          .as("history belongs to the VIP's account")
          .isEqualTo(vip.accountId());
    }
  }

  private static void checkDecision(World before, Decision<?> decision, World after) {
    if (decision.changes().isEmpty()) {
      assertThat(decision.wakes()).as("nothing changed, nobody is woken").isEmpty();
    }
    Set<Id> touched = new HashSet<>();
    after.vips().stream()
        .filter(vip ->
            before.vip(vip.id()).map(old -> old.generation() < vip.generation()).orElse(true))
        .forEach(vip -> touched.add(vip.id()));
    touched.addAll(difference(withoutSenders(before), withoutSenders(after), Nic::id));
    for (Vip vip : after.vips()) {
      if (!sendersOf(before, vip).equals(sendersOf(after, vip))) {
        touched.add(vip.id());
      }
    }
    touched.addAll(
        difference(
            before.networks().stream().map(Network::id).toList(),
            after.networks().stream().map(Network::id).toList(),
            id -> id));
    assertThat(decision.wakes()).as("what the fabric must look at again").containsAll(touched);
    switch (decision.answer()) {
      case Vip vip -> assertThat(after.vip(vip.id()).orElse(vip)).as("the answer").isEqualTo(vip);
      case Vm vm -> assertThat(after.vm(vm.id()).orElse(vm)).as("the answer").isEqualTo(vm);
      case Vpc vpc -> assertThat(after.vpc(vpc.id()).orElse(vpc)).as("the answer").isEqualTo(vpc);
      case Network net ->
          assertThat(after.network(net.id()).orElse(net)).as("the answer").isEqualTo(net);
      case Node node -> checkConfiguration(after, node);
      default -> throw new AssertionError("an answer of an unknown kind: " + decision.answer());
    }
  }

  /** It is about all VIPs of the VM, and they all know that. */
  private static void checkConfiguration(World after, Node node) {
    List<Vip> vips = after.vipsOf(node.id());
    assertThat(node.memberships().stream().map(Membership::address).sorted())
        .as("a configuration is about every VIP of the VM")
        .isEqualTo(vips.stream().map(Vip::address).sorted().toList());
    for (Vip vip : vips) {
      VirtualRouter router = after.virtualRouter(vip.id()).orElseThrow();
      assertThat(router.configurationOf(node.id(), vip.bindings()))
          .as("what was just made is current")
          .isEqualTo(VirtualRouter.Configuration.CURRENT);
      for (Binding binding : vip.bindings()) {
        Nic nic = after.vm(binding.vmId()).orElseThrow().nic(binding.vrrpNicId()).orElseThrow();
        assertThat(router.networkId())
            .as("the VRID is had where VRRP is talked")
            .isEqualTo(nic.networkId());
      }
    }
    for (Membership one : node.memberships()) {
      for (Membership other : node.memberships()) {
        if (Set.copyOf(one.memberIds()).equals(Set.copyOf(other.memberIds()))) {
          assertThat(one.memberIds())
              .as("VIPs of the same VMs prefer them in the same order")
              .isEqualTo(other.memberIds());
        }
      }
    }
  }

  /** The VRIDs of routers outside HAVIP: reserved, heard, or the gateway's by its MAC address. */
  private static Set<Integer> outside(World world, NetworkId id) {
    NetworkPolicy policy =
        world.network(id).map(Network::policy).orElse(NetworkPolicy.DEFAULT); // of a deleted one
    Set<Integer> outside = new HashSet<>(policy.reservedVrids());
    outside.addAll(world.outsideVrids(id));
    Stream.concat(Stream.ofNullable(policy.gatewayMac()), world.learntGatewayMac(id).stream())
        .map(MacAddress::toString)
        .filter(mac -> mac.startsWith("00:00:5e:00:01:"))
        .forEach(mac -> outside.add(Integer.parseInt(mac.substring(15), 16)));
    return outside;
  }

  private static void checkVirtualRouters(World before, World after) {
    for (VirtualRouter old : before.virtualRouters()) {
      if (after.vip(old.vipId()).isPresent()) {
        VirtualRouter router = after.virtualRouter(old.vipId()).orElseThrow();
        assertThat(router.authPass()).as("a VIP keeps its password").isEqualTo(old.authPass());
        NetworkId vips = after.vip(old.vipId()).orElseThrow().networkId();
        Set<Integer> outside = new HashSet<>(outside(after, router.networkId()));
        outside.addAll(outside(after, vips));
        assertThat(
                router.vrid() == old.vrid()
                    || !router.networkId().equals(old.networkId())
                    || outside.contains(old.vrid()))
            .as("a VIP keeps its VRID while its VMs stay on their subnet and no router has it")
            .isTrue();
        assertThat(router.vrid() == old.vrid() || !outside.contains(router.vrid()))
            .as("no VIP gets the VRID of a router outside")
            .isTrue();
      }
    }
  }

  /**
   * A caller touches only what belongs to its account; external networks are the administrator's.
   */
  static void checkIsolation(World before, World after, Caller caller) {
    Set<Object> touched = new HashSet<>();
    touched.addAll(difference(before.vpcs(), after.vpcs(), Vpc::accountId));
    touched.addAll(difference(before.subnets(), after.subnets(), Subnet::accountId));
    if (caller.role() == Role.ADMIN) {
      // An administrator changes any account's VMs, and with them only who is bound.
      touched.addAll(difference(unbound(before), unbound(after), List::getLast));
    } else {
      touched.addAll(difference(withoutSendersOf(before), withoutSendersOf(after), Vm::accountId));
      touched.addAll(difference(before.vips(), after.vips(), Vip::accountId));
      checkJoinedNetworks(before, after);
      checkPolicies(before, after);
    }
    checkMacs(before, after);
    touched.remove(caller.accountId());
    assertThat(touched).as("accounts touched by " + caller.actor() + " besides its own").isEmpty();
    if (caller.role() != Role.ADMIN) {
      assertThat(externals(after)).as("external networks").isEqualTo(externals(before));
    }
    assertThat(newEvents(before, after).map(Event::actor))
        .as("history names who did it")
        .allMatch(caller.actor()::equals);
  }

  /** A member sets no policy of a joined network, and lets other traffic pass nowhere. */
  private static void checkPolicies(World before, World after) {
    for (Network network : after.networks()) {
      NetworkPolicy old =
          before.network(network.id()).map(Network::policy).orElse(NetworkPolicy.DEFAULT);
      if (network.isJoined()) {
        assertThat(network.policy()).as("a joined network's policy").isEqualTo(old);
      }
      assertThat(network.policy().otherTraffic()).as("IPv6").isEqualTo(old.otherTraffic());
    }
  }

  private static List<List<Object>> unbound(World world) {
    return world.vips().stream()
        .map(vip -> List.<Object>of(vip.id(), vip.name(), vip.remark(), vip.accountId()))
        .toList();
  }

  private static List<Nic> withoutSenders(World world) {
    return world.nics().stream().map(Invariants::withoutSenders).toList();
  }

  private static Nic withoutSenders(Nic nic) {
    return nic.with(nic.mac(), nic.port(), nic.allowedSources(), nic.gateway(), Set.of());
  }

  /** The VMs without what a VIP takes along when it goes. */
  private static List<Vm> withoutSendersOf(World world) {
    return world.vms().stream()
        .map(vm -> {
          Vm bare = vm;
          for (Nic nic : vm.nics()) {
            bare = bare.replacing(withoutSenders(nic));
          }
          return bare;
        })
        .toList();
  }

  private static Set<Object> sendersOf(World world, Vip vip) {
    return world.nics().stream()
        .filter(nic -> nic.sendsFromVip().contains(vip.id()))
        .map(nic -> List.of(nic.id(), nic.port(), nic.mac()))
        .collect(Collectors.toSet());
  }

  /** On joined networks a member chooses nothing that changes how others' packets are judged. */
  private static void checkJoinedNetworks(World before, World after) {
    for (Nic nic : after.nics()) {
      if (!isJoined(after, nic)) {
        continue;
      }
      Nic old =
          before.nics().stream().filter(it -> it.id().equals(nic.id())).findFirst().orElse(null);
      if (old == null) {
        assertThat(nic.mac().toString())
            .as("a MAC address that a member got on a joined network is HAVIP's choice")
            .isEqualTo(madeFrom(nic.id().value()));
        assertThat(nic.allowedSources()).as("sources on a joined network").isEmpty();
        assertThat(nic.gateway()).as("a gateway on a joined network").isFalse();
      } else {
        assertThat(withoutSenders(nic))
            .as("a NIC that a member changed on a joined network")
            .isEqualTo(withoutSenders(old));
      }
    }
    for (Vip vip : after.vips()) {
      if (isJoined(after.network(vip.networkId()).orElseThrow())) {
        assertThat(vmac(before.vip(vip.id()).stream()))
            .as("vmac that a member permitted on a joined network")
            .containsAll(vmac(Stream.of(vip)));
      }
    }
  }

  private static List<Object> vmac(Stream<Vip> vip) {
    return vip.flatMap(it -> it.bindings().stream())
        .filter(Binding::vmac)
        .<Object>map(Binding::vmId)
        .toList();
  }

  private static boolean isJoined(World world, Nic nic) {
    return isJoined(world.network(nic.networkId()).orElseThrow());
  }

  private static boolean isJoined(Network network) {
    return network instanceof ExternalNetwork
        || network.uplink() != null
        || network.logicalSwitch() != null;
  }

  /** 02, and the last eight characters of the id, five bits each. */
  private static String madeFrom(String id) {
    StringBuilder bits = new StringBuilder();
    for (char c : id.substring(id.length() - 8).toCharArray()) {
      int digit = "0123456789abcdefghjkmnpqrstvwxyz".indexOf(c);
      bits.append(Integer.toBinaryString(32 + digit), 1, 6);
    }
    StringBuilder mac = new StringBuilder("02");
    for (int i = 0; i < 40; i += 8) {
      mac.append(":%02x".formatted(Integer.parseInt(bits.substring(i, i + 8), 2)));
    }
    return mac.toString();
  }

  /** A MAC address that a NIC gets is a station's own, whoever asks for it. */
  private static void checkMacs(World before, World after) {
    for (Nic nic : after.nics()) {
      boolean isNew =
          before.nics().stream()
              .noneMatch(old ->
                  old.id().equals(nic.id())
                      && old.mac().equals(nic.mac())
                      && (!old.gateway() || nic.gateway()));
      if (isNew) {
        String mac = nic.mac().toString();
        assertThat(mac)
            .as("a NIC's MAC address")
            .doesNotStartWith("00:00:5e:00:01:")
            .doesNotStartWith("00:00:5e:00:02:")
            .isNotEqualTo("0a:68:61:76:69:70");
        Network network = after.network(nic.networkId()).orElseThrow();
        assertThat(
                nic.gateway()
                    || (!nic.mac().equals(network.policy().gatewayMac())
                        && !after.learntGatewayMac(network.id()).equals(Optional.of(nic.mac()))))
            .as("only a router VM gets the gateway's MAC address " + mac)
            .isTrue();
      }
    }
  }

  private static Stream<Nic> straySenders(World world) {
    return world.nics().stream()
        .filter(nic ->
            nic.sendsFromVip().stream()
                .map(id -> world.vip(id).orElseThrow())
                .anyMatch(vip ->
                    !vip.networkId().equals(nic.networkId())
                        || vip.vmIds().contains(nic.vmId())
                        || !vip.accountId()
                            .equals(world.vm(nic.vmId()).orElseThrow().accountId())));
  }

  private static Stream<Object> withoutGrant(World world) {
    Stream<Object> nics =
        world.nics().stream()
            .filter(nic ->
                !isGranted(world, nic.networkId(), world.vm(nic.vmId()).orElseThrow().accountId()))
            .map(nic -> nic);
    Stream<Object> vips =
        world.vips().stream()
            .filter(vip ->
                !isGranted(world, vip.networkId(), vip.accountId())
                    || (vip.floating() != null
                        && !isGranted(world, vip.floating().networkId(), vip.accountId())))
            .map(vip -> vip);
    return Stream.concat(nics, vips);
  }

  private static boolean isGranted(World world, NetworkId id, AccountId account) {
    return !(world.network(id).orElseThrow() instanceof ExternalNetwork external)
        || external.sharing().shared()
        || external.sharing().accounts().contains(account);
  }

  private static List<Network> externals(World world) {
    return world.networks().stream().filter(ExternalNetwork.class::isInstance).toList();
  }

  private static Stream<Event> newEvents(World before, World after) {
    return after.events().stream().skip(before.events().size());
  }

  private static <T, K> Set<K> difference(
      Collection<T> before, Collection<T> after, Function<T, K> key) {
    Set<T> old = Set.copyOf(before);
    Set<T> now = Set.copyOf(after);
    return Stream.concat(
            before.stream().filter(it -> !now.contains(it)),
            after.stream().filter(it -> !old.contains(it)))
        .map(key)
        .collect(Collectors.toSet());
  }

  private static List<Object> identity(Vip vip) {
    return List.of(
        vip.accountId(), vip.type(), vip.vpcId(), vip.networkId(), vip.address(), vip.createdAt());
  }

  private static Stream<String> badNames(World world) {
    return Stream.of(
            world.vpcs().stream().map(Vpc::name),
            world.networks().stream().map(Network::name),
            world.vms().stream().map(Vm::name),
            world.vips().stream().map(Vip::name))
        .flatMap(names -> names)
        .filter(name -> name.isBlank() || characters(name) > 128);
  }

  private static Stream<Vip> badRemarks(World world) {
    return world.vips().stream().filter(vip -> characters(vip.remark()) > 255);
  }

  private static long characters(String text) {
    return text.codePoints().count();
  }

  private static Stream<Subnet> badSubnets(World world) {
    return world.subnets().stream()
        .filter(subnet -> {
          Vpc vpc = world.vpc(subnet.vpcId()).orElseThrow();
          return !subnet.accountId().equals(vpc.accountId())
              || !vpc.cidr().contains(subnet.cidr().network())
              || !vpc.cidr().contains(subnet.cidr().broadcast())
              || world.subnets().stream()
                  .filter(other -> !other.id().equals(subnet.id()))
                  .filter(other -> other.vpcId().equals(vpc.id()))
                  .anyMatch(other -> other.cidr().contains(subnet.cidr().network()));
        });
  }

  private static Stream<Integer> sharedSegments(World world) {
    return repeated(world.networks().stream().map(Network::segment));
  }

  private static Stream<Vm> strayVms(World world) {
    return world.vms().stream()
        .filter(vm -> !vm.accountId().equals(world.vpc(vm.vpcId()).orElseThrow().accountId()));
  }

  private static Stream<Vip> strayVips(World world) {
    return world.vips().stream()
        .filter(vip -> {
          AccountId owner = world.vpc(vip.vpcId()).orElseThrow().accountId();
          boolean onRightNetwork =
              switch (world.network(vip.networkId()).orElseThrow()) {
                case Subnet subnet ->
                    vip.type() == VipType.INTERNAL && subnet.vpcId().equals(vip.vpcId());
                case ExternalNetwork _ -> vip.type() == VipType.EXTERNAL;
              };
          return !vip.accountId().equals(owner) || !onRightNetwork;
        });
  }

  private static Stream<Reservation> addressesInUse(World world) {
    return Stream.concat(
        world.vips().stream().flatMap(Invariants::addressesOf),
        world.nics().stream()
            .flatMap(nic -> {
              Ipv4Address address = nic.address();
              return address == null
                  ? Stream.empty()
                  : Stream.of(new Reservation(nic.networkId(), address, nic.id()));
            }));
  }

  private static Stream<Reservation> addressesOf(Vip vip) {
    Stream<Reservation> own = Stream.of(new Reservation(vip.networkId(), vip.address(), vip.id()));
    Floating floating = vip.floating();
    return floating == null
        ? own
        : Stream.concat(
            own, Stream.of(new Reservation(floating.networkId(), floating.address(), vip.id())));
  }

  private static Stream<Reservation> badAddresses(World world) {
    return addressesInUse(world)
        .filter(used -> {
          Network network = world.network(used.networkId()).orElseThrow();
          long address = used.address().toLong();
          long lowest = network.cidr().network().toLong();
          long highest = lowest + (1L << (32 - network.cidr().prefixLength())) - 1;
          return address <= lowest
              || address >= highest
              || (used.address().equals(network.gateway())
                  && world.nics().stream()
                      .noneMatch(nic -> nic.id().equals(used.holder()) && nic.gateway()))
              || network.reserved().stream()
                  .anyMatch(range ->
                      range.first().toLong() <= address && address <= range.last().toLong());
        });
  }

  private static Stream<?> unmatchedReservations(World world) {
    List<Reservation> used = new ArrayList<>(addressesInUse(world).toList());
    List<Reservation> reserved = new ArrayList<>(world.reservations());
    Stream<?> shared =
        repeated(used.stream().map(taken -> List.of(taken.networkId(), taken.address())));
    return Stream.concat(
        shared,
        Stream.concat(
            used.stream().filter(it -> !reserved.contains(it)),
            reserved.stream().filter(it -> !used.contains(it))));
  }

  private static Stream<?> doubleNics(World world) {
    return repeated(world.nics().stream().map(nic -> List.of(nic.vmId(), nic.networkId())));
  }

  private static Stream<Nic> strayNics(World world) {
    return world.nics().stream()
        .filter(nic ->
            world.network(nic.networkId()).orElseThrow() instanceof Subnet subnet
                && (nic.address() == null
                    || !subnet.vpcId().equals(world.vm(nic.vmId()).orElseThrow().vpcId())));
  }

  private static Stream<?> sharedPorts(World world) {
    return Stream.concat(
        repeated(world.nics().stream().map(Nic::port)),
        repeated(world.nics().stream().map(nic -> List.of(nic.networkId(), nic.mac()))));
  }

  private static Stream<Vip> doubleBindings(World world) {
    return world.vips().stream()
        .filter(vip -> Set.copyOf(vip.vmIds()).size() < vip.bindings().size());
  }

  /** A binding with everything that it is about. */
  private record Bound(World world, Vip vip, Binding binding, Vm vm) {
    boolean isAtHome() {
      return vm.vpcId().equals(vip.vpcId())
          && vm.accountId().equals(vip.accountId())
          && vm.nicOn(vip.networkId()).map(Nic::id).filter(binding.nicId()::equals).isPresent();
    }

    boolean hasRightVrrpNic() {
      return switch (vip.type()) {
        case INTERNAL -> binding.vrrpNicId().equals(binding.nicId());
        case EXTERNAL ->
            vm.nics().stream()
                .filter(nic -> world.network(nic.networkId()).orElseThrow() instanceof Subnet)
                .findFirst()
                .filter(nic -> nic.id().equals(binding.vrrpNicId()))
                .isPresent();
      };
    }
  }

  private static Stream<Bound> bindings(World world) {
    return world.vips().stream()
        .flatMap(vip ->
            vip.bindings().stream()
                .map(binding ->
                    new Bound(world, vip, binding, world.vm(binding.vmId()).orElseThrow())));
  }

  private static Stream<Vip> scatteredVrrp(World world) {
    return world.vips().stream()
        .filter(vip ->
            vip.bindings().stream()
                    .map(binding -> world.vm(binding.vmId()).orElseThrow().nic(binding.vrrpNicId()))
                    .map(nic -> nic.orElseThrow().networkId())
                    .distinct()
                    .count()
                > 1);
  }

  private static Stream<Nic> orphanedNics(World world) {
    return world.nics().stream()
        .filter(Nic::madeByBinding)
        .filter(nic ->
            nic.address() != null
                || world.network(nic.networkId()).orElseThrow() instanceof Subnet
                || world.vipsOf(nic.vmId()).stream()
                    .noneMatch(vip -> vip.networkId().equals(nic.networkId())));
  }

  private static Stream<Vip> boundWhileDeleting(World world) {
    return world.vips().stream()
        .filter(vip -> vip.state() == VipState.DELETING && !vip.bindings().isEmpty());
  }

  private static Stream<Vip> contradictions(World world) {
    return world.vips().stream()
        .filter(vip -> {
          boolean realised = vip.observedGeneration() == vip.generation();
          boolean stateFits =
              switch (vip.state()) {
                case CREATING, UPDATING -> !realised && vip.failure() == null;
                case AVAILABLE -> realised && vip.failure() == null;
                case DELETING -> !realised;
                case FAILED -> vip.failure() != null;
              };
          return !stateFits
              || vip.observedGeneration() < 0
              || vip.observedGeneration() > vip.generation()
              || vip.generation() < 1
              || vip.version() < vip.generation()
              || vip.updatedAt().isBefore(vip.createdAt());
        });
  }

  private static Stream<?> sharedVrids(World world) {
    return repeated(world.virtualRouters().stream().map(it -> List.of(it.networkId(), it.vrid())));
  }

  private static <T> Stream<T> repeated(Stream<T> all) {
    Map<T, Long> counts =
        all.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return counts.entrySet().stream().filter(it -> it.getValue() > 1).map(Map.Entry::getKey);
  }
}
