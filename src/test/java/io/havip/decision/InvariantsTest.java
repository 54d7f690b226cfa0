package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.error.ErrorCode;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The invariants can be broken, and say so. */
class InvariantsTest {
  private final Cloud cloud = new Cloud();
  private final Vpc vpc = cloud.vpc(cloud.bob);
  private final Network subnet = cloud.subnet(cloud.bob, vpc, "10.0.0.0/24");
  private final Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
  private final Vm vm = cloud.vm(cloud.bob, vpc, subnet);
  private final Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm);
  private final Nic nic = vm.nics().getFirst();

  @Test
  void theWorldIsInOrderBefore() {
    assertThatCode(() -> Invariants.checkWorld(cloud.world, cloud.limits))
        .doesNotThrowAnyException();
  }

  @Test
  void aReservationMissingIsSeen() {
    breaks(
        "one address is one reservation",
        new Change.Release(new Reservation(subnet.id(), vip.address(), vip.id())));
  }

  @Test
  void aReservationTooManyIsSeen() {
    Ipv4Address address = Ipv4Address.parse("10.0.0.77");
    breaks(
        "one address is one reservation",
        new Change.Reserve(new Reservation(subnet.id(), address, vip.id())));
  }

  @Test
  void tooManyVmsAreSeen() {
    seen(cloud.world, new Limits(0, 5), "at most so many VMs are bound to a VIP");
  }

  @Test
  void tooManyVipsAreSeen() {
    seen(cloud.world, new Limits(3, 0), "a VM is bound to at most so many VIPs");
  }

  @Test
  void aBindingThroughTheWrongNicIsSeen() {
    Vm both = cloud.vm(cloud.bob, vpc, subnet, external);
    Nic wrong = both.nicOn(external.id()).orElseThrow();
    breaks(
        "has the binding's NIC on the VIP's network",
        new Change.PutVip(
            vip.bound(List.of(new Binding(both.id(), wrong.id(), wrong.id())), cloud.now)));
  }

  @Test
  void aWrongVrrpNicIsSeen() {
    Vm both = cloud.vm(cloud.bob, vpc, subnet, external);
    breaks(
        "the VRRP NIC is",
        new Change.PutVip(
            vip.bound(
                List.of(
                    new Binding(
                        both.id(),
                        both.nicOn(subnet.id()).orElseThrow().id(),
                        both.nicOn(external.id()).orElseThrow().id())),
                cloud.now)));
  }

  @Test
  void aNicLeftBehindByItsBindingIsSeen() {
    breaks(
        "a NIC that a binding made",
        new Change.AddNic(
            new Nic(
                cloud.ids.nic(),
                vm.id(),
                external.id(),
                null,
                MacAddress.parse("02:00:00:00:00:99"),
                "tap99",
                List.of(),
                true)));
  }

  @Test
  void aNicWithoutAnAddressOnASubnetIsSeen() {
    Vm bare = cloud.vm(cloud.bob, vpc);
    breaks(
        "a NIC on a subnet has an address",
        new Change.AddNic(
            new Nic(
                cloud.ids.nic(),
                bare.id(),
                subnet.id(),
                null,
                MacAddress.parse("02:00:00:00:00:99"),
                "tap99",
                List.of(),
                false)));
  }

  @Test
  void aChangeOfAnotherAccountsVpcIsSeen() {
    World after = cloud.world.apply(List.of(new Change.PutVpc(vpc.renamed("mine", cloud.now))));

    assertThatThrownBy(() -> Invariants.checkIsolation(cloud.world, after, cloud.alice))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("besides its own");
  }

  @Test
  void aChangeWithoutHistoryAndAVipThatJustGoesAreSeen() {
    Vip renamed = vip.updated("other", "", null, cloud.now.plusMillis(1));
    notAStep("a change of a VIP is in its history", renamed, new Change.PutVip(renamed));
    notAStep(
        "only a deleted VIP goes",
        vip,
        new Change.Release(new Reservation(subnet.id(), vip.address(), vip.id())),
        new Change.DropVip(vip.id()));
  }

  @Test
  void aVipThatNobodyIsWokenForIsSeen() {
    Vm other = cloud.vm(cloud.bob, vpc, subnet);
    Decision<Vip> decision =
        VipDecisions.bind(
            cloud.world,
            vip.id(),
            new Command.Bind(other.id(), null),
            new Context(cloud.bob, cloud.now.plusMillis(1), cloud.ids, cloud.limits));
    Decision<Vip> asleep = new Decision<>(decision.changes(), Set.of(), decision.answer());

    assertThatThrownBy(() ->
            Invariants.check(
                cloud.world, asleep, cloud.world.apply(asleep.changes()), cloud.limits))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("what the fabric must look at again");
  }

  /** The world itself is the second line: it refuses what no store would take. */
  @Test
  void theWorldRefusesWhatIsInconsistent() {
    Ipv4Address taken = vip.address();
    Stream.of(
            new Change.DropVpc(vpc.id()),
            new Change.DropNetwork(subnet.id()),
            new Change.DropVm(vm.id()),
            new Change.DropNic(nic.id()),
            new Change.DropVip(vip.id()),
            new Change.DropVip(cloud.ids.vip()),
            new Change.AddNic(nic),
            new Change.Release(new Reservation(subnet.id(), taken, nic.id())),
            new Change.Reserve(
                new Reservation(subnet.id(), Ipv4Address.parse("10.0.0.9"), vm.id())))
        .forEach(change ->
            assertThatThrownBy(() -> cloud.world.apply(List.of(change)))
                .as(change.toString())
                .isInstanceOf(IllegalStateException.class));
    Refusals.assertRefused(
        ErrorCode.ADDRESS_TAKEN,
        () ->
            cloud.world.apply(
                List.of(new Change.Reserve(new Reservation(subnet.id(), taken, nic.id())))));
  }

  private void breaks(String rule, Change... changes) {
    seen(cloud.world.apply(List.of(changes)), cloud.limits, rule);
  }

  private static void seen(World world, Limits limits, String rule) {
    assertThatThrownBy(() -> Invariants.checkWorld(world, limits))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(rule);
  }

  private void notAStep(String rule, Vip answer, Change... changes) {
    Decision<Vip> decision = new Decision<>(List.of(changes), Set.of(), answer);

    assertThatThrownBy(() ->
            Invariants.check(
                cloud.world, decision, cloud.world.apply(decision.changes()), cloud.limits))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(rule);
  }
}
