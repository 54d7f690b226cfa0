package io.havip.explain;

import static io.havip.explain.Check.Status.OK;
import static io.havip.explain.Check.Status.PROBLEM;
import static io.havip.explain.Check.Status.UNKNOWN;
import static io.havip.explain.Check.Status.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.explain.Check.Status;
import io.havip.explain.Check.Topic;
import io.havip.explain.Situation.Advert;
import io.havip.explain.Situation.Member;
import io.havip.explain.Situation.Refused;
import io.havip.explain.Situation.Sight;
import io.havip.explain.Situation.Station;
import io.havip.explain.Situation.Withheld;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.NicStatus;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Failure;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter.Configuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each fault is named by its check; a VIP that works has nothing to mend. */
class ExplanationTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.77.0.100");
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.101");
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.77.0.1");
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final NicStatus UP = new NicStatus(true, true);
  private static final NicStatus DOWN = new NicStatus(true, false);

  private VipState state = VipState.AVAILABLE;
  private @Nullable Failure failure;
  private Instant generationAt = NOW.minusSeconds(600);
  private long observedGeneration = 2;
  private boolean inSync = true;
  private Optional<String> seenElsewhere = Optional.empty();
  private List<Member> members = List.of(member(1, Configuration.CURRENT, null), member(2));
  private List<Holder> holders = List.of(holder(1));
  private List<NicStatus> ports = List.of(UP, UP);
  private Optional<List<Advert>> adverts = Optional.of(List.of(advert(1, 7)));
  private List<Refused> refused = List.of();
  private List<String> obstacles = List.of();
  private List<Withheld> withheld = List.of();
  private List<String> unjudged = List.of();
  private boolean seen = true;
  private Optional<Instant> conflictSince = Optional.empty();
  private boolean namesHosts = true;
  private Optional<List<Station>> asked = Optional.of(List.of(new Station("tap1", mac(1))));
  private Optional<List<Station>> gateway = Optional.of(List.of(new Station("up0", mac(9))));

  @Test
  void aVipThatWorksHasNothingToMend() {
    assertThat(Explanation.of(situation()))
        .allMatch(check -> check.status() == OK && check.next() == null)
        .extracting(Check::topic)
        .containsExactly(Topic.values());
  }

  @Test
  void whatCannotBeSeenIsUnknownAndNeverWrong() {
    seen = false;
    asked = Optional.empty();
    gateway = Optional.empty();
    assertThat(Explanation.of(situation()))
        .allMatch(check -> check.status() == OK || check.status() == UNKNOWN);
    assertCheck(Topic.ADVERTISEMENTS, UNKNOWN, "does not see");
    assertCheck(Topic.DUPLICATE_ADDRESS, UNKNOWN, "asked");
    seen = true;
    adverts = Optional.empty();
    assertCheck(Topic.ADVERTISEMENTS, UNKNOWN, "nobody hears");
  }

  @Test
  void aFabricThatDoesNotFollow() {
    inSync = false;
    assertCheck(Topic.FABRIC, PROBLEM, "does not take");
    inSync = true;
    observedGeneration = 1;
    state = VipState.UPDATING;
    assertCheck(Topic.FABRIC, PROBLEM, "generation 1 of 2");
    assertCheck(Topic.STATE, WARNING, "being updated since");
    generationAt = NOW;
    assertCheck(Topic.FABRIC, OK, "generation 1 of 2");
    assertCheck(Topic.STATE, OK, "for a moment");
    observedGeneration = 2;
    state = VipState.AVAILABLE;
    obstacles = List.of("the floating address waits", "the port is somebody else's");
    assertCheck(Topic.FABRIC, PROBLEM, "waits; the port is somebody else's");
    obstacles = List.of();
    unjudged = List.of("eth1", "tap9");
    assertCheck(Topic.FABRIC, WARNING, "packets of eth1, tap9 are not judged");
  }

  @Test
  void nobodyBoundOneBoundOrFenced() {
    members = List.of(member(1));
    ports = List.of(UP);
    assertCheck(Topic.BINDINGS, WARNING, "only vm1");
    members = List.of(member(1, Configuration.NONE, NOW.plusSeconds(9)), member(2));
    ports = List.of(UP, UP);
    assertCheck(Topic.BINDINGS, WARNING, "vm1 is fenced until");
    members = List.of();
    ports = List.of();
    assertCheck(Topic.BINDINGS, PROBLEM, "no VM is bound");
  }

  @Test
  void portsThatAreDownOrNotThere() {
    ports = List.of(UP, DOWN);
    assertCheck(Topic.PORTS, WARNING, "the port tap2 of vm2 is down");
    ports = List.of(NicStatus.ABSENT, DOWN);
    assertCheck(Topic.PORTS, PROBLEM, "tap1 of vm1 is not there");
  }

  @Test
  void nobodyAdvertisesOrTheWrongOneOrSeveral() {
    holders = List.of();
    adverts = Optional.of(List.of());
    assertCheck(Topic.ADVERTISEMENTS, PROBLEM, "nobody advertises");
    assertCheck(Topic.HOLDER, PROBLEM, "nobody uses it");

    holders = List.of(holder(1));
    assertCheck(Topic.ADVERTISEMENTS, WARNING, "vm1 holds it, but nobody advertises");
    adverts = Optional.of(List.of(advert(1, 7, NOW.minusSeconds(60))));
    assertCheck(Topic.ADVERTISEMENTS, PROBLEM, "vm1 has the address and advertises no more");
    adverts = Optional.of(List.of(advert(2, 7)));
    assertCheck(Topic.ADVERTISEMENTS, PROBLEM, "but another holds");

    holders = List.of(holder(1), holder(2));
    adverts = Optional.of(List.of(advert(1, 7), advert(2, 7)));
    assertCheck(Topic.HOLDER, PROBLEM, "a split: vm1 and vm2");
    assertCheck(Topic.ADVERTISEMENTS, PROBLEM, "several are master");
    assertThat(next(Topic.ADVERTISEMENTS)).contains("unicast_peer", "auth_pass");
    adverts = Optional.of(List.of(advert(1, 7), advert(2, 8)));
    assertThat(next(Topic.ADVERTISEMENTS)).contains("virtual_router_id");
  }

  @Test
  void whoResignsAdvertisesNoMore() {
    adverts = Optional.of(List.of(new Advert("tap1", 7, 0, INTERVAL, NOW), advert(2, 7)));
    holders = List.of(holder(2));
    assertCheck(Topic.ADVERTISEMENTS, OK, "vm2 (VRID 7, priority 100, every 1 s)");
  }

  @Test
  void anotherVridThanHavips() {
    adverts = Optional.of(List.of(advert(1, 9)));
    assertCheck(Topic.ADVERTISEMENTS, WARNING, "HAVIP gave the VIP the VRID 7");
  }

  @Test
  void claimsThatWereRefused() {
    refused = List.of(new Refused(ClaimKind.ARP, "tap4", "vm4", ADDRESS, 3, NOW));
    assertCheck(Topic.REFUSED_CLAIMS, PROBLEM, "3 ARP packets of 10.77.0.100 by vm4");
    refused = List.of(new Refused(ClaimKind.ARP, "tap4", null, ADDRESS, 1, NOW.minusSeconds(900)));
    assertCheck(
        Topic.REFUSED_CLAIMS, WARNING, "1 ARP packet of 10.77.0.100 by who is at the port tap4");
    refused = List.of(new Refused(ClaimKind.ARP, "tap1", "vm1", OTHER, 5, NOW));
    assertCheck(Topic.REFUSED_CLAIMS, PROBLEM, "5 ARP packets of 10.77.0.101 by vm1");
    assertCheck(Topic.VRRP, OK, "no advertisement");
    refused =
        List.of(
            new Refused(ClaimKind.ARP, "tap4", "vm4", ADDRESS, 1, NOW.minusSeconds(900)),
            new Refused(ClaimKind.ARP, "tap1", "vm1", OTHER, 5, NOW));
    assertCheck(Topic.REFUSED_CLAIMS, PROBLEM, "by vm4, the last one 15 min ago; 5 ARP packets");
    assertThat(next(Topic.REFUSED_CLAIMS)).contains("a slip");
    Ipv4Address none = Ipv4Address.parse("0.0.0.0");
    refused = List.of(new Refused(ClaimKind.IP, "tap1", "vm1", none, 5, NOW));
    assertCheck(Topic.REFUSED_CLAIMS, OK, "none");
  }

  @Test
  void advertisementsThatNameWhatTheyMayNot() {
    refused = List.of(new Refused(ClaimKind.VRRP, "tap2", "vm2", OTHER, 9, NOW));
    assertCheck(Topic.VRRP, PROBLEM, "9 advertisements of vm2, which named 10.77.0.101");
    assertCheck(Topic.REFUSED_CLAIMS, OK, "none");
    refused = List.of(new Refused(ClaimKind.VRRP, "tap2", "vm2", null, 9, null));
    assertCheck(Topic.VRRP, WARNING, "fragments");
  }

  @Test
  void membersReadThatAnotherHostHasTheAddressButNotWhich() {
    namesHosts = false;
    asked = Optional.of(List.of(new Station("uplink", mac(9))));
    assertCheck(Topic.DUPLICATE_ADDRESS, PROBLEM, "another host says to have the address");
    asked = Optional.of(List.of());
    conflictSince = Optional.of(NOW);
    assertCheck(Topic.DUPLICATE_ADDRESS, PROBLEM, "another host uses the address since");
  }

  @Test
  void anotherStationHasTheAddress() {
    asked = Optional.of(List.of(new Station("tap1", mac(1)), new Station("uplink", mac(9))));
    assertCheck(Topic.DUPLICATE_ADDRESS, PROBLEM, mac(9) + " at the port uplink");
    state = VipState.FAILED;
    failure = new Failure(Failure.Code.DUPLICATE_ADDRESS, "somebody has it");
    asked = Optional.of(List.of());
    assertCheck(Topic.DUPLICATE_ADDRESS, PROBLEM, "somebody has it");
    assertCheck(Topic.STATE, PROBLEM, "somebody has it");
  }

  @Test
  void configurationsAndGateway() {
    members = List.of(member(1, Configuration.OUTDATED, null), member(2));
    assertCheck(Topic.CONFIGURATION, WARNING, "vm1 has a configuration that HAVIP made for other");
    members = List.of(member(1, Configuration.NONE, null), member(2));
    assertCheck(Topic.CONFIGURATION, UNKNOWN, "none for vm1");
    assertCheck(Topic.GATEWAY, OK, "10.77.0.1 answers: " + mac(9) + " at the port up0");
    gateway = Optional.of(List.of(new Station("up0", mac(9)), new Station("tap3", mac(3))));
    assertCheck(Topic.GATEWAY, WARNING, mac(3) + " at the port tap3; several hosts");
    gateway = Optional.of(List.of());
    assertCheck(Topic.GATEWAY, PROBLEM, "10.77.0.1 does not answer");
  }

  @Test
  void advertisementsThatAMemberDoesNotHear() {
    withheld = List.of(new Withheld("vm2", OTHER));
    assertCheck(Topic.VRRP, WARNING, "vm2 did not hear advertisements");
    assertThat(next(Topic.VRRP)).contains("bind it to that VIP as well");
  }

  private void assertCheck(Topic topic, Status status, String evidence) {
    Check check = check(topic);
    assertThat(check.evidence()).contains(evidence);
    assertThat(check.status()).as(check.toString()).isEqualTo(status);
    assertThat(check.next() == null).isEqualTo(status == OK || status == UNKNOWN);
  }

  private String next(Topic topic) {
    return String.valueOf(check(topic).next());
  }

  private Check check(Topic topic) {
    return Explanation.of(situation()).stream()
        .filter(it -> it.topic() == topic)
        .findFirst()
        .orElseThrow();
  }

  private Situation situation() {
    return new Situation(
        NOW,
        new Vip(
            new VipId("vip-" + "0".repeat(26)),
            new AccountId("account-" + "0".repeat(26)),
            "db",
            "",
            VipType.INTERNAL,
            new VpcId("vpc-" + "0".repeat(26)),
            new NetworkId("subnet-" + "0".repeat(26)),
            ADDRESS,
            null,
            List.of(),
            state,
            failure,
            1,
            2,
            observedGeneration,
            generationAt,
            generationAt,
            generationAt),
        inSync,
        seenElsewhere,
        GATEWAY,
        Optional.of(7),
        members,
        holders,
        seen
            ? Optional.of(
                new Sight(ports, adverts, Optional.of(refused), obstacles, withheld, unjudged))
            : Optional.empty(),
        asked,
        gateway,
        conflictSince,
        namesHosts);
  }

  private static Member member(int number) {
    return member(number, Configuration.CURRENT, null);
  }

  private static Member member(
      int number, Configuration configuration, @Nullable Instant fencedUntil) {
    String port = "tap" + number;
    return new Member(
        vm(number), "vm" + number, port, mac(number), port, configuration, fencedUntil);
  }

  private static VmId vm(int number) {
    return new VmId("vm-" + "0".repeat(25) + number);
  }

  private static MacAddress mac(int number) {
    return MacAddress.parse("02:00:00:00:00:0" + number);
  }

  private static Holder holder(int number) {
    return new Holder(vm(number), mac(number), NOW.minusSeconds(30));
  }

  private static Advert advert(int number, int vrid) {
    return advert(number, vrid, NOW.minusMillis(500));
  }

  private static Advert advert(int number, int vrid, Instant at) {
    return new Advert("tap" + number, vrid, 100, INTERVAL, at);
  }
}
