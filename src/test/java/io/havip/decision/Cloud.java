package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.id.NetworkId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Failure;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipType;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private cloud with two accounts, in memory: it decides, applies what was decided, and checks
 * the invariants after every step.
 */
class Cloud {
  static final Failure DUPLICATE = new Failure(Failure.Code.DUPLICATE_ADDRESS, "somebody has it");

  final CountingIds ids = new CountingIds();

  /** An administrator. */
  final Caller alice = new Caller(ids.account(), Role.ADMIN, "alice");

  final Caller bob = new Caller(ids.account(), Role.MEMBER, "bob");
  private final Caller system = new Caller(alice.accountId(), Role.ADMIN, "havip");

  Limits limits = Limits.DEFAULT;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  World world;

  /** The caller of the last request that was granted. */
  @Nullable Caller lastCaller;

  /** Something that somebody asks for. */
  @FunctionalInterface
  interface Request<T> {
    Decision<T> decide(Snapshot snapshot, Context context);
  }

  Cloud() {
    world =
        new World()
            .apply(
                Stream.of(alice, bob)
                    .<Change>map(caller ->
                        new Change.PutAccount(new Account(caller.accountId(), caller.actor(), now)))
                    .toList());
  }

  /** Decides on a request and applies the decision. */
  <T> T as(Caller caller, Request<T> request) {
    now = now.plusMillis(1);
    Decision<T> decision = request.decide(world, context(caller));
    World before = world;
    world = before.apply(decision.changes());
    lastCaller = caller;
    Invariants.check(before, decision, world, limits);
    if (!caller.actor().equals(system.actor())) {
      Invariants.checkIsolation(before, world, caller);
    }
    return decision.answer();
  }

  Context context(Caller caller) {
    return new Context(caller, now, ids, limits);
  }

  Vpc vpc(Caller caller) {
    return as(
        caller,
        (_, context) ->
            InventoryDecisions.createVpc(
                new Command.CreateVpc("vpc", Cidr.parse("10.0.0.0/16")), context));
  }

  Network subnet(Caller caller, Vpc vpc, String cidr) {
    return subnet(caller, vpc, cidr, null);
  }

  Network subnet(
      Caller caller, Vpc vpc, String cidr, @Nullable String gateway, String... reserved) {
    var command =
        new Command.CreateSubnet(
            vpc.id(),
            "subnet",
            Cidr.parse(cidr),
            gateway == null ? null : Ipv4Address.parse(gateway),
            Stream.of(reserved).map(AddressRange::parse).toList(),
            Command.Joining.NOTHING);
    return as(
        caller, (snapshot, context) -> InventoryDecisions.createSubnet(snapshot, command, context));
  }

  /** An external network that both accounts may use. */
  Network external(String cidr, String gateway) {
    return external(cidr, gateway, new Command.Grants(true, null));
  }

  Network external(String cidr, String gateway, Command.Grants grants) {
    var command =
        new Command.CreateExternalNetwork(
            "external",
            Cidr.parse(cidr),
            Ipv4Address.parse(gateway),
            List.of(),
            Command.Joining.NOTHING,
            PolicyChange.NOTHING,
            grants);
    return as(
        alice,
        (snapshot, context) ->
            InventoryDecisions.createExternalNetwork(snapshot, command, context));
  }

  static Command.NewNic on(Network network) {
    return new Command.NewNic(network.id(), null, null, null, List.of());
  }

  static Command.NewNic on(Network network, String address) {
    return new Command.NewNic(network.id(), Ipv4Address.parse(address), null, null, List.of());
  }

  Vm vm(Caller caller, Vpc vpc, Network... networks) {
    return vm(caller, vpc, Stream.of(networks).map(Cloud::on).toList());
  }

  Vm vm(Caller caller, Vpc vpc, List<Command.NewNic> nics) {
    var command = new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, nics);
    return as(
        caller, (snapshot, context) -> InventoryDecisions.createVm(snapshot, command, context));
  }

  Vip vip(Caller caller, Vpc vpc, Network network, Vm... vms) {
    return vip(caller, newVip(vpc, network, vms));
  }

  Vip vip(Caller caller, Vpc vpc, Network network, String address) {
    return vip(caller, newVip(vpc, network, address));
  }

  Vip vip(Caller caller, Command.CreateVip command) {
    return as(caller, (snapshot, context) -> VipDecisions.create(snapshot, command, context));
  }

  static Command.CreateVip newVip(Vpc vpc, Network network, Vm... vms) {
    return new Command.CreateVip(
        "vip",
        "",
        typeOn(network),
        vpc.id(),
        network.id(),
        null,
        new Command.Bindings(Stream.of(vms).map(Vm::id).toList()));
  }

  static Command.CreateVip newVip(Vpc vpc, Network network, String address) {
    return new Command.CreateVip(
        "vip",
        "",
        typeOn(network),
        vpc.id(),
        network.id(),
        Ipv4Address.parse(address),
        new Command.Bindings(List.of()));
  }

  private static VipType typeOn(Network network) {
    return switch (network) {
      case Subnet _ -> VipType.INTERNAL;
      case ExternalNetwork _ -> VipType.EXTERNAL;
    };
  }

  Vip replace(Caller caller, Vip vip, Vm... vms) {
    var bindings = new Command.Bindings(Stream.of(vms).map(Vm::id).toList());
    return as(
        caller,
        (snapshot, context) -> VipDecisions.replaceBindings(snapshot, vip.id(), bindings, context));
  }

  Vip bind(Caller caller, Vip vip, Vm vm) {
    return bind(caller, vip, new Command.Bind(vm.id(), null));
  }

  Vip bind(Caller caller, Vip vip, Command.Bind command) {
    return as(
        caller, (snapshot, context) -> VipDecisions.bind(snapshot, vip.id(), command, context));
  }

  Vip unbind(Caller caller, Vip vip, Vm vm) {
    return as(
        caller, (snapshot, context) -> VipDecisions.unbind(snapshot, vip.id(), vm.id(), context));
  }

  Vip rename(Caller caller, Vip vip, String name) {
    return update(caller, vip, new Command.UpdateVip(name, null));
  }

  Vip remark(Caller caller, Vip vip, String remark) {
    return update(caller, vip, new Command.UpdateVip(null, remark));
  }

  Vip floating(Caller caller, Vip vip, Network outside, @Nullable String address) {
    var wanted =
        new Command.NewFloating(outside.id(), address == null ? null : Ipv4Address.parse(address));
    return update(
        caller, vip, new Command.UpdateVip(null, null, new Command.ChangeFloating(wanted)));
  }

  Vip update(Caller caller, Vip vip, Command.UpdateVip command) {
    return as(
        caller, (snapshot, context) -> VipDecisions.update(snapshot, vip.id(), command, context));
  }

  Vip delete(Caller caller, Vip vip) {
    return as(caller, (snapshot, context) -> VipDecisions.delete(snapshot, vip.id(), context));
  }

  Vip retry(Caller caller, Vip vip) {
    return as(caller, (snapshot, context) -> VipDecisions.retry(snapshot, vip.id(), context));
  }

  Vm delete(Caller caller, Vm vm) {
    return as(
        caller, (snapshot, context) -> InventoryDecisions.deleteVm(snapshot, vm.id(), context));
  }

  Vm deleteNicOn(Caller caller, Vm vm, Network network) {
    var nic = vm(vm).nicOn(network.id()).orElseThrow();
    return as(
        caller,
        (snapshot, context) -> InventoryDecisions.deleteNic(snapshot, vm.id(), nic.id(), context));
  }

  Vm addNic(Caller caller, Vm vm, Command.NewNic nic) {
    return as(
        caller, (snapshot, context) -> InventoryDecisions.addNic(snapshot, vm.id(), nic, context));
  }

  /** The fabric has realised the VIP's newest generation. */
  Vip realised(Vip vip) {
    Vip newest = vip(vip);
    return realised(newest, newest.generation());
  }

  Vip realised(Vip vip, long generation) {
    return as(
        system,
        (snapshot, context) ->
            VipDecisions.realised(snapshot.vip(vip.id()).orElseThrow(), generation, context.now()));
  }

  Vip fence(Caller caller, Vip vip, Vm vm, int seconds) {
    var command = new Command.Fence(vm.id(), seconds);
    return as(
        caller, (snapshot, context) -> VipDecisions.fence(snapshot, vip.id(), command, context));
  }

  /** The fences that are over end. */
  Vip endFences(Vip vip) {
    return as(
        system,
        (snapshot, context) ->
            VipDecisions.endFences(snapshot.vip(vip.id()).orElseThrow(), context.now()));
  }

  Vip failed(Vip vip, Failure why) {
    return as(
        system,
        (snapshot, context) ->
            VipDecisions.failed(snapshot.vip(vip.id()).orElseThrow(), why, context.now()));
  }

  /** The fabric has seen the MAC address of the network's gateway, and a VRRP router outside. */
  void learnt(NetworkId id, MacAddress mac) {
    world = world.apply(seenOutside(id, mac));
  }

  static List<Change> seenOutside(NetworkId id, MacAddress mac) {
    int vrid = mac.toBytes()[5] & 0xff;
    Set<Integer> vrids = vrid == 0 ? Set.of() : Set.of(vrid);
    return List.of(new Change.PutLearntGatewayMac(id, mac), new Change.PutOutsideVrids(id, vrids));
  }

  Vm updateNic(Caller caller, Vm vm, Network network, Command.UpdateNic command) {
    var nic = vm(vm).nicOn(network.id()).orElseThrow();
    return as(
        caller,
        (snapshot, context) ->
            InventoryDecisions.updateNic(snapshot, vm.id(), nic.id(), command, context));
  }

  /** The VIP as it is now. */
  Vip vip(Vip vip) {
    return world.vip(vip.id()).orElseThrow();
  }

  /** The VM as it is now. */
  Vm vm(Vm vm) {
    return world.vm(vm.id()).orElseThrow();
  }
}
