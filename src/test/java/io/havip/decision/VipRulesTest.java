package io.havip.decision;

import static io.havip.decision.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.error.ErrorCode;
import io.havip.event.Happening;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import io.havip.vip.Binding;
import io.havip.vip.Floating;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules about VIPs and their bindings, one by one. */
class VipRulesTest {
  private static final Limits FLOATING = new Limits(3, 5, true);

  private final Cloud cloud = new Cloud();
  private final Vpc vpc = cloud.vpc(cloud.bob);
  private final Network subnet =
      cloud.subnet(cloud.bob, vpc, "10.0.0.0/24", "10.0.0.1", "10.0.0.250-10.0.0.254");

  @Test
  void aLimitThatWasLoweredRefusesMoreBindingsButNotFewer() {
    Vm first = cloud.vm(cloud.bob, vpc, subnet);
    Vm second = cloud.vm(cloud.bob, vpc, subnet);
    Vm third = cloud.vm(cloud.bob, vpc, subnet);
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, first, second, third);
    Context afterwards =
        new Context(cloud.bob, cloud.now.plusMillis(1), cloud.ids, new Limits(1, 1));

    Vip unbound = VipDecisions.unbind(cloud.world, vip.id(), third.id(), afterwards).answer();

    assertThat(unbound.vmIds()).containsExactly(first.id(), second.id());
    Vm fourth = cloud.vm(cloud.bob, vpc, subnet);
    assertRefused(
        ErrorCode.VIP_BINDING_LIMIT,
        () ->
            VipDecisions.bind(
                cloud.world, vip.id(), new Command.Bind(fourth.id(), null), afterwards));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb", "a\u0000", "\u0085b", "a\u2028b", "a\u2029", "a\ud83d", "\udc00b"})
  void namesAndRemarksHaveNoLineBreaksControlsOrHalvesOfCharacters(String text) {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);

    assertRefused("name", ErrorCode.INVALID_FIELD, () -> cloud.rename(cloud.bob, vip, text));
    assertRefused("remark", ErrorCode.INVALID_FIELD, () -> cloud.remark(cloud.bob, vip, text));
  }

  @Test
  void aNameHasOneTo128CharactersAndARemarkUpTo255() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    String face = "\ud83d\ude00";

    assertThat(cloud.rename(cloud.bob, vip, "v").name()).isEqualTo("v");
    assertThat(cloud.rename(cloud.bob, vip, face.repeat(128)).name()).hasSize(256);
    assertThat(cloud.remark(cloud.bob, vip, "").remark()).isEmpty();
    assertThat(cloud.remark(cloud.bob, vip, face.repeat(255)).remark()).hasSize(510);
    for (String name : List.of("", " ", face.repeat(129), "n".repeat(129))) {
      assertRefused("name", ErrorCode.INVALID_FIELD, () -> cloud.rename(cloud.bob, vip, name));
    }
    assertRefused(
        "remark", ErrorCode.INVALID_FIELD, () -> cloud.remark(cloud.bob, vip, "r".repeat(256)));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, ADDRESS_RESERVED",
    "10.0.0.255, ADDRESS_RESERVED",
    "10.0.0.1, ADDRESS_RESERVED",
    "10.0.0.250, ADDRESS_RESERVED",
    "10.0.1.7, ADDRESS_OUTSIDE_NETWORK",
    "10.0.0.7, ADDRESS_TAKEN",
    "10.0.0.8, ADDRESS_TAKEN",
  })
  void anAddressMustBeFree(String address, ErrorCode code) {
    cloud.vm(cloud.bob, vpc, List.of(Cloud.on(subnet, "10.0.0.7")));
    cloud.vip(cloud.bob, vpc, subnet, "10.0.0.8");

    assertRefused("address", code, () -> cloud.vip(cloud.bob, vpc, subnet, address));
  }

  @Test
  void anAddressLeftOutIsChosenUntilTheNetworkIsFull() {
    Network tiny = cloud.subnet(cloud.bob, vpc, "10.0.9.0/29", "10.0.9.1", "10.0.9.3-10.0.9.4");

    assertThat(
            Stream.generate(() -> cloud.vip(cloud.bob, vpc, tiny))
                .limit(3)
                .map(vip -> vip.address().toString()))
        .containsExactlyInAnyOrder("10.0.9.2", "10.0.9.5", "10.0.9.6");
    assertRefused(ErrorCode.NETWORK_FULL, () -> cloud.vip(cloud.bob, vpc, tiny));
  }

  @Test
  void theSameAddressInAnotherVpcIsAnother() {
    Vpc twin = cloud.vpc(cloud.alice);
    Network twinSubnet = cloud.subnet(cloud.alice, twin, "10.0.0.0/24");
    cloud.vip(cloud.bob, vpc, subnet, "10.0.0.50");

    assertThat(cloud.vip(cloud.alice, twin, twinSubnet, "10.0.0.50").address())
        .hasToString("10.0.0.50");
  }

  @Test
  void aFourthVmIsRefused() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm(), vm(), vm());
    Vm fourth = vm();

    assertRefused(ErrorCode.VIP_BINDING_LIMIT, () -> cloud.bind(cloud.bob, vip, fourth));
    assertRefused(
        ErrorCode.VIP_BINDING_LIMIT,
        () -> cloud.vip(cloud.bob, vpc, subnet, vm(), vm(), vm(), fourth));
  }

  @Test
  void aSixthVipIsRefusedInternalAndExternalTogether() {
    Vm vm = vm();
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    for (int i = 0; i < 3; i++) {
      cloud.vip(cloud.bob, vpc, subnet, vm);
    }
    Vip fourth = cloud.vip(cloud.bob, vpc, external, vm);
    cloud.vip(cloud.bob, vpc, external, vm);

    assertRefused("vmIds[0]", ErrorCode.VM_VIP_LIMIT, () -> cloud.vip(cloud.bob, vpc, subnet, vm));
    cloud.unbind(cloud.bob, fourth, vm);
    assertThat(cloud.vip(cloud.bob, vpc, subnet, vm).vmIds()).containsExactly(vm.id());
  }

  @Test
  void replacingBindingsOfAFullVmByThemselvesIsNoSixth() {
    Vm vm = vm();
    Vip last = cloud.vip(cloud.bob, vpc, subnet, vm);
    for (int i = 0; i < 4; i++) {
      cloud.vip(cloud.bob, vpc, subnet, vm);
    }

    assertThat(cloud.replace(cloud.bob, last, vm, vm()).vmIds()).hasSize(2);
  }

  @Test
  void aBoundVmIsInTheVipsVpcAndHasANicOnItsNetwork() {
    Vpc other = cloud.vpc(cloud.bob);
    Vm stranger = cloud.vm(cloud.bob, other);
    Vm bare = cloud.vm(cloud.bob, vpc);
    Vm elsewhere = cloud.vm(cloud.bob, vpc, cloud.subnet(cloud.bob, vpc, "10.0.1.0/24"));
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);

    assertRefused("vmIds[0]", ErrorCode.VM_WRONG_VPC, () -> cloud.bind(cloud.bob, vip, stranger));
    assertRefused("vmIds[0]", ErrorCode.VM_WITHOUT_NIC, () -> cloud.bind(cloud.bob, vip, bare));
    assertRefused(
        "vmIds[0]", ErrorCode.VM_WITHOUT_NIC, () -> cloud.bind(cloud.bob, vip, elsewhere));
  }

  @Test
  void theVmsOfAnExternalVipTalkVrrpOnOneSubnet() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm elsewhere = cloud.vm(cloud.bob, vpc, cloud.subnet(cloud.bob, vpc, "10.0.1.0/24"));
    Vip vip = cloud.vip(cloud.bob, vpc, external, vm());

    assertRefused(
        "vmIds[1]", ErrorCode.VM_WITHOUT_NIC, () -> cloud.bind(cloud.bob, vip, elsewhere));
  }

  @Test
  void bindingToAnExternalVipMakesANicThatGoesWithTheLastSuchBinding() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = vm();
    Vip first = cloud.vip(cloud.bob, vpc, external, vm);
    Vip second = cloud.vip(cloud.bob, vpc, external, vm);
    Nic made = cloud.vm(vm).nicOn(external.id()).orElseThrow();
    assertThat(made.address()).isNull();
    assertThat(made.madeByBinding()).isTrue();

    cloud.unbind(cloud.bob, first, vm);
    assertThat(cloud.vm(vm).nicOn(external.id())).contains(made);
    cloud.delete(cloud.bob, second);
    assertThat(cloud.vm(vm).nicOn(external.id())).isEmpty();
  }

  @Test
  void aNicThatWasThereBeforeTheBindingStaysAfterIt() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = cloud.vm(cloud.bob, vpc, subnet, external);
    Vip vip = cloud.vip(cloud.bob, vpc, external, vm);

    cloud.unbind(cloud.bob, vip, vm);

    assertThat(cloud.vm(vm).nicOn(external.id())).isPresent();
  }

  @Test
  void deletingTheNicThatABindingMadeUnbindsFromAllVipsOnIt() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = vm();
    Vip first = cloud.vip(cloud.bob, vpc, external, vm);
    Vip second = cloud.vip(cloud.bob, vpc, external, vm);
    Vip internal = cloud.vip(cloud.bob, vpc, subnet, vm);

    cloud.deleteNicOn(cloud.bob, vm, external);

    assertThat(cloud.vip(first).bindings()).isEmpty();
    assertThat(cloud.vip(second).bindings()).isEmpty();
    assertThat(cloud.vip(internal).vmIds()).containsExactly(vm.id());
  }

  @Test
  void deletingTheVrrpNicUnbindsFromExternalVipsToo() {
    Network external = cloud.external("192.0.2.0/24", "192.0.2.1");
    Vm vm = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, external, vm);

    cloud.deleteNicOn(cloud.bob, vm, subnet);

    assertThat(cloud.vip(vip).bindings()).isEmpty();
    assertThat(cloud.vm(vm).nics()).isEmpty();
  }

  @Test
  void deletingANicOrAVmUnbindsInAnyState() {
    Vm one = vm();
    Vm two = vm();
    Vip creating = cloud.vip(cloud.bob, vpc, subnet, one, two);
    Vip available = cloud.realised(cloud.vip(cloud.bob, vpc, subnet, one, two));
    Vip failed = cloud.failed(cloud.vip(cloud.bob, vpc, subnet, one, two), Cloud.DUPLICATE);

    cloud.deleteNicOn(cloud.bob, one, subnet);
    cloud.delete(cloud.bob, two);

    for (Vip vip : List.of(creating, available, failed)) {
      assertThat(cloud.vip(vip).bindings()).isEmpty();
      assertThat(cloud.vip(vip).generation()).isEqualTo(3);
    }
  }

  @Test
  void aVmIsNamedOnce() {
    Vm vm = vm();

    assertRefused(
        "vmIds", ErrorCode.INVALID_FIELD, () -> cloud.vip(cloud.bob, vpc, subnet, vm, vm));
  }

  @Test
  void replacingIsAllOrNothing() {
    Vm old = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, old);
    Vm bare = cloud.vm(cloud.bob, vpc);

    assertRefused(
        "vmIds[1]", ErrorCode.VM_WITHOUT_NIC, () -> cloud.replace(cloud.bob, vip, vm(), bare));

    assertThat(cloud.vip(vip)).isEqualTo(vip);
  }

  @Test
  void anUnchangedSetKeepsTheVersion() {
    Vm one = vm();
    Vm two = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, one, two);

    assertThat(cloud.replace(cloud.bob, vip, two, one)).isEqualTo(vip);
    assertThat(cloud.bind(cloud.bob, vip, two)).isEqualTo(vip);
    assertThat(cloud.rename(cloud.bob, vip, vip.name())).isEqualTo(vip);
  }

  @Test
  void aVmThatIsNotBoundCannotBeUnbound() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);

    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.unbind(cloud.bob, vip, vm()));
  }

  @Test
  void whileDeletingOnlyNameAndRemarkCanChange() {
    Vm vm = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm);
    assertThat(cloud.delete(cloud.bob, vip).bindings()).isEmpty();

    assertThat(cloud.rename(cloud.bob, vip, "late").name()).isEqualTo("late");
    assertThat(cloud.remark(cloud.bob, vip, "late").remark()).isEqualTo("late");
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.bind(cloud.bob, vip, vm));
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.unbind(cloud.bob, vip, vm));
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.replace(cloud.bob, vip));
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.retry(cloud.bob, vip));
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.delete(cloud.bob, vip));
  }

  @Test
  void theAddressIsFreeOnlyOnceEveryPermissionIsWithdrawn() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, "10.0.0.50");
    cloud.realised(vip);
    cloud.delete(cloud.bob, vip);

    cloud.realised(vip, 1);
    assertRefused(ErrorCode.ADDRESS_TAKEN, () -> cloud.vip(cloud.bob, vpc, subnet, "10.0.0.50"));
    cloud.realised(vip, 2);

    assertThat(cloud.world.vip(vip.id())).isEmpty();
    assertThat(cloud.vip(cloud.bob, vpc, subnet, "10.0.0.50").id()).isNotEqualTo(vip.id());
  }

  @Test
  void onlyAFailedVipIsTriedAgainAndAFailedOneCanBeDeleted() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    assertRefused(ErrorCode.WRONG_STATE, () -> cloud.retry(cloud.bob, vip));
    cloud.failed(vip, Cloud.DUPLICATE);

    assertThat(cloud.retry(cloud.bob, vip).state()).isEqualTo(VipState.CREATING);
    cloud.failed(vip, Cloud.DUPLICATE);
    assertThat(cloud.delete(cloud.bob, vip).failure()).isNull();
  }

  @Test
  void anotherFloatingAddressIsANewGeneration() {
    cloud.limits = FLOATING;
    Network outside = cloud.external("203.0.113.0/29", "203.0.113.1");
    Floating wanted = new Floating(outside.id(), Ipv4Address.parse("203.0.113.5"));
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, vm());

    Vip floating = cloud.floating(cloud.bob, vip, outside, "203.0.113.5");
    assertThat(floating.floating()).isEqualTo(wanted);
    assertThat(floating.generation()).isEqualTo(vip.generation() + 1);
    assertThat(floating.bindings()).isEqualTo(vip.bindings());
    assertThat(lastEvent())
        .isEqualTo(new Happening.FloatingAddressChanged(wanted.address(), floating.generation()));
    assertThat(cloud.floating(cloud.bob, vip, outside, "203.0.113.5")).isEqualTo(floating);
    assertThat(cloud.floating(cloud.bob, vip, outside, null)).as("any").isEqualTo(floating);

    Vip none =
        cloud.update(
            cloud.bob,
            vip,
            new Command.UpdateVip("renamed", null, new Command.ChangeFloating(null)));
    assertThat(none.floating()).isNull();
    assertThat(none.name()).isEqualTo("renamed");
    assertThat(none.version()).as("one change").isEqualTo(floating.version() + 1);
  }

  @Test
  void aFloatingAddressIsReservedUntilTheVipIsGone() {
    cloud.limits = FLOATING;
    Network outside = cloud.external("203.0.113.0/29", "203.0.113.1");
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    Vip other = cloud.vip(cloud.bob, vpc, subnet);
    cloud.floating(cloud.bob, vip, outside, "203.0.113.5");
    assertRefused(
        ErrorCode.ADDRESS_TAKEN, () -> cloud.floating(cloud.bob, other, outside, "203.0.113.5"));
    assertRefused(
        ErrorCode.ADDRESS_RESERVED, () -> cloud.floating(cloud.bob, other, outside, "203.0.113.1"));
    assertRefused(ErrorCode.INVALID_FIELD, () -> cloud.floating(cloud.bob, other, subnet, null));
    assertRefused(
        ErrorCode.IN_USE,
        () ->
            cloud.as(
                cloud.alice,
                (snapshot, context) ->
                    InventoryDecisions.deleteNetwork(snapshot, outside.id(), context)));

    cloud.floating(cloud.bob, vip, outside, "203.0.113.6");
    cloud.floating(cloud.bob, other, outside, "203.0.113.5");
    cloud.delete(cloud.bob, other);
    assertRefused(
        ErrorCode.ADDRESS_TAKEN, () -> cloud.floating(cloud.bob, vip, outside, "203.0.113.5"));
    assertRefused(
        ErrorCode.WRONG_STATE, () -> cloud.floating(cloud.bob, other, outside, "203.0.113.4"));
    cloud.realised(cloud.vip(other));
    assertThat(cloud.floating(cloud.bob, vip, outside, "203.0.113.5").floating()).isNotNull();
  }

  @Test
  void anExternalVipNeedsNoFloatingAddress() {
    cloud.limits = FLOATING;
    Network outside = cloud.external("203.0.113.0/29", "203.0.113.1");
    Vip vip = cloud.vip(cloud.bob, vpc, outside);
    assertRefused(ErrorCode.INVALID_FIELD, () -> cloud.floating(cloud.bob, vip, outside, null));
  }

  @Test
  void whatTranslatesNothingHasNoFloatingAddresses() {
    Network outside = cloud.external("203.0.113.0/29", "203.0.113.1");
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    assertThatThrownBy(() -> cloud.floating(cloud.bob, vip, outside, null))
        .hasMessageContaining("the Linux fabric translates no addresses")
        .hasMessageContaining("fabric: ovn");
  }

  @Test
  void aFencedVmStaysBoundUntilItsTimeHasCome() {
    Vm first = vm();
    Vm second = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, first, second);

    Vip fenced = cloud.fence(cloud.bob, vip, first, 60);
    Instant until = cloud.now.plusSeconds(60);
    assertThat(fenced.bindings()).extracting(Binding::fencedUntil).containsExactly(until, null);
    assertThat(fenced.generation()).isEqualTo(2);
    assertThat(lastEvent())
        .isEqualTo(new Happening.FenceBegan(first.id(), until, fenced.generation()));
    assertThat(cloud.bind(cloud.bob, vip, vm()).bindings())
        .as("other bindings change nothing of it")
        .extracting(Binding::fencedUntil)
        .containsExactly(until, null, null);

    cloud.now = until.minusMillis(2);
    assertThat(cloud.endFences(vip)).isEqualTo(cloud.vip(vip));
    Vip ended = cloud.endFences(vip);
    assertThat(ended.bindings()).extracting(Binding::fencedUntil).containsOnlyNulls();
    assertThat(lastEvent()).isEqualTo(new Happening.FenceEnded(first.id(), ended.generation()));
  }

  @Test
  void aFenceIsMovedAndEndedEarly() {
    Vm first = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, first);
    cloud.fence(cloud.bob, vip, first, 86_400);

    Vip moved = cloud.fence(cloud.bob, vip, first, 1);
    assertThat(moved.bindings().getFirst().fencedUntil()).isEqualTo(cloud.now.plusSeconds(1));
    Vip ended = cloud.fence(cloud.bob, vip, first, 0);
    assertThat(ended.bindings().getFirst().isFenced()).isFalse();
    assertThat(cloud.fence(cloud.bob, vip, first, 0)).as("which it was already").isEqualTo(ended);
  }

  @Test
  void onlyABoundVmIsFencedAndForADayAtMost() {
    Vm bound = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet, bound);
    assertRefused(
        "vmId", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.fence(cloud.bob, vip, vm(), 60));
    assertRefused(
        "seconds", ErrorCode.INVALID_FIELD, () -> cloud.fence(cloud.bob, vip, bound, 86_401));
    assertRefused("seconds", ErrorCode.INVALID_FIELD, () -> cloud.fence(cloud.bob, vip, bound, -1));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.fence(cloud.alice, vip, bound, 60));
  }

  @Test
  void theSameFailureTwiceIsOneEvent() {
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    cloud.failed(vip, Cloud.DUPLICATE);
    int events = cloud.world.events().size();

    cloud.failed(vip, Cloud.DUPLICATE);

    assertThat(cloud.world.events()).hasSize(events);
  }

  @Test
  void whatIsAnothersIsNotThere() {
    Vm bobs = vm();
    Vip vip = cloud.vip(cloud.bob, vpc, subnet);
    Vpc alices = cloud.vpc(cloud.alice);
    Network alicesSubnet = cloud.subnet(cloud.alice, alices, "10.0.0.0/24");
    Vip alicesVip = cloud.vip(cloud.alice, alices, alicesSubnet);

    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.rename(cloud.alice, vip, "mine"));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.bind(cloud.alice, vip, bobs));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.delete(cloud.alice, vip));
    assertRefused(ErrorCode.NOT_FOUND, () -> cloud.retry(cloud.alice, vip));
    assertRefused(
        "vpcId", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.vip(cloud.alice, vpc, alicesSubnet));
    assertRefused(
        "networkId", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.vip(cloud.alice, alices, subnet));
    assertRefused(
        "vmIds[0]", ErrorCode.REFERENCE_NOT_FOUND, () -> cloud.bind(cloud.alice, alicesVip, bobs));
  }

  @Test
  void theTypeFitsTheNetworkAndTheNetworkTheVpc() {
    Vpc other = cloud.vpc(cloud.bob);
    var external =
        new Command.CreateVip(
            "vip",
            "",
            VipType.EXTERNAL,
            vpc.id(),
            subnet.id(),
            null,
            new Command.Bindings(List.of()));

    assertRefused("type", ErrorCode.INVALID_FIELD, () -> cloud.vip(cloud.bob, external));
    assertRefused("networkId", ErrorCode.INVALID_FIELD, () -> cloud.vip(cloud.bob, other, subnet));
  }

  private Vm vm() {
    return cloud.vm(cloud.bob, vpc, subnet);
  }

  private Happening lastEvent() {
    return cloud.world.events().getLast().what();
  }
}
