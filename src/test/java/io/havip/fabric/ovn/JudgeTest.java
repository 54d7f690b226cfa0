package io.havip.fabric.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Advert;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.Refusal;
import io.havip.plan.Observed.Sign;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What it means that somebody said something; VM n has the NIC n at the port n. */
class JudgeTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  private static final Ipv4Address OTHER_VIP = Ipv4Address.parse("10.0.0.101");
  private static final MacAddress VMAC = MacAddress.parse("00:00:5e:00:01:33");

  private final Wanted wanted = new Wanted();
  private final Judge judge = new Judge(wanted);

  private static String id(String prefix, int number) {
    return prefix + String.format(Locale.ROOT, "-%026d", number);
  }

  private static MacAddress mac(int vm) {
    return new MacAddress(0x0200_0000_0000L + vm);
  }

  private static Ipv4Address address(int vm) {
    return Ipv4Address.parse("10.0.0." + vm);
  }

  private static Port port(int vm, String... allowedSources) {
    return new Port(
        new NicId(id("nic", vm)),
        1,
        "p" + vm,
        mac(vm),
        address(vm),
        Arrays.stream(allowedSources).map(Cidr::parse).toList());
  }

  private static Grant.Member member(int vm) {
    return new Grant.Member("p" + vm, mac(vm), "p" + vm, null);
  }

  private static Grant grant(int number, Ipv4Address address, Grant.Member... members) {
    return new Grant(new VipId(id("vip", number)), 1, address, List.of(members));
  }

  private void want(List<Port> ports, Grant... grants) {
    Segment segment =
        new Segment(new NetworkId(id("subnet", 1)), 1, null, null, Enforcement.ENFORCE);
    wanted.replaceAll(
        new Desired(
            Arrays.stream(new Segment[] {segment})
                .collect(Collectors.toMap(Segment::id, Function.identity())),
            ports.stream().collect(Collectors.toMap(Port::id, Function.identity())),
            Arrays.stream(grants).collect(Collectors.toMap(Grant::id, Function.identity()))));
  }

  private Reports.Heard heard(int vm, ChassisReport.Said said, long count) {
    return new Reports.Heard("p" + vm, said, judge.of("p" + vm, said), count, NOW);
  }

  private Reports.Heard arp(int vm, MacAddress mac, Ipv4Address address, long count) {
    return heard(vm, new ChassisReport.Arp(mac, address, 1, Duration.ZERO), count);
  }

  private Reports.Heard advert(int vm, Ipv4Address source, int priority, Ipv4Address... addresses) {
    ChassisReport.Advert said =
        new ChassisReport.Advert(
            mac(vm),
            source,
            51,
            priority,
            Duration.ofSeconds(1),
            List.of(addresses),
            1,
            Duration.ZERO);
    return heard(vm, said, 3);
  }

  private Judge.Judgement judge(Reports.Heard... heard) {
    return judge.of(List.of(heard));
  }

  @Test
  void aMemberClaimsAndAStrangerIsRefused() {
    want(List.of(port(1), port(2), port(3)), grant(1, VIP, member(1), member(2)));
    Judge.Judgement judgement =
        judge(
            arp(1, mac(1), VIP, 2),
            arp(2, mac(1), VIP, 4),
            arp(3, mac(3), VIP, 5),
            arp(1, mac(1), address(1), 9));
    assertThat(judgement.claimCounts()).containsExactly(new ClaimCount("p1", VIP, 2));
    assertThat(judgement.claims()).containsExactly(new Sign("p1", VIP, NOW));
    assertThat(judgement.refusals())
        .as("the member's own words, but from another's MAC address; and the stranger's")
        .containsExactly(
            new Refusal(ClaimKind.ARP, "p2", mac(1), VIP, 4),
            new Refusal(ClaimKind.ARP, "p3", mac(3), VIP, 5));
  }

  @Test
  void addressesOfOthersAreRefusedAndThoseThatARouterMayForwardAreNot() {
    want(List.of(port(1), port(2, "10.9.0.0/16")));
    assertThat(
            judge(
                    arp(1, mac(1), address(2), 1),
                    arp(2, mac(2), Ipv4Address.parse("10.9.1.1"), 1),
                    arp(2, mac(2), Ipv4Address.parse("10.8.1.1"), 1))
                .refusals())
        .extracting(Refusal::address)
        .containsExactly(address(2), Ipv4Address.parse("10.8.1.1"));
  }

  @Test
  void whoMayUseTheMacAddressOfTheVridClaimsWithBoth() {
    want(
        List.of(port(1)),
        grant(1, VIP, new Grant.Member("p1", mac(1), "p1", new Grant.Vmac(VMAC, address(1)))));
    Judge.Judgement judgement =
        judge(arp(1, mac(1), VIP, 2), arp(1, VMAC, VIP, 3), arp(1, VMAC, address(1), 1));
    assertThat(judgement.claimCounts()).containsExactly(new ClaimCount("p1", VIP, 5));
    assertThat(judgement.refusals()).isEmpty();
  }

  @Test
  void aMembersAdvertisementIsSeenAndAStrangersIsRefused() {
    want(List.of(port(1), port(3)), grant(1, VIP, member(1)));
    Judge.Judgement judgement =
        judge(advert(1, address(1), 100, VIP), advert(3, address(3), 255, VIP));
    assertThat(judgement.adverts())
        .containsExactly(new Advert("p1", VIP, 51, 100, Duration.ofSeconds(1), 3, NOW));
    assertThat(judgement.refusals())
        .containsExactly(new Refusal(ClaimKind.VRRP, "p3", mac(3), VIP, 3));
  }

  @Test
  void anAdvertisementFromAnothersAddressIsRefused() {
    want(List.of(port(1), port(2)), grant(1, VIP, member(1), member(2)));
    Judge.Judgement judgement = judge(advert(1, address(2), 100, VIP));
    assertThat(judgement.adverts()).isEmpty();
    assertThat(judgement.refusals()).hasSize(1);
  }

  @Test
  void ofWhatOvnLetsPassBecauseItCannotLookInsideNothingIsSaid() {
    want(
        List.of(port(1), port(2), port(3)),
        grant(1, VIP, member(1), member(2)),
        grant(2, OTHER_VIP, member(1)));
    Judge.Judgement judgement = judge(advert(2, address(2), 100, VIP, OTHER_VIP));
    assertThat(judgement.adverts()).extracting(Advert::address).containsExactly(VIP);
    assertThat(judgement.refusals()).as("both have the first VIP, and hear each other").isEmpty();

    want(
        List.of(port(1), port(2), port(3)),
        grant(1, VIP, member(1), member(2)),
        grant(2, OTHER_VIP, member(3)));
    assertThat(judge(advert(2, address(2), 100, VIP, OTHER_VIP)).refusals())
        .extracting(Refusal::address)
        .containsExactly(OTHER_VIP);
  }

  @Test
  void anExternalVipIsAdvertisedOverTheVrrpPort() {
    want(List.of(port(1), port(2)), grant(1, VIP, new Grant.Member("p1", mac(1), "p2", null)));
    assertThat(judge(advert(2, address(2), 100, VIP)).adverts())
        .extracting(Advert::port)
        .containsExactly("p2");
    assertThat(judge(advert(1, address(1), 100, VIP)).refusals()).hasSize(1);
  }

  @Test
  void whatWasGrantedWhenItWasSaidIsNeverRefused() {
    want(List.of(port(1)), grant(1, VIP, member(1)));
    Reports.Heard claim = arp(1, mac(1), VIP, 5);
    want(List.of(port(1)), grant(1, VIP));
    assertThat(judge(claim).refusals()).isEmpty();
    assertThat(judge(claim).claimCounts()).as("it is no member any more").isEmpty();
    assertThat(judge(arp(1, mac(1), VIP, 1)).refusals()).as("now").hasSize(1);
  }

  @Test
  void aClaimOfAnotherNicsAddressIsRefusedWhateverIsAllowed() {
    want(List.of(port(1), port(2), port(3, "0.0.0.0/0")), grant(1, VIP, member(1)));
    assertThat(judge(arp(3, mac(3), VIP, 1), arp(3, mac(3), address(2), 1)).refusals())
        .extracting(Refusal::address)
        .containsExactlyInAnyOrder(VIP, address(2));
    assertThat(judge(arp(3, mac(3), OTHER_VIP, 1), arp(3, mac(3), address(3), 1)).refusals())
        .as("what belongs to no other")
        .isEmpty();
  }

  @Test
  void ofUnknownPortsNothingIsSaid() {
    want(List.of(port(1)));
    Judge.Judgement judgement = judge(arp(7, mac(7), VIP, 1), advert(7, address(7), 1, VIP));
    assertThat(judgement.refusals()).isEmpty();
  }

  @Test
  void onlyWhatMayChangeTheHolderIsUrgent() {
    want(List.of(port(1), port(2), port(3)), grant(1, VIP, member(1), member(2)));
    assertThat(judge.isUrgent(List.of(arp(3, mac(3), VIP, 1)))).as("refused").isFalse();
    assertThat(judge.isUrgent(List.of(arp(1, mac(1), VIP, 1)))).as("a claim").isTrue();
    assertThat(judge.isUrgent(List.of(advert(1, address(1), 100, VIP)))).as("the first").isTrue();
    assertThat(judge.isUrgent(List.of(advert(1, address(1), 100, VIP)))).as("again").isFalse();
    assertThat(judge.isUrgent(List.of(advert(2, address(2), 90, VIP)))).as("another").isTrue();
    assertThat(judge.isUrgent(List.of(advert(2, address(2), 0, VIP)))).as("resigns").isTrue();
  }
}
