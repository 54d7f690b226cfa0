package io.havip.fabric.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.fabric.linux.Wanted.VipKey;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WantedTest {
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  private static final NetworkId NETWORK = new NetworkId(id("subnet", 1));
  private static final Segment SEGMENT = new Segment(NETWORK, 7, null, null, Enforcement.ENFORCE);

  @Test
  void everythingFromNothingIsOneTransaction() {
    Wanted wanted =
        new Wanted(desired(List.of(port(1), port(2)), List.of(grant(1, 7, 1))), _ -> false);
    assertThat(ElementChanges.between(Set.of(), wanted.elements()).commands())
        .isEqualTo(
            """
            add element bridge havip segments { "p1" : 7, "p2" : 7 }
            add element bridge havip stations { "p1" . 02:00:00:00:00:01, "p2" . 02:00:00:00:00:02 }
            add element bridge havip macs { 7 . 02:00:00:00:00:01, 7 . 02:00:00:00:00:02 }
            add element bridge havip sources { "p1" . 02:00:00:00:00:01 . 10.0.0.1, "p1" . 02:00:00:00:00:01 . 10.0.0.100, "p2" . 02:00:00:00:00:02 . 10.0.0.2 }
            add element bridge havip addresses { 7 . 10.0.0.1, 7 . 10.0.0.2 }
            add element bridge havip vips { 7 . 10.0.0.100 }
            add element bridge havip exits { "p1" . 10.0.0.100 }
            add element bridge havip adverts { 7 . 167772260 }
            add element bridge havip advertisers { "p1" . 167772260 }
            add element bridge havip authentic { 7 }
            """);
  }

  @Test
  void aMemberInPlaceOfAnotherIsTheDifferenceOnly() {
    Wanted wanted =
        new Wanted(desired(List.of(port(1), port(2)), List.of(grant(1, 7, 1))), _ -> false);
    Desired part = desired(List.of(), List.of(grant(1, 7, 2)));
    Set<Id> ids = Set.of(grant(1, 7).id());

    assertThat(wanted.changes(ids, part).commands())
        .isEqualTo(
            """
            delete element bridge havip sources { "p1" . 02:00:00:00:00:01 . 10.0.0.100 }
            delete element bridge havip exits { "p1" . 10.0.0.100 }
            delete element bridge havip advertisers { "p1" . 167772260 }
            add element bridge havip sources { "p2" . 02:00:00:00:00:02 . 10.0.0.100 }
            add element bridge havip exits { "p2" . 10.0.0.100 }
            add element bridge havip advertisers { "p2" . 167772260 }
            """);
    assertThat(wanted.losers(ids, part)).isEqualTo(Map.of(new VipKey(7, VIP), Set.of("p1")));

    wanted.replace(ids, part);
    assertThat(wanted.changes(ids, part).isEmpty()).isTrue();
    assertThat(wanted.claimants()).isEqualTo(Map.of(new VipKey(7, VIP), Set.of("p2")));
  }

  @Test
  void anElementThatTwoIdsAskForStaysUntilTheLastIsGone() {
    // Equal addresses in two segments, advertised over one port.
    Wanted wanted =
        new Wanted(desired(List.of(port(1)), List.of(grant(1, 7, 1), grant(2, 8, 1))), _ -> false);
    Set<Id> first = Set.of(grant(1, 7).id());
    Set<Id> second = Set.of(grant(2, 8).id());

    assertThat(wanted.changes(first, Desired.NOTHING).commands())
        .isEqualTo(
            """
            delete element bridge havip vips { 7 . 10.0.0.100 }
            delete element bridge havip adverts { 7 . 167772260 }
            """);
    wanted.replace(first, Desired.NOTHING);
    assertThat(wanted.changes(second, Desired.NOTHING).commands()).contains("advertisers");
    wanted.replace(second, Desired.NOTHING);
    Set<Element> left = new HashSet<>(Element.of(port(1)));
    left.addAll(Element.of(SEGMENT, false));
    assertThat(wanted.elements()).isEqualTo(left);
  }

  @Test
  void prefixesInsideOthersAreLeftOut() {
    Port router =
        new Port(
            port(1).id(),
            7,
            "p1",
            port(1).mac(),
            null,
            List.of(
                Cidr.parse("10.1.0.0/16"),
                Cidr.parse("10.0.0.0/8"),
                Cidr.parse("10.0.0.0/8"),
                Cidr.parse("192.168.0.1/32")));
    assertThat(Element.of(router))
        .filteredOn(e -> e.set() == ElementSet.NETWORKS)
        .extracting(Element::text)
        .containsExactly("\"p1\" . 10.0.0.0/8", "\"p1\" . 192.168.0.1");
  }

  @Test
  void aPortsNameIsNeverSyntax() {
    Port port = port(1);
    for (String name : List.of("p*", "p\"", "p 1", "", "a-name-of-16-oct", "p\n")) {
      Port bad = new Port(port.id(), port.segment(), name, port.mac(), port.address(), List.of());
      assertThatThrownBy(() -> Element.of(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatIsListedIsReadBackAsItWasWritten() {
    String json =
        """
        {"nftables": [
          {"metainfo": {"version": "1.0.6"}},
          {"map": {"name": "segments", "map": "mark", "elem": [["p1", 7]]}},
          {"set": {"name": "stations", "elem": [{"concat": ["p1", "02:00:00:00:00:01"]}]}},
          {"set": {"name": "networks", "elem": [
            {"concat": ["p1", {"prefix": {"addr": "10.0.0.0", "len": 8}}]}]}},
          {"set": {"name": "adverts", "elem": [{"concat": [7, 167772260]}]}},
          {"set": {"name": "exits"}},
          {"set": {"name": "arp_thefts", "elem": ["anything"]}}]}
        """;
    assertThat(NftListing.elements(json))
        .extracting(Element::text)
        .containsExactlyInAnyOrder(
            "\"p1\" : 7", "\"p1\" . 02:00:00:00:00:01", "\"p1\" . 10.0.0.0/8", "7 . 167772260");
  }

  private static Desired desired(List<Port> ports, List<Grant> grants) {
    return new Desired(
        Map.of(NETWORK, SEGMENT),
        ports.stream().collect(Collectors.toMap(Port::id, p -> p)),
        grants.stream().collect(Collectors.toMap(Grant::id, g -> g)));
  }

  private static Port port(int number) {
    Ipv4Address address = new Ipv4Address(0x0a00_0000 + number);
    return new Port(new NicId(id("nic", number)), 7, "p" + number, mac(number), address, List.of());
  }

  private static Grant grant(int number, int segment, int... ports) {
    return new Grant(
        new VipId(id("vip", number)),
        segment,
        VIP,
        Arrays.stream(ports)
            .mapToObj(p -> new Grant.Member("p" + p, mac(p), "p" + p, null))
            .toList());
  }

  private static MacAddress mac(int number) {
    return new MacAddress(0x0200_0000_0000L + number);
  }

  private static String id(String prefix, int number) {
    return prefix + String.format(Locale.ROOT, "-%026d", number);
  }
}
