package io.havip.decision;

import static io.havip.decision.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.error.ErrorCode;
import io.havip.event.Happening;
import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.NetworkId;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.MacAddress;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the HA software in VMs is told. */
class HaRulesTest {
  private final Cloud cloud = new Cloud();
  private final Vpc vpc = cloud.vpc(cloud.alice);
  private final Network subnet = cloud.subnet(cloud.alice, vpc, "10.0.0.0/22");
  private final Vm a = cloud.vm(cloud.alice, vpc, subnet);
  private final Vm b = cloud.vm(cloud.alice, vpc, subnet);
  private final Vm c = cloud.vm(cloud.alice, vpc, subnet);

  @Test
  void aVipGetsItsVridWithItsFirstVmAndKeepsIt() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet);
    assertThat(cloud.world.virtualRouter(vip.id())).isEmpty();
    cloud.replace(cloud.alice, vip, a, b);
    assertThat(cloud.world.virtualRouter(vip.id())).isPresent();
    Membership first = configure(vip, a).memberships().getFirst();
    assertThat(first.vrid()).isEqualTo(1);
    assertThat(first.members().stream().map(Member::id)).containsExactly(a.id(), b.id());
    World told = cloud.world;
    assertThat(configure(vip, a).memberships()).containsExactly(first);
    assertThat(cloud.world.virtualRouter(vip.id())).isEqualTo(told.virtualRouter(vip.id()));
    cloud.replace(cloud.alice, vip, c);
    Membership later = configure(vip, c).memberships().getFirst();
    assertThat(later.vrid()).isEqualTo(1);
    assertThat(later.authPass()).isEqualTo(first.authPass());
    assertThat(later + "" + cloud.world.virtualRouter(vip.id()))
        .doesNotContain(first.authPass().secret());
  }

  @Test
  void aConfigurationIsAboutEveryVipOfTheVm() {
    Vip one = cloud.vip(cloud.alice, vpc, subnet, b, a);
    Vip two = cloud.vip(cloud.alice, vpc, subnet, a, b);
    Node node = configure(two, a);
    assertThat(node.memberships().stream().map(Membership::address))
        .containsExactly(one.address(), two.address());
    assertThat(node.memberships().get(0).members()).isEqualTo(node.memberships().get(1).members());
    assertThat(node.memberships().stream().map(Membership::vrid)).containsExactly(1, 2);
  }

  @Test
  void aBindingChangeOutdatesWhatNamesOthers() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a, b);
    configure(vip, a);
    assertThat(states(vip)).containsExactly("CURRENT", "NONE");
    cloud.bind(cloud.alice, vip, c);
    assertThat(states(vip)).containsExactly("OUTDATED", "NONE", "NONE");
    configure(vip, c);
    assertThat(states(vip)).containsExactly("OUTDATED", "NONE", "CURRENT");
    cloud.unbind(cloud.alice, vip, c);
    assertThat(states(vip)).as("as it was when it was made").containsExactly("CURRENT", "NONE");
  }

  @Test
  void anExternalVipIsElectedForInTheVpc() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vip vip = cloud.vip(cloud.alice, vpc, external, a, b);
    Membership membership = configure(vip, a).memberships().getFirst();
    assertThat(membership.vrrpDevice()).isEqualTo("eth0");
    assertThat(membership.device()).isEqualTo("eth1");
    assertThat(membership.uplink()).isEqualTo(external.gateway());
    assertThat(cloud.world.vrids(subnet.id(), cloud.ids.vip())).containsExactly(1);
    assertThat(cloud.world.vrids(external.id(), cloud.ids.vip())).containsExactly(1);
    assertRefused(
        "vmac", ErrorCode.INVALID_FIELD, () -> as(vip, a, Map.of(external.id(), "ens9"), true));
    Vip allowed = cloud.bind(cloud.alice, vip, new Command.Bind(a.id(), true));
    assertThat(allowed.binding(a.id()).orElseThrow().vmac()).isTrue();
    assertThat(allowed.binding(b.id()).orElseThrow().vmac()).as("only the one").isFalse();
    Membership named = as(vip, a, Map.of(external.id(), "ens9"), true).memberships().getFirst();
    assertThat(named.device()).isEqualTo("ens9");
  }

  @Test
  void aVipWhoseVmsMayUseTheVridsMacAddressHasAVridAtOnce() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a, b);
    Vip allowed = cloud.bind(cloud.alice, vip, new Command.Bind(a.id(), true));
    assertThat(allowed.generation()).isEqualTo(vip.generation() + 1);
    VirtualRouter router = cloud.world.virtualRouter(vip.id()).orElseThrow();
    assertThat(router.mac()).hasToString("00:00:5e:00:01:01");

    assertThat(cloud.bind(cloud.alice, allowed, a)).as("it stays as it is").isEqualTo(allowed);
    Vip replaced = cloud.replace(cloud.alice, allowed, a, b);
    assertThat(replaced.binding(a.id()).orElseThrow().vmac()).isTrue();
    Vip forbidden = cloud.bind(cloud.alice, replaced, new Command.Bind(a.id(), false));
    assertThat(forbidden.binding(a.id()).orElseThrow().vmac()).isFalse();
    assertThat(cloud.world.virtualRouter(vip.id())).contains(router);
  }

  @Test
  void exhaustionStopsConfigurationsAndNothingElse() {
    cloud.limits = new Limits(3, 400);
    List<Vip> vips =
        IntStream.range(0, 256).mapToObj(_ -> cloud.vip(cloud.alice, vpc, subnet, b)).toList();
    Refusals.assertRefused(ErrorCode.VRIDS_EXHAUSTED, () -> configure(vips.getLast(), b));
    cloud.unbind(cloud.alice, vips.getLast(), b);
    assertThat(configure(vips.getFirst(), b).memberships()).hasSize(255);
    assertThat(cloud.world.vrids(subnet.id(), cloud.ids.vip())).hasSize(255);
    Vip more = cloud.vip(cloud.alice, vpc, subnet, a);
    Refusals.assertRefused(ErrorCode.VRIDS_EXHAUSTED, () -> configure(more, a));

    Vip gone = vips.get(100);
    int freed = cloud.world.virtualRouter(gone.id()).orElseThrow().vrid();
    cloud.delete(cloud.alice, gone);
    cloud.realised(gone);
    Refusals.assertRefused(ErrorCode.VRIDS_EXHAUSTED, () -> configure(more, a));
    cloud.replace(cloud.alice, more, a);
    assertThat(configure(more, a).memberships().getFirst().vrid()).isEqualTo(freed);
  }

  @Test
  void theVridOfTheExamplesIsTakenLast() {
    cloud.limits = new Limits(3, 400);
    List<Vip> vips =
        IntStream.range(0, 60).mapToObj(_ -> cloud.vip(cloud.alice, vpc, subnet, a)).toList();
    assertThat(configure(vips.getFirst(), a).memberships().stream().map(Membership::vrid))
        .doesNotContain(51)
        .contains(50, 52);
  }

  @Test
  void aVridMovesWithAllVmsUnlessItIsAnothersThere() {
    Network elsewhere = cloud.subnet(cloud.alice, vpc, "10.0.8.0/24");
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm far = cloud.vm(cloud.alice, vpc, elsewhere);
    Vip local = cloud.vip(cloud.alice, vpc, elsewhere, far);
    Vip moving = cloud.vip(cloud.alice, vpc, external, a);
    assertThat(configure(local, far).memberships().getFirst().vrid()).isEqualTo(1);
    assertThat(configure(moving, a).memberships().getFirst().vrid()).isEqualTo(1);
    cloud.replace(cloud.alice, moving, far);
    assertThat(configure(moving, far).memberships().stream().map(Membership::vrid))
        .containsExactly(1, 2);
  }

  @Test
  void aReplacedVridCountsUntilEveryBoundVmHasTheNewOne() {
    Network elsewhere = cloud.subnet(cloud.alice, vpc, "10.0.8.0/24");
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm far = cloud.vm(cloud.alice, vpc, elsewhere);
    Vm farther = cloud.vm(cloud.alice, vpc, elsewhere);
    cloud.vip(cloud.alice, vpc, elsewhere, far);
    Vip moving = cloud.vip(cloud.alice, vpc, external, a);
    configure(moving, a);

    cloud.replace(cloud.alice, moving, far, farther);
    assertThat(vrids(moving)).containsExactlyInAnyOrder(1, 2);
    configure(moving, far);
    assertThat(vrids(moving)).as("one VM has the old one").containsExactlyInAnyOrder(1, 2);
    configure(moving, farther);
    assertThat(vrids(moving)).containsExactly(2);
  }

  @Test
  void noVipGetsAVridThatARouterOutsideHas() {
    policy(subnet, MacAddress.parse("00:00:5e:00:01:02"), 1, 4);
    cloud.learnt(subnet.id(), MacAddress.parse("00:00:5e:00:01:05"));
    assertThat(vrids(cloud.vip(cloud.alice, vpc, subnet, a))).containsExactly(3);
    policy(subnet, null, 255);
    assertThat(vrids(cloud.vip(cloud.alice, vpc, subnet, a))).containsExactly(4);
    assertThat(vrids(cloud.vip(cloud.alice, vpc, subnet, a))).containsExactly(6);
  }

  @Test
  void aVipWhoseVridIsReservedGetsAnotherAndItsVmsNeedNewConfigurations() {
    Vip first = cloud.vip(cloud.alice, vpc, subnet, a, b);
    Vip second = cloud.vip(cloud.alice, vpc, subnet, a, b);
    Vip third = cloud.vip(cloud.alice, vpc, subnet, a, b);
    configure(first, a);
    configure(first, b);

    Decision<Network> decision = reserving(subnet, null, 1, 2);
    assertThat(decision.wakes()).containsExactlyInAnyOrder(subnet.id(), first.id(), second.id());
    cloud.world = cloud.world.apply(decision.changes());
    assertThat(List.of(vrids(first), vrids(second), vrids(third)))
        .containsExactly(Set.of(1, 4), Set.of(2, 5), Set.of(3));
    assertThat(states(first)).containsExactly("OUTDATED", "OUTDATED");
    configure(first, a);
    assertThat(vrids(first)).as("b has the old one").containsExactlyInAnyOrder(1, 4);
    configure(first, b);
    assertThat(vrids(first)).containsExactly(4);

    policy(subnet, MacAddress.parse("00:00:5e:00:01:04"), 1, 2);
    assertThat(vrids(first)).as("it is the gateway's").doesNotContain(5, 3).contains(4).hasSize(2);
    assertThat(cloud.world.virtualRouter(first.id()).orElseThrow().vrid()).isNotEqualTo(4);
  }

  @Test
  void aVipWithoutVmsLeavesAReservedVridWhenItIsBound() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a);
    cloud.unbind(cloud.alice, vip, a);
    policy(subnet, null, 1);
    cloud.replace(cloud.alice, vip, b);
    assertThat(cloud.world.virtualRouter(vip.id()).orElseThrow().vrid()).isEqualTo(2);
  }

  @Test
  void anExternalVipLeavesAVridThatARouterOfItsNetworkHas() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vip vip = cloud.vip(cloud.alice, vpc, external, a);
    policy(external, MacAddress.parse("00:00:5e:00:01:01"));
    assertThat(cloud.world.virtualRouter(vip.id()).orElseThrow().vrid()).isEqualTo(2);
  }

  @Test
  void aPolicyLeavesEachVipAVrid() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a);
    int[] all = IntStream.rangeClosed(1, 255).toArray();
    assertRefused(ErrorCode.VRIDS_EXHAUSTED, () -> reserving(subnet, null, all));
    assertThat(vrids(vip)).containsExactly(1);
    int[] butOne = IntStream.rangeClosed(1, 254).toArray();
    policy(subnet, null, butOne);
    assertThat(vrids(vip)).containsExactlyInAnyOrder(1, 255);
  }

  @Test
  void aVridThatIsHeardOutsideIsLeftAtOnce() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a);
    Decision<NetworkId> decision = heard(Set.of(1), null);
    cloud.world = cloud.world.apply(decision.changes());
    assertThat(cloud.world.virtualRouter(vip.id()).orElseThrow().vrid()).isEqualTo(2);
    assertThat(decision.wakes()).contains(vip.id());
    assertThat(decision.changes())
        .filteredOn(Change.Append.class::isInstance)
        .extracting(change -> ((Change.Append) change).event().what())
        .containsExactly(new Happening.VridChanged(1, 2));

    assertThat(heard(Set.of(1), null).changes()).as("the same again").isEmpty();
    Decision<NetworkId> gateway = heard(Set.of(1), MacAddress.parse("00:00:5e:00:01:02"));
    cloud.world = cloud.world.apply(gateway.changes());
    assertThat(cloud.world.virtualRouter(vip.id()).orElseThrow().vrid()).isEqualTo(3);
  }

  @Test
  void aVipKeepsAVridThatIsHeardWhereThereIsNoOther() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a);
    Set<Integer> all = IntStream.rangeClosed(1, 255).boxed().collect(Collectors.toSet());
    cloud.world = cloud.world.apply(heard(all, null).changes());
    assertThat(vrids(vip)).containsExactly(1);
    assertThat(cloud.world.outsideVrids(subnet.id())).isEqualTo(all);
  }

  @Test
  void ofTwoVipsOneGetsTheLastVrid() {
    Vip first = cloud.vip(cloud.alice, vpc, subnet, a);
    Vip second = cloud.vip(cloud.alice, vpc, subnet, b);
    Set<Integer> allButOne = IntStream.rangeClosed(1, 254).boxed().collect(Collectors.toSet());
    cloud.world = cloud.world.apply(heard(allButOne, null).changes());
    assertThat(
            Stream.of(first, second)
                .map(vip -> cloud.world.virtualRouter(vip.id()).orElseThrow().vrid()))
        .containsOnlyOnce(255)
        .anyMatch(vrid -> vrid < 255);
  }

  private Decision<NetworkId> heard(Set<Integer> vrids, @Nullable MacAddress gatewayMac) {
    return HaDecisions.seenOutside(
        cloud.world, subnet.id(), vrids, gatewayMac, Instant.parse("2030-01-31T12:00:00Z"));
  }

  private void policy(Network network, @Nullable MacAddress gateway, int... reserved) {
    cloud.world = cloud.world.apply(reserving(network, gateway, reserved).changes());
  }

  private Decision<Network> reserving(
      Network network, @Nullable MacAddress gateway, int... reserved) {
    var policy =
        new NetworkPolicy(
            gateway,
            IntStream.of(reserved).boxed().toList(),
            List.of(),
            false,
            List.of(),
            OtherTraffic.DROP,
            true);
    var change =
        new PolicyChange(
            Set.of(PolicyChange.Setting.GATEWAY_MAC, PolicyChange.Setting.RESERVED_VRIDS), policy);
    return InventoryDecisions.updateNetwork(
        cloud.world,
        network.id(),
        new Command.UpdateNetwork(null, null, change, Command.Grants.NOT_GIVEN),
        cloud.context(cloud.alice));
  }

  @Test
  void readingAConfigurationChangesNothingForTheFabric() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a, b);
    Decision<Node> decision =
        HaDecisions.configure(
            cloud.world, vip.id(), a.id(), Map.of(), false, cloud.context(cloud.alice));
    assertThat(decision.wakes()).isEmpty();
    assertThat(vrids(vip)).containsExactly(1);
  }

  private Set<Integer> vrids(Vip vip) {
    return cloud.world.virtualRouter(vip.id()).orElseThrow().vrids();
  }

  @Test
  void namesOfInterfacesMustBeOfTheVmAndDiffer() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vip vip = cloud.vip(cloud.alice, vpc, external, a);
    Refusals.assertRefused(
        ErrorCode.REFERENCE_NOT_FOUND, () -> as(vip, a, Map.of(cloud.ids.subnet(), "ens3"), false));
    Refusals.assertRefused(
        ErrorCode.INVALID_FIELD, () -> as(vip, a, Map.of(subnet.id(), "eth1"), false));
  }

  @Test
  void onlyABoundVmOfTheCallerHasAConfiguration() {
    Vip vip = cloud.vip(cloud.alice, vpc, subnet, a);
    Refusals.assertRefused(ErrorCode.REFERENCE_NOT_FOUND, () -> configure(vip, b));
    Refusals.assertRefused(
        ErrorCode.NOT_FOUND,
        () ->
            cloud.as(
                cloud.bob,
                (now, context) ->
                    HaDecisions.configure(now, vip.id(), a.id(), Map.of(), false, context)));
    assertThat(cloud.world.virtualRouters())
        .as("nobody was given a configuration")
        .allMatch(router -> router.configured().isEmpty());
  }

  private Node configure(Vip vip, Vm vm) {
    return as(vip, vm, Map.of(), false);
  }

  private Node as(Vip vip, Vm vm, Map<NetworkId, String> interfaces, boolean hasVmac) {
    return cloud.as(
        cloud.alice,
        (now, context) ->
            HaDecisions.configure(now, vip.id(), vm.id(), interfaces, hasVmac, context));
  }

  private List<String> states(Vip vip) {
    VirtualRouter router = cloud.world.virtualRouter(vip.id()).orElseThrow();
    Vip now = cloud.vip(vip);
    return now.vmIds().stream()
        .map(vmId -> router.configurationOf(vmId, now.bindings()).name())
        .toList();
  }
}
