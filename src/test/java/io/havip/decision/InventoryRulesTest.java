package io.havip.decision;

import static io.havip.decision.Refusals.assertRefused;
import static io.havip.decision.Refusals.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.error.Refused;
import io.havip.id.NetworkId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Sharing;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipType;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules about VPCs, networks, VMs and NICs, one by one. */
class InventoryRulesTest {
  private final Cloud cloud = new Cloud();

  /** Works for bob's account, and may name interfaces. */
  private final Caller operator = new Caller(cloud.bob.accountId(), Role.ADMIN, "operator");

  private final Vpc vpc = cloud.vpc(cloud.bob);
  private final Network subnet = cloud.subnet(cloud.bob, vpc, "10.0.0.0/24", "10.0.0.1");

  @Test
  void aDeletedVmTakesTheNicsWithItThatBindingsMade() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, external, vm);

    cloud.delete(cloud.bob, vm);

    assertThat(cloud.world.nics()).isEmpty();
    assertThat(cloud.vip(vip).bindings()).isEmpty();
  }

  @Test
  void aNicOnAnExternalNetworkMayHaveAnAddressButVrrpGoesThroughTheVpc() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = cloud.vm(cloud.bob, vpc, List.of(Cloud.on(external, "192.0.2.9"), Cloud.on(subnet)));

    Binding binding = cloud.vip(cloud.bob, vpc, external, vm).bindings().getFirst();

    assertThat(vm.nicOn(external.id()).map(Nic::id)).contains(binding.nicId());
    assertThat(vm.nicOn(subnet.id()).map(Nic::id)).contains(binding.vrrpNicId());
  }

  @Test
  void aVpcWithNothingButAnExternalVipIsInUse() {
    Vpc empty = cloud.vpc(cloud.bob);
    cloud.vip(cloud.bob, empty, cloud.external("192.0.2.0/24", "192.0.2.1"));

    assertRefused(
        ErrorCode.IN_USE,
        () ->
            cloud.as(
                cloud.bob,
                (now, context) -> InventoryDecisions.deleteVpc(now, empty.id(), context)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/24, not inside the VPC",
    "10.0.0.128/25, overlaps",
    "10.0.0.0/23, overlaps",
    "10.0.9.0/31, prefix length",
    "10.0.9.1/32, prefix length",
  })
  void aSubnetIsAPartOfTheVpcThatNoOtherHas(String cidr, String why) {
    assertThatThrownBy(() -> cloud.subnet(cloud.bob, vpc, cidr)).hasMessageContaining(why);
    assertRefused("cidr", ErrorCode.INVALID_FIELD, () -> cloud.subnet(cloud.bob, vpc, cidr));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.5.0", "10.0.5.255", "10.0.6.1"})
  void aGatewayIsAHostOfTheSubnet(String gateway) {
    assertRefused(
        "gateway",
        ErrorCode.INVALID_FIELD,
        () -> cloud.subnet(cloud.bob, vpc, "10.0.5.0/24", gateway));
  }

  @Test
  void reservedRangesAreInsideTheSubnet() {
    assertRefused(
        "reserved[1]",
        ErrorCode.INVALID_FIELD,
        () -> cloud.subnet(cloud.bob, vpc, "10.0.5.0/24", null, "10.0.5.9", "10.0.5.200-10.0.6.3"));
  }

  @Test
  void aVmHasOneNicPerNetworkWithAMacAndPortOfItsOwn() {
    Network second = cloud.subnet(operator, vpc, "10.0.2.0/24");
    Vm vm = cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:11", "tap1")));

    assertRefused(
        "networkId", ErrorCode.INVALID_FIELD, () -> cloud.addNic(operator, vm, Cloud.on(subnet)));
    assertRefused(
        "nics[1].networkId",
        ErrorCode.INVALID_FIELD,
        () -> cloud.vm(operator, vpc, subnet, subnet));
    assertRefused(
        "nics[0].mac",
        ErrorCode.IN_USE,
        () -> cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:11", "tap2"))));
    assertRefused(
        "nics[0].port",
        ErrorCode.IN_USE,
        () -> cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:12", "tap1"))));
    assertRefused(
        "nics[1].port",
        ErrorCode.IN_USE,
        () ->
            cloud.vm(
                operator,
                vpc,
                List.of(
                    nic(subnet, "02:00:00:00:00:13", "tap3"),
                    nic(second, "02:00:00:00:00:13", "tap3"))));
    assertThat(cloud.addNic(operator, vm, nic(second, "02:00:00:00:00:11", "tap4")).nics())
        .as("a MAC address may be used again on another network")
        .hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01:00:5e:00:00:12", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"})
  void aMacAddressIsUnicast(String mac) {
    assertRefused(
        "nics[0].mac",
        ErrorCode.INVALID_FIELD,
        () -> cloud.vm(operator, vpc, List.of(nic(subnet, mac, "tap1"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a:b",
        "-a",
        "sixteen-letters-",
        "tap\n",
        "täp",
        "havip7"
      })
  void aPortIsAnInterfaceNameThatLinuxTakes(String port) {
    assertRefused(
        "nics[0].port",
        ErrorCode.INVALID_FIELD,
        () -> cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:11", port))));
  }

  @Test
  void onlyAnAdministratorNamesAnInterfaceOfTheHost() {
    assertRefused(
        "nics[0].port",
        ErrorCode.FORBIDDEN,
        () -> cloud.vm(cloud.bob, vpc, List.of(nic(subnet, "02:00:00:00:00:11", "eth0"))));
  }

  @Test
  void sourcesAndNicsAreLimited() {
    List<Cidr> sources = Collections.nCopies(64, Cidr.parse("0.0.0.0/0"));
    assertThat(cloud.vm(cloud.bob, vpc, List.of(nic(sources))).nics()).hasSize(1);

    List<Cidr> tooMany = Collections.nCopies(65, Cidr.parse("0.0.0.0/0"));
    assertRefused(
        "nics[0].allowedSources",
        ErrorCode.INVALID_FIELD,
        () -> cloud.vm(cloud.bob, vpc, List.of(nic(tooMany))));
    assertRefused(
        "nics",
        ErrorCode.INVALID_FIELD,
        () -> cloud.vm(cloud.bob, vpc, Collections.nCopies(17, Cloud.on(subnet))));
  }

  @Test
  void aNicIsOnANetworkOfItsVmsVpc() {
    Network elsewhere = cloud.subnet(cloud.bob, cloud.vpc(cloud.bob), "10.0.0.0/24");
    Network alices = cloud.subnet(cloud.alice, cloud.vpc(cloud.alice), "10.0.0.0/24");

    assertRefused(
        "nics[0].networkId", ErrorCode.VM_WRONG_VPC, () -> cloud.vm(cloud.bob, vpc, elsewhere));
    assertRefused(
        "nics[0].networkId", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.vm(cloud.bob, vpc, alices));
  }

  @Test
  void whatIsInUseStays() {
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);

    assertRefused(ErrorCode.IN_USE, () -> deleteSubnet());
    assertRefused(ErrorCode.IN_USE, () -> deleteVpc());
    cloud.delete(cloud.bob, vm);
    deleteSubnet();
    deleteVpc();

    assertThat(cloud.world.vpcs()).isEmpty();
  }

  @Test
  void aStoppedVmStaysBound() {
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm);

    var stop = new Command.UpdateVm(null, VmState.STOPPED);
    cloud.as(cloud.bob, (now, context) -> InventoryDecisions.updateVm(now, vm.id(), stop, context));

    assertThat(cloud.vm(vm).state()).isEqualTo(VmState.STOPPED);
    assertThat(cloud.vip(vip)).isEqualTo(vip);
  }

  @Test
  void externalNetworksAreTheAdministratorsAndForAll() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    assertThat(cloud.vip(cloud.bob, vpc, external).networkId()).isEqualTo(external.id());

    assertRefused(
        ErrorCode.FORBIDDEN,
        () ->
            cloud.as(
                cloud.bob,
                (now, context) ->
                    InventoryDecisions.updateNetwork(
                        now, external.id(), new Command.UpdateNetwork("mine", null), context)));
  }

  @Test
  void aNetworkWithAnUplinkObservesUntilItIsToldToEnforce() {
    assertThat(subnet.enforcement()).isEqualTo(Enforcement.ENFORCE);
    Network joined = joined("198.51.100.0/24", "br0", null);
    assertThat(joined.uplink()).isEqualTo("br0");
    assertThat(joined.enforcement()).isEqualTo(Enforcement.OBSERVE);
    assertThat(joined("203.0.113.0/24", "eth1", Enforcement.ENFORCE).enforcement())
        .isEqualTo(Enforcement.ENFORCE);

    var enforce = new Command.UpdateNetwork(null, Enforcement.ENFORCE);
    Decision<Network> decision =
        InventoryDecisions.updateNetwork(
            cloud.world, joined.id(), enforce, cloud.context(cloud.alice));
    assertThat(decision.answer().enforcement()).isEqualTo(Enforcement.ENFORCE);
    assertThat(decision.wakes()).as("the fabric must know").containsExactly(joined.id());
  }

  @Test
  void anInterfaceOfTheHostHasOneUse() {
    joined("198.51.100.0/24", "br0", null);
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    String port = vm.nics().getFirst().port();
    for (String taken : List.of("br0", port)) {
      assertRefused("uplink", ErrorCode.IN_USE, () -> joined("203.0.113.0/24", taken, null));
    }
    for (String wrong : List.of("", "-x", "sixteen-letters-", "havip7")) {
      assertRefused("uplink", ErrorCode.INVALID_FIELD, () -> joined("203.0.113.0/24", wrong, null));
    }
  }

  @Test
  void aLogicalSwitchIsOneNetworkWhichObservesAndWhosePortsHaveItsNames() {
    String name = "ovn-worker_join:" + "x".repeat(200);
    Network adopted = adopted("198.51.100.0/24", name, null);
    assertThat(adopted.logicalSwitch()).isEqualTo(name);
    assertThat(adopted.enforcement()).isEqualTo(Enforcement.OBSERVE);
    assertRefused("logicalSwitch", ErrorCode.IN_USE, () -> adopted("203.0.113.0/24", name, null));
    assertRefused("uplink", ErrorCode.INVALID_FIELD, () -> adopted("203.0.113.0/24", "ls", "br0"));
    for (String wrong : List.of("", "-x", "a,b", "a\"b", "x".repeat(256))) {
      assertRefused(
          "logicalSwitch", ErrorCode.INVALID_FIELD, () -> adopted("203.0.113.0/24", wrong, null));
    }
    assertThat(port(adopted, "default_db-1/eth0").port()).isEqualTo("default_db-1/eth0");
    assertRefused("nics[0].port", ErrorCode.INVALID_FIELD, () -> port(adopted, "a,b"));
    assertRefused("nics[0].port", ErrorCode.INVALID_FIELD, () -> port(subnet, "default_db-2/eth0"));
  }

  private Network adopted(String cidr, String logicalSwitch, @Nullable String uplink) {
    return joined(cidr, new Command.Joining(uplink, logicalSwitch, null));
  }

  private Nic port(Network network, String port) {
    var nic = new Command.NewNic(network.id(), null, null, port, List.of());
    return cloud
        .as(
            operator,
            (now, context) ->
                InventoryDecisions.createVm(
                    now,
                    new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(nic)),
                    context))
        .nics()
        .getFirst();
  }

  @Test
  void onlyAdministratorsJoinNetworksAndLetThemObserve() {
    Command.Joining uplink = new Command.Joining("br0", null, null);
    assertRefused("uplink", ErrorCode.FORBIDDEN, () -> subnetOfBob(uplink));
    Command.Joining observe = new Command.Joining(null, null, Enforcement.OBSERVE);
    assertRefused("enforcement", ErrorCode.FORBIDDEN, () -> subnetOfBob(observe));
    assertRefused(
        "enforcement",
        ErrorCode.FORBIDDEN,
        () ->
            cloud.as(
                cloud.bob,
                (now, context) ->
                    InventoryDecisions.updateNetwork(
                        now,
                        subnet.id(),
                        new Command.UpdateNetwork(null, Enforcement.OBSERVE),
                        context)));
    assertThat(subnetOfBob(new Command.Joining(null, null, Enforcement.ENFORCE)).enforcement())
        .isEqualTo(Enforcement.ENFORCE);
  }

  private Network joined(String cidr, String uplink, @Nullable Enforcement enforcement) {
    return joined(cidr, new Command.Joining(uplink, null, enforcement));
  }

  private Network joined(String cidr, Command.Joining joining) {
    Cidr addresses = Cidr.parse(cidr);
    var command =
        new Command.CreateExternalNetwork(
            "joined",
            addresses,
            Ipv4Address.ofLong(addresses.network().toLong() + 1),
            List.of(),
            joining,
            PolicyChange.NOTHING,
            new Command.Grants(true, null));
    return cloud.as(
        cloud.alice,
        (now, context) -> InventoryDecisions.createExternalNetwork(now, command, context));
  }

  private Network subnetOfBob(Command.Joining joining) {
    var command =
        new Command.CreateSubnet(
            vpc.id(), "joined", Cidr.parse("10.0.77.0/24"), null, List.of(), joining);
    return cloud.as(
        cloud.bob, (now, context) -> InventoryDecisions.createSubnet(now, command, context));
  }

  @Test
  void whatIsAnothersIsNotThere() {
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);

    Caller carol = new Caller(cloud.alice.accountId(), Role.MEMBER, "carol");
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.delete(carol, vm));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.deleteNicOn(carol, vm, subnet));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.addNic(carol, vm, Cloud.on(subnet)));
    assertRefused(
        ErrorCode.NOT_FOUND, () -> cloud.updateNic(carol, vm, subnet, sources("10.9.0.0/16")));
    assertRefused(
        ErrorCode.NOT_FOUND,
        () -> cloud.rename(cloud.alice, cloud.vip(cloud.bob, vpc, subnet), "x"));
    assertRefused("vpcId", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.vm(cloud.alice, vpc, subnet));
    assertRefused(
        "vpcId",
        ErrorCode.REFERENCE_NOT_FOUND,
        () -> cloud.subnet(cloud.alice, vpc, "10.0.5.0/24"));
    assertRefused(
        ErrorCode.NOT_FOUND,
        () ->
            cloud.as(
                cloud.alice,
                (now, context) -> InventoryDecisions.deleteNetwork(now, subnet.id(), context)));
  }

  @Test
  void anAccountUsesAnExternalNetworkOnlyIfItWasGranted() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1", Command.Grants.NOT_GIVEN);
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);

    assertThat(sharing(external)).isEqualTo(new Sharing(false, Set.of(cloud.alice.accountId())));
    assertSameAsMissing(external, "networkId", network -> cloud.addNic(cloud.bob, vm, on(network)));
    assertSameAsMissing(
        external, "nics[0].networkId", network -> cloud.vm(cloud.bob, vpc, List.of(on(network))));
    assertSameAsMissing(
        external,
        "networkId",
        network ->
            cloud.vip(
                cloud.bob,
                new Command.CreateVip(
                    "v",
                    "",
                    VipType.EXTERNAL,
                    vpc.id(),
                    network,
                    Ipv4Address.parse("192.0.2.1"),
                    new Command.Bindings(List.of(vm.id())))));
    assertSameAsMissing(external, "", network -> share(cloud.bob, network, true, null));
    assertSameAsMissing(
        external,
        "",
        network ->
            cloud.as(
                cloud.bob,
                (now, context) -> InventoryDecisions.deleteNetwork(now, network, context)));

    share(cloud.alice, external.id(), null, List.of("bob"));
    cloud.addNic(cloud.bob, vm, Cloud.on(external));
    assertRefused(ErrorCode.FORBIDDEN, () -> share(cloud.bob, external.id(), true, null));
  }

  @Test
  void anAdministratorIsToldThatAnAccountLacksAGrant() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1", Command.Grants.NOT_GIVEN);
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);

    assertThatThrownBy(() -> cloud.addNic(cloud.alice, vm, Cloud.on(external)))
        .hasMessageContaining("grant it to the account first");
    share(cloud.alice, external.id(), null, List.of());
    Vpc own = cloud.vpc(cloud.alice);
    assertRefused(
        "networkId",
        ErrorCode.REFERENCE_NOT_FOUND,
        () -> cloud.vip(cloud.alice, own, external, "192.0.2.9"));
    assertRefused(
        "accounts[1]",
        ErrorCode.REFERENCE_NOT_FOUND,
        () -> share(cloud.alice, external.id(), null, List.of("bob", "nobody")));
  }

  @Test
  void aGrantIsNotWithdrawnWhileTheAccountUsesTheNetwork() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    cloud.limits = new Limits(3, 5, true);
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);

    cloud.floating(cloud.bob, vip, external, null);
    assertWithdrawingFails(external, vip.id() + " (vip, account bob)");
    cloud.update(
        cloud.bob, vip, new Command.UpdateVip(null, null, new Command.ChangeFloating(null)));
    Vm with = cloud.addNic(cloud.bob, vm, Cloud.on(external));
    String nic = with.nicOn(external.id()).orElseThrow().id() + " (vm, account bob)";
    assertWithdrawingFails(external, nic);
    Vip outside = cloud.vip(cloud.bob, vpc, external);
    assertWithdrawingFails(external, nic, outside.id() + " (vip, account bob)");
    cloud.deleteNicOn(cloud.bob, vm, external);
    cloud.delete(cloud.bob, outside);
    assertWithdrawingFails(external, outside.id() + " (vip, account bob)");
    cloud.realised(outside);

    long version = ((ExternalNetwork) cloud.world.network(external.id()).orElseThrow()).version();
    Network unshared = share(cloud.alice, external.id(), false, List.of("alice"));
    assertThat(sharing(unshared)).isEqualTo(new Sharing(false, Set.of(cloud.alice.accountId())));
    assertThat(((ExternalNetwork) unshared).version()).isEqualTo(version + 1);
    Network same = share(cloud.alice, external.id(), false, List.of("alice", "alice"));
    assertThat(same).isEqualTo(unshared);
  }

  private void assertWithdrawingFails(Network external, String... uses) {
    World before = cloud.world;
    assertThatThrownBy(() -> share(cloud.alice, external.id(), false, List.of("alice")))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.IN_USE))
        .hasMessageContainingAll(uses);
    assertThat(cloud.world).isSameAs(before);
    share(cloud.alice, external.id(), false, List.of("alice", "bob"));
    share(cloud.alice, external.id(), true, null);
  }

  /** What Bob gets for a network that was not granted is what he gets for one that is not there. */
  private void assertSameAsMissing(
      Network network, String field, Function<NetworkId, @Nullable Object> request) {
    NetworkId missing = cloud.ids.externalNetwork();
    Refused ofMissing = refusalOf(() -> request.apply(missing));
    Refused refused = refusalOf(() -> request.apply(network.id()));
    assertThat(refused.code()).isEqualTo(ofMissing.code());
    assertThat(refused.getMessage())
        .isEqualTo(
            String.valueOf(ofMissing.getMessage()).replace(missing.value(), network.id().value()));
    assertThat(refused.errors().stream().map(FieldError::field).toList())
        .isEqualTo(field.isEmpty() ? List.of() : List.of(field));
  }

  private static Command.NewNic on(NetworkId network) {
    return new Command.NewNic(network, null, null, null, List.of());
  }

  private Network share(
      Caller caller, NetworkId id, @Nullable Boolean shared, @Nullable List<String> accounts) {
    var command =
        new Command.UpdateNetwork(
            null, null, PolicyChange.NOTHING, new Command.Grants(shared, accounts));
    return cloud.as(
        caller, (now, context) -> InventoryDecisions.updateNetwork(now, id, command, context));
  }

  private static Sharing sharing(Network network) {
    return ((ExternalNetwork) network).sharing();
  }

  @Test
  void anAdministratorCreatesAndChangesTheVmsOfAnyAccount() {
    var command =
        new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(Cloud.on(subnet)), "bob");
    Vm vm =
        cloud.as(cloud.alice, (now, context) -> InventoryDecisions.createVm(now, command, context));
    assertThat(vm.accountId()).isEqualTo(cloud.bob.accountId());
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm);

    cloud.updateNic(cloud.alice, vm, subnet, sources("10.9.0.0/16"));
    cloud.delete(cloud.alice, vm);

    assertThat(cloud.vip(vip).bindings()).isEmpty();
    assertThat(cloud.world.events().getLast().actor()).isEqualTo("alice");
    assertThat(cloud.world.events().getLast().accountId()).isEqualTo(cloud.bob.accountId());
    assertRefused(
        "account",
        ErrorCode.FORBIDDEN,
        () ->
            cloud.as(
                cloud.bob, (now, context) -> InventoryDecisions.createVm(now, command, context)));
    var nowhere = new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(), "nobody");
    assertRefused(
        "account",
        ErrorCode.REFERENCE_NOT_FOUND,
        () ->
            cloud.as(
                cloud.alice, (now, context) -> InventoryDecisions.createVm(now, nowhere, context)));
  }

  @Test
  void onAJoinedNetworkOnlyAnAdministratorChoosesWhatANicSends() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = cloud.vm(cloud.bob, vpc, subnet, external);
    MacAddress mac = MacAddress.parse("02:00:00:00:00:77");
    List<Cidr> sources = List.of(Cidr.parse("0.0.0.0/0"));

    assertRefused(
        "nics[0].mac",
        ErrorCode.FORBIDDEN,
        () ->
            cloud.vm(
                cloud.bob,
                vpc,
                List.of(new Command.NewNic(external.id(), null, mac, null, List.of()))));
    assertRefused(
        "nics[0].allowedSources",
        ErrorCode.FORBIDDEN,
        () ->
            cloud.vm(
                cloud.bob,
                vpc,
                List.of(new Command.NewNic(external.id(), null, null, null, sources))));
    assertRefused(
        "nics[0].gateway",
        ErrorCode.FORBIDDEN,
        () -> cloud.vm(cloud.bob, vpc, List.of(router(external, "192.0.2.1"))));
    for (Command.UpdateNic change :
        List.of(
            new Command.UpdateNic(mac, null, null, null, null),
            new Command.UpdateNic(null, null, sources, null, null),
            new Command.UpdateNic(null, null, null, true, null))) {
      assertRefused(ErrorCode.FORBIDDEN, () -> cloud.updateNic(cloud.bob, vm, external, change));
      cloud.updateNic(cloud.bob, vm, subnet, change);
      cloud.updateNic(cloud.alice, vm, external, change);
    }
    var port = new Command.UpdateNic(null, "tap7", null, null, null);
    assertRefused("port", ErrorCode.FORBIDDEN, () -> cloud.updateNic(cloud.bob, vm, subnet, port));
  }

  @Test
  void whoPermitsVmacOnAJoinedNetworkIsAnAdministrator() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, external, vm);
    Vip inside = cloud.vip(cloud.bob, vpc, subnet, vm);
    var vmac = new Command.Bind(vm.id(), true);

    assertRefused("vmacVmIds", ErrorCode.FORBIDDEN, () -> cloud.bind(cloud.bob, vip, vmac));
    assertThat(cloud.bind(cloud.bob, inside, vmac).bindings().getFirst().vmac()).isTrue();
    assertThat(cloud.bind(cloud.alice, vip, vmac).bindings().getFirst().vmac()).isTrue();
    assertThat(cloud.replace(cloud.bob, vip, vm).bindings().getFirst().vmac())
        .as("what an administrator permitted stays")
        .isTrue();
    Vm other = cloud.vm(cloud.bob, vpc, subnet);
    assertRefused(
        ErrorCode.NOT_FOUND,
        () -> cloud.bind(cloud.alice, vip, new Command.Bind(other.id(), true)));
  }

  @Test
  void aNicHasAMacAddressThatIsAStationsOwn() {
    cloud.learnt(subnet.id(), MacAddress.parse("02:00:00:00:00:fe"));
    for (String mac : List.of("00:00:5e:00:01:01", "00:00:5e:00:02:ff", "0a:68:61:76:69:70")) {
      assertRefused(
          "nics[0].mac",
          ErrorCode.INVALID_FIELD,
          () -> cloud.vm(operator, vpc, List.of(nic(subnet, mac, "tap1"))));
    }
    assertRefused(
        "nics[0].mac",
        ErrorCode.IN_USE,
        () -> cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:fe", "tap1"))));
    Vm vm = cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:11", "tap1")));
    Vm other = cloud.vm(operator, vpc, List.of(nic(subnet, "02:00:00:00:00:12", "tap2")));
    assertRefused(
        "mac",
        ErrorCode.IN_USE,
        () -> cloud.updateNic(operator, vm, subnet, mac("02:00:00:00:00:12", null)));
    assertRefused(
        "mac",
        ErrorCode.IN_USE,
        () -> cloud.updateNic(operator, vm, subnet, mac("02:00:00:00:00:fe", null)));
    cloud.updateNic(operator, vm, subnet, mac("02:00:00:00:00:fe", true));
    assertRefused(
        "gateway",
        ErrorCode.IN_USE,
        () ->
            cloud.updateNic(
                operator, vm, subnet, new Command.UpdateNic(null, null, null, false, null)));
    cloud.updateNic(operator, vm, subnet, mac("02:00:00:00:00:13", false));
    assertThat(cloud.vm(other).version()).isEqualTo(1);
  }

  @Test
  void oneRouterVmHasTheGatewaysAddressAsItsOwn() {
    assertRefused(
        "nics[0].address",
        ErrorCode.ADDRESS_RESERVED,
        () -> cloud.vm(cloud.bob, vpc, List.of(Cloud.on(subnet, "10.0.0.1"))));
    Vm router = cloud.vm(cloud.bob, vpc, List.of(router(subnet, "10.0.0.1")));
    assertRefused(
        "nics[0].address",
        ErrorCode.ADDRESS_TAKEN,
        () -> cloud.vm(cloud.bob, vpc, List.of(router(subnet, "10.0.0.1"))));
    cloud.vm(cloud.bob, vpc, List.of(router(subnet, "10.0.0.2")));
    assertRefused(
        "gateway",
        ErrorCode.IN_USE,
        () ->
            cloud.updateNic(
                cloud.bob, router, subnet, new Command.UpdateNic(null, null, null, false, null)));
    cloud.delete(cloud.bob, router);
    cloud.vm(cloud.bob, vpc, List.of(router(subnet, "10.0.0.1")));
  }

  @Test
  void aRealServerAnswersFromAVipToWhichItIsNotBound() {
    Vm director = cloud.vm(cloud.bob, vpc, subnet);
    Vm server = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, director);
    Vip elsewhere = cloud.vip(cloud.bob, vpc, cloud.external("192.0.2.0/24", "192.0.2.1"));
    Vpc alices = cloud.vpc(cloud.alice);
    Vip alicesVip =
        cloud.vip(cloud.alice, alices, cloud.subnet(cloud.alice, alices, "10.0.0.0/24"));

    cloud.updateNic(cloud.bob, server, subnet, sendsFrom(vip));
    assertThat(cloud.vm(server).nics().getFirst().sendsFromVip()).containsExactly(vip.id());
    assertRefused(
        "vmIds[1]", ErrorCode.INVALID_FIELD, () -> cloud.replace(cloud.bob, vip, director, server));
    assertRefused(
        "sendsFromVip",
        ErrorCode.INVALID_FIELD,
        () -> cloud.updateNic(cloud.bob, director, subnet, sendsFrom(vip)));
    assertRefused(
        "sendsFromVip",
        ErrorCode.INVALID_FIELD,
        () -> cloud.updateNic(cloud.bob, director, subnet, sendsFrom(elsewhere)));
    assertRefused(
        "sendsFromVip",
        ErrorCode.REFERENCE_NOT_FOUND,
        () -> cloud.updateNic(cloud.bob, director, subnet, sendsFrom(alicesVip)));
    cloud.delete(cloud.bob, vip);
    cloud.realised(vip);
    assertThat(cloud.vm(server).nics().getFirst().sendsFromVip()).isEmpty();
  }

  @Test
  void aNicsNewMacAddressIsToldToTheFabricWithTheVipsThatItIsBoundTo() {
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm);
    Nic nic = vm.nics().getFirst();

    Decision<Vm> decision =
        InventoryDecisions.updateNic(
            cloud.world,
            vm.id(),
            nic.id(),
            mac("02:00:00:00:00:55", null),
            cloud.context(cloud.bob));

    assertThat(decision.wakes()).containsExactlyInAnyOrder(nic.id(), subnet.id(), vip.id());
    assertThat(decision.answer().version()).isEqualTo(vm.version() + 1);
  }

  private static Command.NewNic router(Network network, String address) {
    return new Command.NewNic(
        network.id(), Ipv4Address.parse(address), null, null, List.of(), true, Set.of());
  }

  private static Command.UpdateNic mac(String mac, @Nullable Boolean gateway) {
    return new Command.UpdateNic(MacAddress.parse(mac), null, null, gateway, null);
  }

  private static Command.UpdateNic sources(String cidr) {
    return new Command.UpdateNic(null, null, List.of(Cidr.parse(cidr)), null, null);
  }

  private static Command.UpdateNic sendsFrom(Vip vip) {
    return new Command.UpdateNic(null, null, null, null, Set.of(vip.id()));
  }

  private Network deleteSubnet() {
    return cloud.as(
        cloud.bob, (now, context) -> InventoryDecisions.deleteNetwork(now, subnet.id(), context));
  }

  private Vpc deleteVpc() {
    return cloud.as(
        cloud.bob, (now, context) -> InventoryDecisions.deleteVpc(now, vpc.id(), context));
  }

  private static Command.NewNic nic(Network network, String mac, String port) {
    return new Command.NewNic(network.id(), null, MacAddress.parse(mac), port, List.of());
  }

  private Command.NewNic nic(List<Cidr> allowedSources) {
    return new Command.NewNic(subnet.id(), null, null, null, allowedSources);
  }
}
