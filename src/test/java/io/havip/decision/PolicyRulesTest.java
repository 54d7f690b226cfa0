package io.havip.decision;

import static io.havip.decision.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.PolicyChange.Setting;
import io.havip.error.ErrorCode;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which policy a network may have, and which callers set it. */
class PolicyRulesTest {
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:99");

  private final Cloud cloud = new Cloud();
  private final Caller operator = new Caller(cloud.bob.accountId(), Role.ADMIN, "operator");
  private final Vpc vpc = cloud.vpc(cloud.bob);
  private final Network subnet = cloud.subnet(cloud.bob, vpc, "10.0.0.0/24", "10.0.0.1");
  private final Network joined = joined("br0", PolicyChange.NOTHING);

  @Test
  void aNewNetworkHasThePolicyThatIsGiven() {
    NetworkPolicy wanted =
        new NetworkPolicy(
            MAC,
            List.of(7, 200),
            List.of("eth1", "eth2"),
            true,
            ranges("10.0.9.8-10.0.9.9", "10.0.9.20"),
            OtherTraffic.PASS,
            false);
    var all = new PolicyChange(Set.of(Setting.values()), wanted);
    assertThat(joined("br9", all).policy()).isEqualTo(wanted);
    assertThat(subnet.policy()).isEqualTo(NetworkPolicy.DEFAULT);
  }

  @Test
  void aChangeKeepsTheSettingsThatItDoesNotName() {
    set(operator, joined, Setting.RESERVED_VRIDS, with(null, List.of(7)));
    Network changed = set(operator, joined, Setting.GATEWAY_MAC, with(MAC, List.of()));
    assertThat(changed.policy()).isEqualTo(with(MAC, List.of(7)));
    assertThat(set(operator, joined, Setting.GATEWAY_MAC, NetworkPolicy.DEFAULT).policy())
        .isEqualTo(with(null, List.of(7)));
  }

  @Test
  void theFabricIsToldOfAChangedPolicyOnly() {
    var pass = new PolicyChange(Set.of(Setting.OTHER_TRAFFIC), other(OtherTraffic.PASS));
    Decision<Network> first = update(operator, subnet, pass);
    assertThat(first.wakes()).containsExactly(subnet.id());
    cloud.world = cloud.world.apply(first.changes());
    Decision<Network> again = update(operator, subnet, pass);
    assertThat(again.wakes()).isEmpty();
    assertThat(again.changes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void onAJoinedNetworkOnlyAdministratorsSetAPolicy(Setting setting) {
    NetworkPolicy wanted =
        new NetworkPolicy(
            MAC, List.of(7), List.of("eth1"), true, ranges("10.0.99.9"), OtherTraffic.PASS, false);
    assertRefused(
        setting.field(), ErrorCode.FORBIDDEN, () -> set(cloud.bob, joined, setting, wanted));
    Network changed = set(operator, joined, setting, wanted);
    assertThat(changed.policy()).isNotEqualTo(NetworkPolicy.DEFAULT);
    Network renamed =
        cloud.as(
            cloud.bob,
            (now, context) ->
                InventoryDecisions.updateNetwork(
                    now,
                    joined.id(),
                    new Command.UpdateNetwork(
                        "x",
                        null,
                        new PolicyChange(Set.of(setting), wanted),
                        Command.Grants.NOT_GIVEN),
                    context));
    assertThat(renamed.policy()).as("the same value is no change").isEqualTo(changed.policy());
  }

  @Test
  void theOwnerOfAnUnjoinedSubnetSetsAllButOtherTraffic() {
    var own =
        new PolicyChange(
            Set.of(Setting.GATEWAY_MAC, Setting.RESERVED_VRIDS, Setting.IPSEC),
            new NetworkPolicy(
                MAC, List.of(9), List.of(), false, List.of(), OtherTraffic.DROP, false));
    assertThat(update(cloud.bob, subnet, own).answer().policy()).isEqualTo(own.values());
    assertRefused(
        "otherTraffic",
        ErrorCode.FORBIDDEN,
        () -> set(cloud.bob, subnet, Setting.OTHER_TRAFFIC, other(OtherTraffic.PASS)));
    NetworkPolicy ports =
        new NetworkPolicy(
            null, List.of(), List.of("eth1"), true, ranges("10.0.0.9"), OtherTraffic.DROP, true);
    for (Setting outside :
        List.of(Setting.TRUSTED_PORTS, Setting.JUDGES_TRUSTED_PORTS, Setting.MEMBER_RANGES)) {
      for (Caller caller : List.of(cloud.bob, operator)) {
        assertRefused(
            outside.field(), ErrorCode.INVALID_FIELD, () -> set(caller, subnet, outside, ports));
      }
    }
  }

  @Test
  void theGatewaysMacAddressIsNoNicsUnlessItIsTheGateway() {
    Vm vm = cloud.vm(cloud.bob, vpc, subnet);
    MacAddress taken = vm.nics().getFirst().mac();
    assertRefused("gatewayMac", ErrorCode.IN_USE, () -> setGateway(taken));
    cloud.updateNic(cloud.bob, vm, subnet, new Command.UpdateNic(null, null, null, true, null));
    assertThat(setGateway(taken).policy().gatewayMac()).isEqualTo(taken);

    for (String wrong : List.of("ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:12", "0a:68:61:76:69:70")) {
      assertRefused(
          "gatewayMac", ErrorCode.INVALID_FIELD, () -> setGateway(MacAddress.parse(wrong)));
    }
    MacAddress pair = MacAddress.parse("00:00:5e:00:01:07");
    assertThat(setGateway(pair).policy().gatewayMac())
        .as("of two routers that run VRRP")
        .isEqualTo(pair);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256, -1})
  void aVridIsOneTo255(int wrong) {
    assertRefused("reservedVrids[1]", ErrorCode.INVALID_FIELD, () -> reserve(List.of(1, wrong)));
  }

  @Test
  void aVridIsReservedOnce() {
    assertRefused("reservedVrids[2]", ErrorCode.INVALID_FIELD, () -> reserve(List.of(1, 2, 1)));
    assertThat(reserve(List.of(1, 255)).policy().reservedVrids()).containsExactly(1, 255);
  }

  @Test
  void aTrustedPortIsAnInterfaceWithoutAnotherUse() {
    for (String wrong : List.of("", "sixteen-letters-", "havip7", "a b")) {
      assertRefused("trustedPorts[0]", ErrorCode.INVALID_FIELD, () -> trust(wrong));
    }
    assertRefused("trustedPorts[1]", ErrorCode.INVALID_FIELD, () -> trust("eth1", "eth1"));
    String port = cloud.vm(cloud.bob, vpc, subnet).nics().getFirst().port();
    assertRefused("trustedPorts[0]", ErrorCode.IN_USE, () -> trust(port));
    assertRefused("trustedPorts[0]", ErrorCode.IN_USE, () -> trust("br0"));
    String[] many =
        Stream.iterate(1, n -> n + 1).limit(17).map(n -> "eth" + n).toArray(String[]::new);
    assertRefused("trustedPorts", ErrorCode.INVALID_FIELD, () -> trust(many));

    assertThat(trust("eth1").policy().trustedPorts()).containsExactly("eth1");
    var nic = new Command.NewNic(joined.id(), null, null, "eth1", List.of());
    assertRefused(
        "nics[0].port",
        ErrorCode.IN_USE,
        () ->
            cloud.as(
                operator,
                (now, context) ->
                    InventoryDecisions.createVm(
                        now,
                        new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(nic)),
                        context)));
  }

  @Test
  void memberRangesAreDistinctPartsOfTheNetworkWithoutTheGateway() {
    assertRefused(
        "memberRanges[0]", ErrorCode.INVALID_FIELD, () -> members("10.0.99.250-10.0.100.1"));
    assertRefused("memberRanges[0]", ErrorCode.INVALID_FIELD, () -> members("10.0.99.1-10.0.99.9"));
    assertRefused(
        "memberRanges[1]",
        ErrorCode.INVALID_FIELD,
        () -> members("10.0.99.10-10.0.99.19", "10.0.99.19"));
    assertThat(members("10.0.99.10-10.0.99.19", "10.0.99.30").policy().memberRanges()).hasSize(2);
  }

  private Network setGateway(MacAddress mac) {
    return set(cloud.bob, subnet, Setting.GATEWAY_MAC, with(mac, List.of()));
  }

  private Network reserve(List<Integer> vrids) {
    return set(cloud.bob, subnet, Setting.RESERVED_VRIDS, with(null, vrids));
  }

  private Network trust(String... ports) {
    return set(
        operator,
        joined,
        Setting.TRUSTED_PORTS,
        new NetworkPolicy(
            null, List.of(), List.of(ports), false, List.of(), OtherTraffic.DROP, true));
  }

  private Network members(String... ranges) {
    return set(
        operator,
        joined,
        Setting.MEMBER_RANGES,
        new NetworkPolicy(
            null, List.of(), List.of(), false, ranges(ranges), OtherTraffic.DROP, true));
  }

  private Network set(Caller caller, Network network, Setting setting, NetworkPolicy values) {
    var change = new PolicyChange(Set.of(setting), values);
    return cloud.as(
        caller,
        (now, context) ->
            InventoryDecisions.updateNetwork(
                now,
                network.id(),
                new Command.UpdateNetwork(null, null, change, Command.Grants.NOT_GIVEN),
                context));
  }

  private Decision<Network> update(Caller caller, Network network, PolicyChange change) {
    return InventoryDecisions.updateNetwork(
        cloud.world,
        network.id(),
        new Command.UpdateNetwork(null, null, change, Command.Grants.NOT_GIVEN),
        cloud.context(caller));
  }

  /** A subnet of bob's VPC that has an uplink. */
  private Network joined(String uplink, PolicyChange policy) {
    String prefix = uplink.equals("br0") ? "10.0.99." : "10.0.9.";
    var command =
        new Command.CreateSubnet(
            vpc.id(),
            "joined",
            Cidr.parse(prefix + "0/24"),
            Ipv4Address.parse(prefix + "1"),
            List.of(),
            new Command.Joining(uplink, null, null),
            policy);
    return cloud.as(
        operator, (now, context) -> InventoryDecisions.createSubnet(now, command, context));
  }

  private static NetworkPolicy with(@Nullable MacAddress gateway, List<Integer> vrids) {
    return new NetworkPolicy(gateway, vrids, List.of(), false, List.of(), OtherTraffic.DROP, true);
  }

  private static NetworkPolicy other(OtherTraffic otherTraffic) {
    return new NetworkPolicy(null, List.of(), List.of(), false, List.of(), otherTraffic, true);
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(AddressRange::parse).toList();
  }
}
