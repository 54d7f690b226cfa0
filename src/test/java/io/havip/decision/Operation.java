package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Caller;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.OtherTraffic;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Vip;
import io.havip.vip.VipType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that one of two accounts does, mostly sensible, sometimes not. What exactly it is
 * follows from the seed and from what there is at that moment, so that a sequence can be cut
 * anywhere and still means something.
 */
record Operation(Kind kind, long seed) {
  enum Kind {
    CREATE_VPC,
    RENAME_VPC,
    DELETE_VPC,
    CREATE_SUBNET,
    CREATE_EXTERNAL_NETWORK,
    UPDATE_NETWORK,
    DELETE_NETWORK,
    CREATE_VM,
    UPDATE_VM,
    DELETE_VM,
    ADD_NIC,
    UPDATE_NIC,
    DELETE_NIC,
    LEARN_GATEWAY,
    CREATE_INTERNAL_VIP,
    CREATE_EXTERNAL_VIP,
    UPDATE_VIP,
    REPLACE_BINDINGS,
    BIND,
    UNBIND,
    CONFIGURE,
    DELETE_VIP,
    RETRY,
    FENCE,
    END_FENCES,
    REALISED,
    FAILED
  }

  /**
   * Does it.
   *
   * @throws io.havip.error.Refused when it may not be
   */
  void on(Cloud cloud) {
    new Doing(cloud, new SplittableRandom(seed)).run(kind);
  }

  private record Doing(Cloud cloud, SplittableRandom random) {
    void run(Kind kind) {
      Caller caller = rarely(2) ? cloud.alice : cloud.bob;
      switch (kind) {
        case CREATE_VPC -> {
          var command =
              new Command.CreateVpc(name(), Cidr.parse(rarely(8) ? "10.0.0.0/31" : "10.0.0.0/16"));
          cloud.as(caller, (_, context) -> InventoryDecisions.createVpc(command, context));
        }
        case RENAME_VPC -> {
          VpcId id = vpc(caller);
          String name = name();
          cloud.as(
              caller,
              (now, context) ->
                  InventoryDecisions.renameVpc(now, id, new Command.Rename(name), context));
        }
        case DELETE_VPC -> {
          VpcId id = vpc(caller);
          cloud.as(caller, (now, context) -> InventoryDecisions.deleteVpc(now, id, context));
        }
        case CREATE_SUBNET -> {
          var command = newSubnet(caller);
          cloud.as(
              caller, (now, context) -> InventoryDecisions.createSubnet(now, command, context));
        }
        case CREATE_EXTERNAL_NETWORK -> {
          String prefix = "192.0." + random.nextInt(4) + ".";
          var command =
              new Command.CreateExternalNetwork(
                  name(),
                  Cidr.parse(prefix + "0/28"),
                  Ipv4Address.parse(prefix + (rarely(10) ? 0 : 1)),
                  List.of(),
                  joining(),
                  PolicyChange.NOTHING,
                  grants());
          cloud.as(
              caller,
              (now, context) -> InventoryDecisions.createExternalNetwork(now, command, context));
        }
        case UPDATE_NETWORK -> {
          NetworkId id = rarely(2) ? subnet(caller) : external();
          var command =
              new Command.UpdateNetwork(
                  rarely(3) ? null : name(),
                  joining().enforcement(),
                  policy(),
                  id.isExternal() ? grants() : Command.Grants.NOT_GIVEN);
          cloud.as(
              caller,
              (now, context) -> InventoryDecisions.updateNetwork(now, id, command, context));
        }
        case DELETE_NETWORK -> {
          NetworkId id = rarely(2) ? subnet(caller) : external();
          cloud.as(caller, (now, context) -> InventoryDecisions.deleteNetwork(now, id, context));
        }
        case CREATE_VM -> {
          VpcId vpcId = vpc(caller);
          int nics = random.nextInt(4);
          var command =
              new Command.CreateVm(
                  name(),
                  vpcId,
                  rarely(2) ? VmState.RUNNING : VmState.STOPPED,
                  Stream.generate(() -> newNic(caller, vpcId)).limit(nics).toList());
          cloud.as(caller, (now, context) -> InventoryDecisions.createVm(now, command, context));
        }
        case UPDATE_VM -> {
          VmId id = vm(caller);
          var command =
              new Command.UpdateVm(
                  rarely(2) ? name() : null, rarely(2) ? VmState.STOPPED : VmState.RUNNING);
          cloud.as(
              caller, (now, context) -> InventoryDecisions.updateVm(now, id, command, context));
        }
        case DELETE_VM -> {
          VmId id = vm(caller);
          cloud.as(caller, (now, context) -> InventoryDecisions.deleteVm(now, id, context));
        }
        case ADD_NIC -> {
          VmId id = vm(caller);
          var command =
              newNic(caller, cloud.world.vm(id).map(Vm::vpcId).orElseGet(() -> vpc(caller)));
          cloud.as(caller, (now, context) -> InventoryDecisions.addNic(now, id, command, context));
        }
        case UPDATE_NIC -> {
          Nic nic = one(cloud.world.nics());
          VmId id = nic == null || rarely(10) ? vm(caller) : nic.vmId();
          var nicId = nic == null || rarely(10) ? cloud.ids.nic() : nic.id();
          Caller actor = rarely(5) ? caller : ownerOf(id);
          var command =
              new Command.UpdateNic(
                  rarely(3) ? mac() : null,
                  rarely(6) ? "tap" + random.nextInt(40) : null,
                  rarely(4) ? sources() : null,
                  rarely(3) ? (Boolean) rarely(2) : null,
                  rarely(2) ? senders(nic == null ? null : nic.networkId()) : null);
          cloud.as(
              actor,
              (now, context) -> InventoryDecisions.updateNic(now, id, nicId, command, context));
        }
        case LEARN_GATEWAY -> {
          NetworkId id = rarely(2) ? subnet(caller) : external();
          MacAddress mac = mac();
          cloud.learnt(id, mac);
        }
        case DELETE_NIC -> {
          Nic nic = one(cloud.world.nics());
          VmId id = nic == null || rarely(10) ? vm(caller) : nic.vmId();
          var nicId = nic == null || rarely(10) ? cloud.ids.nic() : nic.id();
          Caller actor = rarely(10) ? caller : ownerOf(id);
          cloud.as(actor, (now, context) -> InventoryDecisions.deleteNic(now, id, nicId, context));
        }
        case CREATE_INTERNAL_VIP -> {
          List<Subnet> own =
              cloud.world.subnets().stream().filter(it -> isFor(caller, it.accountId())).toList();
          NetworkId id = own.isEmpty() || rarely(2) ? subnet(caller) : smallest(own);
          createVip(caller, VipType.INTERNAL, id);
        }
        case CREATE_EXTERNAL_VIP -> createVip(caller, VipType.EXTERNAL, external());
        case UPDATE_VIP -> {
          VipId id = vip(caller);
          var command =
              new Command.UpdateVip(
                  rarely(2) ? name() : null, rarely(2) ? "r".repeat(random.nextInt(280)) : null);
          cloud.as(caller, (now, context) -> VipDecisions.update(now, id, command, context));
        }
        case REPLACE_BINDINGS -> {
          VipId id = vip(caller);
          List<VmId> vmIds = vmsFor(caller, id);
          var command = new Command.Bindings(vmIds, rarely(2) ? null : some(vmIds));
          cloud.as(
              caller, (now, context) -> VipDecisions.replaceBindings(now, id, command, context));
        }
        case BIND -> {
          VipId id = vip(caller);
          VmId vmId = vmFor(caller, id);
          var command = new Command.Bind(vmId, rarely(2) ? null : (Boolean) rarely(2));
          cloud.as(caller, (now, context) -> VipDecisions.bind(now, id, command, context));
        }
        case UNBIND -> {
          VipId id = vip(caller);
          VmId bound = one(cloud.world.vip(id).map(Vip::vmIds).orElse(List.of()));
          VmId vmId = bound == null ? vm(caller) : bound;
          cloud.as(caller, (now, context) -> VipDecisions.unbind(now, id, vmId, context));
        }
        case CONFIGURE -> {
          VipId id = vip(caller);
          VmId bound = one(cloud.world.vip(id).map(Vip::vmIds).orElse(List.of()));
          VmId vmId = bound == null || rarely(20) ? vm(caller) : bound;
          boolean hasVmac = rarely(3);
          cloud.as(
              caller,
              (now, context) -> HaDecisions.configure(now, id, vmId, Map.of(), hasVmac, context));
        }
        case DELETE_VIP -> {
          VipId id = vip(caller);
          cloud.as(caller, (now, context) -> VipDecisions.delete(now, id, context));
        }
        case RETRY -> {
          Vip failed = one(cloud.world.vips(), vip -> vip.failure() != null);
          VipId id = failed == null || rarely(4) ? vip(caller) : failed.id();
          Caller actor = failed == null || rarely(4) ? caller : ownerOf(failed);
          cloud.as(actor, (now, context) -> VipDecisions.retry(now, id, context));
        }
        case FENCE -> {
          VipId id = vip(caller);
          VmId bound = one(cloud.world.vip(id).map(Vip::vmIds).orElse(List.of()));
          var command =
              new Command.Fence(
                  bound == null || rarely(10) ? vm(caller) : bound,
                  rarely(10) ? 86_401 : rarely(3) ? 0 : 1 + random.nextInt(100));
          cloud.as(caller, (now, context) -> VipDecisions.fence(now, id, command, context));
        }
        case END_FENCES -> {
          Vip vip =
              one(cloud.world.vips(), it -> it.bindings().stream().anyMatch(Binding::isFenced));
          if (vip != null) {
            cloud.now = cloud.now.plusSeconds(random.nextInt(100));
            Vip after = cloud.endFences(vip);
            assertThat(after.bindings().stream().filter(it -> it.isFenceOver(cloud.now)))
                .as("a fence is over when its time has come")
                .isEmpty();
            assertThat(after.vmIds()).as("who was fenced stays bound").isEqualTo(vip.vmIds());
          }
        }
        case REALISED -> {
          Vip vip = one(cloud.world.vips());
          if (vip != null) {
            long behind = rarely(3) ? random.nextLong(vip.generation()) : 0;
            cloud.realised(vip, vip.generation() - behind);
          }
        }
        case FAILED -> {
          Vip vip = one(cloud.world.vips());
          if (vip != null) {
            cloud.failed(vip, new Failure(any(List.of(Failure.Code.values())), "look at it"));
          }
        }
      }
    }

    private void createVip(Caller caller, VipType type, NetworkId networkId) {
      VpcId vpcId =
          cloud.world.network(networkId).orElse(null) instanceof Subnet subnet && !rarely(20)
              ? subnet.vpcId()
              : vpc(caller);
      List<VmId> candidates = vmsOf(vpcId);
      List<VmId> vmIds =
          Stream.generate(() -> candidates.isEmpty() || rarely(20) ? vm(caller) : any(candidates))
              .limit(random.nextInt(4))
              .distinct()
              .toList();
      var command =
          new Command.CreateVip(
              name(),
              "",
              rarely(20) ? VipType.EXTERNAL : type,
              vpcId,
              networkId,
              rarely(3) ? address(networkId) : null,
              new Command.Bindings(vmIds, rarely(2) ? null : some(vmIds)));
      cloud.vip(caller, command);
    }

    private <T> List<T> some(List<T> all) {
      return all.stream().filter(_ -> rarely(2)).toList();
    }

    private Command.CreateSubnet newSubnet(Caller caller) {
      String prefix = (rarely(20) ? "10.1." : "10.0.") + random.nextInt(6) + ".";
      boolean tiny = rarely(2);
      return new Command.CreateSubnet(
          vpc(caller),
          name(),
          Cidr.parse(prefix + (tiny ? "0/30" : "0/28")),
          rarely(2) ? null : Ipv4Address.parse(prefix + (rarely(10) ? 200 : 1)),
          rarely(2) || tiny
              ? List.of()
              : List.of(AddressRange.parse(prefix + "4-" + prefix + (rarely(10) ? 99 : 5))),
          joining());
    }

    /** Mostly Bob may use the network, so that he does. */
    private Command.Grants grants() {
      return new Command.Grants(
          rarely(2) ? null : (Boolean) rarely(2),
          rarely(3)
              ? null
              : rarely(20)
                  ? List.of("nobody")
                  : rarely(2) ? List.of("alice", "bob") : rarely(2) ? List.of() : List.of("bob"));
    }

    private Command.Joining joining() {
      return new Command.Joining(
          rarely(3) ? "up" + random.nextInt(4) : null,
          rarely(3) ? "ls/" + random.nextInt(4) : null,
          rarely(2) ? null : one(List.of(Enforcement.values()), _ -> true));
    }

    private Command.NewNic newNic(Caller caller, VpcId vpcId) {
      List<Subnet> here =
          cloud.world.subnets().stream().filter(subnet -> subnet.vpcId().equals(vpcId)).toList();
      NetworkId networkId =
          rarely(3)
              ? external()
              : here.isEmpty() || rarely(20)
                  ? subnet(caller)
                  // The smallest half the time, so that some become full.
                  : rarely(2) ? smallest(here) : any(here).id();
      boolean isGateway = rarely(4);
      Ipv4Address gateway = cloud.world.network(networkId).map(Network::gateway).orElse(null);
      return new Command.NewNic(
          networkId,
          isGateway && rarely(2) ? gateway : rarely(4) ? address(networkId) : null,
          rarely(6) ? mac() : null,
          rarely(6) ? "tap" + random.nextInt(40) : null,
          rarely(6) ? sources() : List.of(),
          isGateway,
          rarely(4) ? senders(networkId) : Set.of());
    }

    private static NetworkId smallest(List<Subnet> some) {
      return some.stream()
          .max(Comparator.comparingInt(subnet -> subnet.cidr().prefixLength()))
          .orElseThrow()
          .id();
    }

    private List<Cidr> sources() {
      return rarely(3) ? List.of() : List.of(Cidr.parse("0.0.0.0/0"));
    }

    private PolicyChange policy() {
      return new PolicyChange(
          Stream.of(PolicyChange.Setting.values())
              .filter(_ -> rarely(6))
              .collect(Collectors.toSet()),
          new NetworkPolicy(
              rarely(3) ? null : mac(),
              IntStream.rangeClosed(1, 8).filter(_ -> rarely(3)).boxed().toList(),
              rarely(2) ? List.of() : List.of("out" + random.nextInt(3)),
              rarely(2),
              List.of(),
              rarely(2) ? OtherTraffic.PASS : OtherTraffic.DROP,
              rarely(2)));
    }

    private MacAddress mac() {
      return switch (random.nextInt(12)) {
        case 0 -> MacAddress.parse("00:00:5e:00:01:01");
        case 1 -> MacAddress.parse("00:00:5e:00:02:ff");
        case 2 -> MacAddress.parse("0a:68:61:76:69:70");
        default -> new MacAddress(0x0200_0000_0000L + random.nextInt(40));
      };
    }

    private Set<VipId> senders(@Nullable NetworkId networkId) {
      return cloud.world.vips().stream()
          .filter(vip -> vip.networkId().equals(networkId) || rarely(20))
          .map(Vip::id)
          .limit(3)
          .collect(Collectors.toSet());
    }

    private Ipv4Address address(NetworkId networkId) {
      long first =
          cloud
              .world
              .network(networkId)
              .map(network -> network.cidr().network().toLong())
              .orElse(0L);
      return Ipv4Address.ofLong(first + random.nextInt(20));
    }

    private List<VmId> vmsFor(Caller caller, VipId id) {
      return IntStream.range(0, random.nextInt(5)).mapToObj(_ -> vmFor(caller, id)).toList();
    }

    private VmId vmFor(Caller caller, VipId id) {
      List<VmId> candidates = cloud.world.vip(id).map(vip -> vmsOf(vip.vpcId())).orElse(List.of());
      return candidates.isEmpty() || rarely(10) ? vm(caller) : any(candidates);
    }

    private List<VmId> vmsOf(VpcId id) {
      return cloud.world.vms().stream().filter(vm -> vm.vpcId().equals(id)).map(Vm::id).toList();
    }

    private VpcId vpc(Caller caller) {
      Vpc vpc = one(cloud.world.vpcs(), it -> isFor(caller, it.accountId()));
      return vpc == null || rarely(40) ? cloud.ids.vpc() : vpc.id();
    }

    private NetworkId subnet(Caller caller) {
      Subnet subnet = one(cloud.world.subnets(), it -> isFor(caller, it.accountId()));
      return subnet == null || rarely(40) ? cloud.ids.subnet() : subnet.id();
    }

    private NetworkId external() {
      Network network = one(cloud.world.networks(), ExternalNetwork.class::isInstance);
      return network == null || rarely(40) ? cloud.ids.externalNetwork() : network.id();
    }

    private VmId vm(Caller caller) {
      Vm vm = one(cloud.world.vms(), it -> isFor(caller, it.accountId()));
      return vm == null || rarely(40) ? cloud.ids.vm() : vm.id();
    }

    private VipId vip(Caller caller) {
      Vip vip = one(cloud.world.vips(), it -> isFor(caller, it.accountId()));
      return vip == null || rarely(40) ? cloud.ids.vip() : vip.id();
    }

    private boolean isFor(Caller caller, AccountId owner) {
      return caller.accountId().equals(owner) || rarely(20);
    }

    private Caller ownerOf(VmId id) {
      return cloud.world.vm(id).map(vm -> callerOf(vm.accountId())).orElse(cloud.bob);
    }

    private Caller ownerOf(Vip vip) {
      return callerOf(vip.accountId());
    }

    private Caller callerOf(AccountId owner) {
      return cloud.alice.accountId().equals(owner) ? cloud.alice : cloud.bob;
    }

    private String name() {
      return rarely(25) ? "" : "name " + random.nextInt(1000);
    }

    /** True once in so many times. */
    private boolean rarely(int times) {
      return random.nextInt(times) == 0;
    }

    private <T> @Nullable T one(List<T> all, Predicate<? super T> which) {
      return one(all.stream().filter(which).toList());
    }

    private <T> @Nullable T one(List<T> all) {
      return all.isEmpty() ? null : any(all);
    }

    /** The first half of the time, so that limits are reached. */
    private <T> T any(List<T> some) {
      return rarely(2) ? some.getFirst() : some.get(random.nextInt(some.size()));
    }
  }
}
