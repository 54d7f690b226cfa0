package io.havip.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.havip.event.ClaimKind;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.event.Happening.ClaimsRefused;
import io.havip.event.Happening.HolderChanged;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.Subnet;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.HolderTracker.Drift;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.PortState;
import io.havip.plan.Observed.Refusal;
import io.havip.vip.Binding;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One VIP to which vm1 and vm2 are bound and vm3 is not; vm3 has a second NIC on another subnet.
 */
class TrackersTest {
  private static final Instant START = Instant.parse("2030-01-31T12:00:00Z");
  private static final Duration SILENT_WITHIN = Duration.ofSeconds(5);
  private static final int SEGMENT = 7;
  private static final String TAIL = "0".repeat(25);
  private static final AccountId ACCOUNT = new AccountId("account-" + TAIL + "1");
  private static final VpcId VPC = new VpcId("vpc-" + TAIL + "1");
  private static final NetworkId SUBNET = new NetworkId("subnet-" + TAIL + "1");
  private static final NetworkId OTHER_SUBNET = new NetworkId("subnet-" + TAIL + "2");
  private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.0.100");

  private final List<Network> networks =
      new ArrayList<>(List.of(subnet(SUBNET, SEGMENT), subnet(OTHER_SUBNET, 8)));
  private final List<Nic> nics =
      List.of(nic(1, 1, SUBNET), nic(2, 2, SUBNET), nic(3, 3, SUBNET), nic(4, 3, OTHER_SUBNET));
  private final Vip vip = vip(nics.subList(0, 2));
  private final Map<String, PortState> ports = new HashMap<>();
  private final Map<String, ClaimCount> counts = new HashMap<>();
  private String last = "p1";
  private final HolderTracker holders = new HolderTracker(Map.of(), SILENT_WITHIN);

  TrackersTest() {
    nics.forEach(nic -> ports.put(nic.port(), new PortState(true, true)));
  }

  private static Subnet subnet(NetworkId id, int segment) {
    return joined(id, segment, null);
  }

  private static Subnet joined(NetworkId id, int segment, @Nullable String uplink) {
    return network(id, segment, uplink, null);
  }

  private static Subnet network(
      NetworkId id, int segment, @Nullable String uplink, @Nullable Ipv4Address gateway) {
    return new Subnet(
        id,
        ACCOUNT,
        VPC,
        segment,
        "s",
        Cidr.parse("10.0.0.0/24"),
        gateway,
        List.of(),
        uplink,
        null,
        Enforcement.ENFORCE,
        NetworkPolicy.DEFAULT,
        1,
        START,
        START);
  }

  private static Nic nic(int number, int vm, NetworkId network) {
    return new Nic(
        new NicId("nic-" + TAIL + number),
        new VmId("vm-" + TAIL + vm),
        network,
        addressOf(number),
        new MacAddress(0x0200_0000_0000L + number),
        "p" + number,
        List.of(),
        false);
  }

  private static Vip vip(List<Nic> members) {
    return new Vip(
        new VipId("vip-" + TAIL + "1"),
        ACCOUNT,
        "v",
        "",
        VipType.INTERNAL,
        VPC,
        SUBNET,
        ADDRESS,
        null,
        members.stream().map(nic -> new Binding(nic.vmId(), nic.id(), nic.id())).toList(),
        VipState.AVAILABLE,
        null,
        1,
        1,
        1,
        START,
        START,
        START);
  }

  private static Ipv4Address addressOf(int number) {
    return Ipv4Address.ofLong(0x0a00_0000L + 10 + number);
  }

  private Sighting seen(String... claimants) {
    List<Claim> claims = new ArrayList<>();
    for (String port : claimants) {
      claims.add(new Claim(SEGMENT, ADDRESS, port));
    }
    return new Sighting(
        new Observed(ports, claims, List.copyOf(counts.values()), List.of()),
        Inventory.of(networks, nics, List.of(vip)));
  }

  /** These claimed since the last time, in this order. */
  private Sighting heard(String... claimants) {
    for (String port : claimants) {
      counts.merge(
          port,
          new ClaimCount(port, ADDRESS, 1),
          (a, b) -> new ClaimCount(port, ADDRESS, a.claims() + b.claims()));
      last = port;
    }
    return seen(last);
  }

  /** As if there had been looks all the time: the claims came in the last of them. */
  private List<Drift> drifts(long millis, String... claimants) {
    List<Drift> drifts = new ArrayList<>(holders.step(heard(), at(millis - 50)));
    drifts.addAll(holders.step(heard(claimants), at(millis)));
    return drifts;
  }

  private List<Happening> step(long millis, String... claimants) {
    return drifts(millis, claimants).stream().map(Drift::what).toList();
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }

  private VmId vm(int number) {
    return nics.get(number - 1).vmId();
  }

  @Test
  void whoClaimsHolds() {
    assertThat(holders.step(seen(), at(0))).isEmpty();
    assertThat(holders.step(seen("p1"), at(100)))
        .containsExactly(
            new Drift(
                vip.id(),
                List.of(new Holder(vm(1), nics.get(0).mac(), at(100))),
                new HolderChanged(null, vm(1), nics.get(0).mac(), "p1", null),
                at(100),
                false));
    assertThat(holders.step(seen("p1"), at(200))).as("nothing new").isEmpty();
  }

  @Test
  void whoIsNotBoundHoldsNothingWhateverTheFabricSays() {
    assertThat(holders.step(seen("p3"), at(0))).isEmpty();
  }

  @Test
  void aFailoverIsOneChangeFromTheOldHolderToTheNew() {
    holders.step(seen("p1"), at(0));
    ports.put("p1", new PortState(true, false));
    assertThat(holders.step(seen("p1"), at(5_000))).as("a successor may follow").isEmpty();
    assertThat(holders.step(seen("p2"), at(5_300)))
        .extracting(Drift::what)
        .containsExactly(new HolderChanged(vm(1), vm(2), nics.get(1).mac(), "p2", 300L));
  }

  @Test
  void aDeadHolderWithoutASuccessorIsNoHolderAfterASecond() {
    holders.step(seen("p1"), at(0));
    ports.put("p1", new PortState(true, false));
    assertThat(holders.step(seen("p1"), at(5_000))).isEmpty();
    assertThat(holders.step(seen("p1"), at(5_999))).isEmpty();
    assertThat(holders.step(seen("p1"), at(6_000)))
        .extracting(Drift::what)
        .containsExactly(new HolderChanged(vm(1), null, null, null, null));
    ports.put("p1", new PortState(true, true));
    assertThat(holders.step(seen("p1"), at(9_000)))
        .as("a link that comes back finds its VIP again")
        .extracting(Drift::what)
        .containsExactly(new HolderChanged(null, vm(1), nics.get(0).mac(), "p1", 4_000L));
  }

  @Test
  void aHolderWhoseClaimIsForgottenHoldsNoMore() {
    holders.step(seen("p1"), at(0));
    assertThat(holders.step(seen(), at(2_000)))
        .extracting(Drift::what)
        .containsExactly(new HolderChanged(vm(1), null, null, null, null));
  }

  @Test
  void twoThatFightMakeOneChangeASecond() {
    int changes = 0;
    for (int millis = 0; millis < 10_000; millis += 100) {
      changes += holders.step(seen(millis % 200 == 0 ? "p1" : "p2"), at(millis)).size();
    }
    assertThat(changes).isBetween(5, 10);
  }

  @Test
  void whatWasBelievedBeforeARestartIsNoNews() {
    HolderTracker restarted =
        new HolderTracker(
            Map.of(vip.id(), List.of(new Holder(vm(1), nics.get(0).mac(), START))), SILENT_WITHIN);
    assertThat(restarted.step(seen("p1"), at(60_000))).isEmpty();
    assertThat(restarted.step(seen("p2"), at(61_000))).hasSize(1);
  }

  @Test
  void twoThatAnswerWhoeverAsksAreASplitUntilOneIsSilent() {
    step(0);
    step(100, "p1");
    assertThat(step(5_000, "p2", "p2", "p2")).as("a takeover").hasSize(1);
    assertThat(step(10_000, "p1", "p2")).as("a first question").isEmpty();

    assertThat(step(11_000, "p1", "p2")).as("may be one handover's").isEmpty();

    List<Drift> began = drifts(12_000, "p1", "p2");
    assertThat(began)
        .extracting(Drift::what)
        .containsExactly(new Happening.SplitBegan(List.of(vm(2), vm(1))));
    assertThat(began.getFirst().holders())
        .extracting(Holder::vmId, Holder::since)
        .containsExactly(tuple(vm(2), at(5_000)), tuple(vm(1), at(12_000)));
    for (int millis = 13_000; millis < 30_000; millis += 1_000) {
      assertThat(step(millis, "p2", "p1")).as("it goes on").isEmpty();
    }
    for (int millis = 30_000; millis < 39_000; millis += 1_000) {
      assertThat(step(millis, "p2")).as("at %s", millis).isEmpty();
    }
    List<Drift> ended = drifts(39_000, "p2");
    assertThat(ended)
        .extracting(Drift::what)
        .containsExactly(new Happening.SplitEnded(List.of(vm(2), vm(1)), vm(2), 27_000));
    assertThat(ended.getFirst().holders()).extracting(Holder::vmId).containsExactly(vm(2));
    assertThat(step(40_000, "p2")).isEmpty();
  }

  @Test
  void aSplitEndsAtOnceWhenAPartyIsDown() {
    step(0);
    step(100, "p1");
    step(5_000, "p2");
    step(6_000, "p1", "p2");
    assertThat(step(7_500, "p1", "p2")).hasSize(1);
    ports.put("p1", new PortState(true, false));
    assertThat(step(7_600))
        .containsExactly(new Happening.SplitEnded(List.of(vm(2), vm(1)), vm(2), 50));
  }

  @Test
  void whoTakesOverFromTheDeadHasNotReturned() {
    step(0);
    step(100, "p1");
    long millis = 100;
    for (int crash = 0; crash < 20; crash++) {
      String holder = crash % 2 == 0 ? "p1" : "p2";
      String next = crash % 2 == 0 ? "p2" : "p1";
      ports.put(holder, new PortState(true, false));
      assertNoSplit(0, step(millis + 10));
      assertNoSplit(0, step(millis + 350, next));
      ports.put(holder, new PortState(true, true));
      assertNoSplit(0, step(millis + 400, next, holder));
      millis += 700;
      assertNoSplit(0, step(millis, next));
    }
  }

  @Test
  void aSplitIsStillOneAfterARestart() {
    step(0);
    HolderTracker restarted =
        new HolderTracker(
            Map.of(
                vip.id(),
                List.of(
                    new Holder(vm(1), nics.get(0).mac(), at(0)),
                    new Holder(vm(2), nics.get(1).mac(), at(1_000)))),
            SILENT_WITHIN);
    assertThat(restarted.step(heard("p1", "p2"), at(5_000))).isEmpty();
    assertThat(restarted.step(heard("p1"), at(10_000))).isEmpty();
    assertThat(restarted.step(heard("p1"), at(15_000)))
        .extracting(Drift::what)
        .containsExactly(new Happening.SplitEnded(List.of(vm(1), vm(2)), vm(1), 14_000));
  }

  /**
   * One handover after another, each with whatever overlap: the client asks all the time, and the
   * loser answers until it has heard of the winner.
   */
  @Property(tries = 40)
  void handoversAreNoSplit(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long millis = 0;
    String holder = "p1";
    step(millis);
    for (int handover = 0; handover < 20; handover++) {
      String next = holder.equals("p1") ? "p2" : "p1";
      long until = millis + 1_100 + random.nextLong(5_000);
      while (millis < until) {
        millis += 50;
        assertNoSplit(seed, step(millis, holder));
      }
      for (int overlap = random.nextInt(10); overlap > 0; overlap--) {
        millis += 100;
        assertNoSplit(
            seed, random.nextBoolean() ? step(millis, next, holder) : step(millis, holder, next));
      }
      holder = next;
    }
  }

  private static void assertNoSplit(long seed, List<Happening> happenings) {
    assertThat(happenings)
        .as("seed %s", seed)
        .noneMatch(what -> what instanceof Happening.SplitBegan);
  }

  /** Two VMs that advertise and answer as told, looked at every 50 ms. */
  private final class Play {
    private static final int STEP_MS = 50;
    final HolderTracker holders = new HolderTracker(Map.of(), SILENT_WITHIN);
    final Map<String, Long> advertEvery = new HashMap<>();
    final Map<String, Instant> answered = new HashMap<>();
    final Map<String, Instant> claimed = new HashMap<>();
    final Map<String, Observed.Advert> adverts = new HashMap<>();
    final List<String> answering = new ArrayList<>();

    /** The ports at which nobody listens now. */
    final Set<String> deaf = new HashSet<>();

    /** Whether anybody can ask who has the address. */
    boolean asks = true;

    Vip shown = vip;
    long millis;

    Play() {
      counts.clear(); // of the try before
    }

    void claim(String port) {
      claimed.put(port, at(millis));
      counts.merge(
          port,
          new ClaimCount(port, ADDRESS, 1),
          (a, b) -> new ClaimCount(port, ADDRESS, a.claims() + b.claims()));
      last = port;
    }

    void advertise(String port, int priority, long every) {
      Observed.Advert before = adverts.get(port);
      adverts.put(
          port,
          new Observed.Advert(
              port,
              ADDRESS,
              7,
              priority,
              Duration.ofMillis(every),
              before == null ? 1 : before.count() + 1,
              at(millis)));
    }

    /** Lets time pass; gives what was told in it. */
    List<Happening> pass(long duration) {
      List<Happening> told = new ArrayList<>();
      for (long end = millis + duration; millis < end; millis += STEP_MS) {
        advertEvery.forEach((port, every) -> {
          Observed.Advert before = adverts.get(port);
          if (before == null || !at(millis).isBefore(before.at().plusMillis(every))) {
            advertise(port, 100, every);
          }
        });
        Sighting sighting =
            new Sighting(
                new Observed(
                    ports,
                    claimed.isEmpty() ? List.of() : List.of(new Claim(SEGMENT, ADDRESS, last)),
                    Optional.of(
                        counts.values().stream().filter(it -> !deaf.contains(it.port())).toList()),
                    Optional.of(List.of()),
                    new Observed.Signs(
                        Map.of(),
                        signs(claimed),
                        asks ? Optional.of(signs(answered)) : Optional.empty(),
                        Optional.of(
                            adverts.values().stream()
                                .filter(it -> !deaf.contains(it.port()))
                                .toList())),
                    deaf,
                    Map.of()),
                Inventory.of(networks, nics, List.of(shown)));
        holders.step(sighting, at(millis)).forEach(drift -> told.add(drift.what()));
        if (holders.due(at(millis)).contains(vip.id())) {
          answering.forEach(port -> answered.put(port, at(millis + 1)));
        }
      }
      return told;
    }

    private List<Observed.Sign> signs(Map<String, Instant> times) {
      return times.entrySet().stream()
          .map(it -> new Observed.Sign(it.getKey(), ADDRESS, it.getValue()))
          .toList();
    }
  }

  private HolderChanged taken(int from, int to, long outageMillis) {
    return new HolderChanged(vm(from), vm(to), nics.get(to - 1).mac(), "p" + to, outageMillis);
  }

  @Test
  void aHolderThatAnswersNoMoreIsNoticedWithinTheProbePeriod() {
    Play play = new Play();
    play.claim("p1");
    play.answering.add("p1");
    assertThat(play.pass(20_000)).hasSize(1);
    play.answering.clear();
    assertThat(play.pass(SILENT_WITHIN.toMillis()))
        .containsExactly(new HolderChanged(vm(1), null, null, null, null));
    assertThat(play.pass(20_000)).isEmpty();
    play.answering.add("p1");
    assertThat(play.pass(5_000)).as("a paused VM goes on").hasSize(1);
  }

  @Test
  void whoNeverAnsweredIsNotSilent() {
    Play play = new Play();
    play.claim("p1");
    assertThat(play.pass(60_000)).hasSize(1);
  }

  @Test
  void whoAdvertisesIsNotSilent() {
    Play play = new Play();
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    play.answering.add("p1");
    play.pass(20_000);
    play.answering.clear();
    assertThat(play.pass(60_000)).isEmpty();
  }

  @Test
  void whoAnswersInsteadOfTheLastClaimantHoldsItAndIsAnnounced() {
    Play play = new Play();
    play.claim("p1");
    play.answering.add("p1");
    play.pass(10_000);
    play.claim("p2");
    play.answering.set(0, "p2");
    assertThat(play.pass(10_000)).hasSize(1);
    play.answering.set(0, "p1");
    assertThat(play.pass(10_000))
        .last()
        .isInstanceOfSatisfying(
            HolderChanged.class, changed -> assertThat(changed.to()).isEqualTo(vm(1)));
  }

  /** The software died, and the address stayed. */
  @Test
  void anAddressThatStaysOnTheDeadIsASplit() {
    Play play = new Play();
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    play.answering.add("p1");
    play.pass(10_000);
    play.advertEvery.clear();
    play.pass(3_600);
    play.claim("p2");
    play.advertEvery.put("p2", 1_000L);
    play.answering.add("p2");
    assertThat(play.pass(3_200))
        .hasSize(2)
        .last()
        .isEqualTo(new Happening.SplitBegan(List.of(vm(2), vm(1))));
    assertThat(play.pass(60_000)).as("it goes on").isEmpty();
    play.answering.remove("p1");
    assertThat(play.pass(10_000)).hasSize(1).first().isInstanceOf(Happening.SplitEnded.class);
    assertThat(play.pass(60_000)).isEmpty();
  }

  /** The two intervals differ, as version 2 with unlike configurations has it. */
  @ParameterizedTest
  @CsvSource({"1000, 1000", "100, 100", "1000, 3000", "5000, 5000", "3000, 1000"})
  void twoThatAdvertiseAreASplitWithinThreeIntervals(long first, long second) {
    Play play = new Play();
    play.claim("p1");
    play.advertEvery.put("p1", first);
    play.pass(20_000);
    play.claim("p2");
    play.advertEvery.put("p2", second);
    assertThat(play.pass(3 * Math.max(first, second) + 200))
        .contains(new Happening.SplitBegan(List.of(vm(2), vm(1))));
    play.advertEvery.remove("p1");
    assertThat(play.pass(5 * Math.max(first, second) + 12_000))
        .hasSize(1)
        .first()
        .isInstanceOf(Happening.SplitEnded.class);
  }

  @Test
  void aSplitDoesNotEndBecauseNobodyListens() {
    Play play = new Play();
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    play.pass(10_000);
    play.claim("p2");
    play.advertEvery.put("p2", 1_000L);
    assertThat(play.pass(3_200)).last().isInstanceOf(Happening.SplitBegan.class);
    play.deaf.add("p1");
    assertThat(play.pass(60_000)).isEmpty();
    play.deaf.add("p2");
    assertThat(play.pass(60_000)).isEmpty();
    play.deaf.clear();
    assertThat(play.pass(60_000)).as("it goes on").isEmpty();
    play.advertEvery.remove("p1");
    assertThat(play.pass(20_000)).hasSize(1).first().isInstanceOf(Happening.SplitEnded.class);
  }

  private Play claimedByTwoWithoutAnswers() {
    Play play = new Play();
    play.asks = false;
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    play.pass(5_900);
    play.claim("p2");
    return play;
  }

  /** Overheard of two keepaliveds with different passwords. */
  @Test
  void aSplitInWhichOneIsSilentForLongIsFoundByAdvertisementsAlone() {
    Play play = claimedByTwoWithoutAnswers();
    List<Happening> told = new ArrayList<>();
    for (long pause : List.of(4_000L, 10_000L, 4_000L)) {
      play.advertise("p2", 50, 1_000);
      told.addAll(play.pass(pause));
    }
    assertThat(told.stream().filter(it -> !(it instanceof HolderChanged)))
        .singleElement()
        .isInstanceOf(Happening.SplitBegan.class);
    assertThat(play.pass(20_000)).hasAtLeastOneElementOfType(Happening.SplitEnded.class);
  }

  /** What they sent before is not heard again. */
  @Test
  void theSilentThatAreBoundAgainAreNoSplit() {
    Play play = claimedByTwoWithoutAnswers();
    for (int i = 0; i < 2; i++) {
      play.advertise("p2", 50, 1_000);
      play.pass(4_000);
    }
    play.advertEvery.clear();
    play.shown = vip(List.of());
    assertThat(play.pass(500)).singleElement().isInstanceOf(Happening.SplitEnded.class);
    play.shown = vip;
    assertThat(play.pass(60_000)).noneMatch(Happening.SplitBegan.class::isInstance);
  }

  @Test
  void theOutageIsCountedFromWhatWasSeen() {
    Play play = new Play();
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    play.pass(5_000);

    play.advertEvery.clear();
    play.advertise("p1", 0, 1_000);
    play.pass(600);
    play.claim("p2");
    play.advertEvery.put("p2", 1_000L);
    assertThat(play.pass(5_000)).as("it resigned").containsExactly(taken(1, 2, 600));

    play.claim("p1");
    play.advertEvery.clear();
    play.advertEvery.put("p1", 1_000L);
    assertThat(play.pass(5_000)).as("it was overruled").containsExactly(taken(2, 1, 0));

    play.advertise("p1", 0, 1_000);
    play.advertEvery.clear();
    play.pass(300);
    play.claim("p2");
    play.pass(200);
    play.advertise("p2", 0, 1_000);
    play.pass(300);
    play.claim("p1");
    assertThat(play.pass(50)).as("too soon after the last change").isEmpty();
    play.pass(450);
    play.claim("p1");
    play.advertEvery.put("p1", 1_000L);
    assertThat(play.pass(5_000))
        .as("it claimed twice before that was told")
        .containsExactly(taken(2, 1, 300));

    play.advertEvery.clear();
    play.pass(3_000);
    play.claim("p2");
    assertThat(play.pass(1_000))
        .as("it fell silent")
        .singleElement()
        .isInstanceOfSatisfying(
            HolderChanged.class,
            changed -> assertThat(changed.outageMillis()).isBetween(3_000L, 4_000L));
  }

  /** Handovers of all kinds between VMs that advertise. */
  @Property(tries = 40)
  void handoversOfThoseThatAdvertiseAreNoSplit(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Play play = new Play();
    play.asks = random.nextBoolean();
    long every = random.nextBoolean() ? 1_000 : 300;
    String holder = "p1";
    play.claim(holder);
    play.answering.add(holder);
    play.advertEvery.put(holder, every);
    for (int handover = 0; handover < 20; handover++) {
      assertNoSplit(seed, play.pass(4 * every + random.nextLong(5_000)));
      String next = holder.equals("p1") ? "p2" : "p1";
      switch (random.nextInt(3)) {
        case 0 -> play.advertise(holder, 0, every); // resigns
        case 1 -> {
          // dies
          play.advertEvery.remove(holder);
          play.answering.remove(holder);
          assertNoSplit(seed, play.pass(3 * every + random.nextLong(every)));
        }
        default -> {
          // is overruled while an advertisement of its own is under way
          play.claim(next);
          play.advertise(next, 200, every);
          assertNoSplit(seed, play.pass(50));
          play.advertise(holder, 100, every);
        }
      }
      play.claim(next);
      play.advertEvery.clear();
      play.advertEvery.put(next, every);
      play.answering.add(next);
      assertNoSplit(seed, play.pass(random.nextLong(150)));
      play.answering.remove(holder);
      holder = next;
    }
  }

  @Test
  void framesThatAreNeitherArpNorIpv4AreToldOnceAnHour() {
    RefusalTracker tracker = new RefusalTracker(List.of());
    List<Long> toldAt = new ArrayList<>();
    long hour = Duration.ofHours(1).toMillis();
    for (long millis = 0; millis <= 2 * hour; millis += 10_000) {
      Refusal frames = new Refusal(ClaimKind.OTHER, "p3", null, null, millis / 10_000 + 1);
      if (!refused(tracker, millis, frames).isEmpty()) {
        toldAt.add(millis);
      }
    }
    assertThat(toldAt).containsExactly(0L, hour, 2 * hour);
  }

  private List<Event> beside(
      SurroundingsTracker tracker, long millis, Observed.Surroundings surroundings) {
    Observed observed = new Observed(ports, List.of(), List.of(), List.of());
    Sighting sighting = new Sighting(observed, Inventory.of(networks, nics, List.of(vip)));
    return tracker.step(surroundings, sighting, _ -> Optional.of(ACCOUNT), at(millis));
  }

  private static Observed.Surroundings withheld(long packets) {
    return new Observed.Surroundings(
        List.of(new Observed.Withheld("p3", ADDRESS, packets)),
        Set.of(),
        Map.of(),
        Map.of(),
        Map.of());
  }

  @Test
  void withheldAdvertisementsAreToldWhenTheyBegin() {
    SurroundingsTracker tracker = new SurroundingsTracker(withheld(40));
    assertThat(beside(tracker, 0, withheld(40))).as("of before").isEmpty();
    assertThat(beside(tracker, 1_000, withheld(41)))
        .extracting(Event::vipId, Event::what)
        .containsExactly(
            tuple(vip.id(), new Happening.AdvertisementsWithheld(nics.get(2).vmId(), ADDRESS)));
    for (long millis = 2_000; millis < Duration.ofHours(1).toMillis(); millis += 1_000) {
      assertThat(beside(tracker, millis, withheld(millis))).as("they go on").isEmpty();
    }
    long later = Duration.ofHours(2).toMillis();
    assertThat(beside(tracker, later, withheld(later))).as("again, after a while").hasSize(1);
  }

  @Test
  void aNetworksTroubleIsToldWhenItBeginsChangesAndEnds() {
    SurroundingsTracker tracker = new SurroundingsTracker(Observed.Surroundings.NONE);
    assertThat(beside(tracker, 0, trouble("STP")))
        .extracting(Event::what)
        .containsExactly(new Happening.NetworkTroubleBegan(SUBNET, "STP"));
    assertThat(beside(tracker, 1, trouble("STP"))).isEmpty();
    assertThat(beside(tracker, 2, trouble("no bridge")))
        .extracting(Event::what)
        .containsExactly(new Happening.NetworkTroubleBegan(SUBNET, "no bridge"));
    assertThat(beside(tracker, 3, Observed.Surroundings.NONE))
        .extracting(Event::accountId, Event::what)
        .containsExactly(tuple(ACCOUNT, new Happening.NetworkTroubleEnded(SUBNET)));
  }

  private static Observed.Surroundings trouble(String text) {
    return new Observed.Surroundings(
        List.of(), Set.of(), Map.of(), Map.of(), Map.of(SEGMENT, text));
  }

  @Test
  void portsThatAreNotJudgedAreToldWhenThereIsOneMore() {
    SurroundingsTracker tracker = new SurroundingsTracker(Observed.Surroundings.NONE);
    assertThat(beside(tracker, 0, unjudged("tap9")))
        .extracting(Event::what)
        .containsExactly(new Happening.PortsUnjudged(SUBNET, List.of("tap9")));
    assertThat(beside(tracker, 1, unjudged("tap9"))).isEmpty();
    assertThat(beside(tracker, 2, unjudged("tap9", "eth1")))
        .extracting(Event::what)
        .containsExactly(new Happening.PortsUnjudged(SUBNET, List.of("eth1", "tap9")));
    assertThat(beside(tracker, 3, unjudged("eth1"))).isEmpty();
  }

  @Test
  void whatIsNoticedOfANetworkThatIsNotKnownYetIsToldLater() {
    SurroundingsTracker tracker = new SurroundingsTracker(Observed.Surroundings.NONE);
    Observed nothing = new Observed(ports, List.of(), List.of(), List.of());
    Sighting ofNoNetwork = new Sighting(nothing, Inventory.of(List.of(), List.of(), List.of()));
    for (Observed.Surroundings noticed : List.of(withheld(1), unjudged("tap9"), trouble("STP"))) {
      assertThat(tracker.step(noticed, ofNoNetwork, _ -> Optional.empty(), at(0))).isEmpty();
      assertThat(beside(tracker, 1, noticed)).hasSize(1);
    }
  }

  private static Observed.Surroundings unjudged(String... names) {
    return new Observed.Surroundings(
        List.of(), Set.of(), Map.of(), Map.of(SEGMENT, Set.of(names)), Map.of());
  }

  private List<ClaimsRefused> refused(RefusalTracker tracker, long millis, Refusal... refusals) {
    return told(tracker, millis, refusals).stream().map(ClaimsRefused.class::cast).toList();
  }

  private List<Happening> told(RefusalTracker tracker, long millis, Refusal... refusals) {
    Sighting sighting =
        new Sighting(
            new Observed(ports, List.of(), List.of(), List.of(refusals)),
            Inventory.of(networks, nics, List.of(vip)));
    return tracker.step(List.of(refusals), sighting, _ -> Optional.of(ACCOUNT), at(millis)).stream()
        .map(Event::what)
        .toList();
  }

  private static Refusal refusal(String port, Ipv4Address address, long packets) {
    return new Refusal(ClaimKind.ARP, port, null, address, packets);
  }

  @Test
  void aTheftIsToldAtOnceAndThenLessAndLessOften() {
    RefusalTracker tracker = new RefusalTracker(List.of());
    List<Long> toldAt = new ArrayList<>();
    long told = 0;
    for (long millis = 0; millis < 600_000; millis += 100) {
      for (ClaimsRefused event :
          refused(tracker, millis, refusal("p3", ADDRESS, millis / 100 + 1))) {
        toldAt.add(millis);
        told += event.packets();
      }
    }
    assertThat(toldAt).startsWith(0L, 1_000L).hasSizeLessThan(20);
    assertThat(told).as("every packet but the last few").isBetween(5_300L, 6_000L);
  }

  @Test
  void aTheftNamesTheVmAndTheVip() {
    RefusalTracker tracker = new RefusalTracker(List.of());
    assertThat(refused(tracker, 0, refusal("p3", ADDRESS, 2)))
        .containsExactly(new ClaimsRefused(ClaimKind.ARP, "p3", vm(3), null, ADDRESS, 2));
  }

  @Test
  void inventedAddressesAreToldAsOneNumber() {
    RefusalTracker tracker = new RefusalTracker(List.of());
    Refusal[] invented =
        IntStream.range(0, 500)
            .mapToObj(i -> refusal("p3", Ipv4Address.ofLong(0xc0a8_0000L + i), 1))
            .toArray(Refusal[]::new);
    assertThat(refused(tracker, 0, invented))
        .containsExactly(new ClaimsRefused(ClaimKind.ARP, "p3", vm(3), null, null, 500));
  }

  @Test
  void aVmThatUsesTheAddressOfItsOtherNicIsNoThief() {
    RefusalTracker tracker = new RefusalTracker(List.of());
    assertThat(told(tracker, 0, refusal("p4", addressOf(3), 3)))
        .containsExactly(
            new Happening.ClaimsMisdirected(ClaimKind.ARP, "p4", vm(3), addressOf(3), 3));
    assertThat(refused(tracker, 0, refusal("p4", addressOf(3), 3), refusal("p3", addressOf(1), 3)))
        .as("but one that uses another's is")
        .containsExactly(new ClaimsRefused(ClaimKind.ARP, "p3", vm(3), null, addressOf(1), 3));
  }

  @Test
  void aClaimOfTheGatewaysAddressIsATheft() {
    Ipv4Address gateway = addressOf(9);
    networks.set(0, network(SUBNET, SEGMENT, null, gateway));
    assertThat(refused(new RefusalTracker(List.of()), 0, refusal("p3", gateway, 3)))
        .containsExactly(new ClaimsRefused(ClaimKind.ARP, "p3", vm(3), null, gateway, 3));
  }

  @Test
  void whatAnObservingNetworkLetsPassIsToldAsThat() {
    networks.set(
        0,
        ((Subnet) networks.getFirst())
            .with("s", Enforcement.OBSERVE, NetworkPolicy.DEFAULT, START));
    assertThat(told(new RefusalTracker(List.of()), 0, refusal("p3", ADDRESS, 2)))
        .containsExactly(
            new Happening.ClaimsObserved(ClaimKind.ARP, "p3", vm(3), null, ADDRESS, 2));
  }

  @Test
  void whatComesThroughAnUplinkIsTold() {
    networks.set(0, joined(SUBNET, SEGMENT, "up0"));
    assertThat(refused(new RefusalTracker(List.of()), 0, refusal("up0", ADDRESS, 2)))
        .containsExactly(new ClaimsRefused(ClaimKind.ARP, "up0", null, null, ADDRESS, 2));
  }

  @Test
  void whatWasCountedBeforeAndACounterThatBeginsAnewAreRight() {
    RefusalTracker tracker = new RefusalTracker(List.of(refusal("p3", ADDRESS, 40)));
    assertThat(refused(tracker, 0, refusal("p3", ADDRESS, 40))).isEmpty();
    assertThat(refused(tracker, Duration.ofMinutes(5).toMillis(), refusal("p3", ADDRESS, 3)))
        .extracting(ClaimsRefused::packets)
        .containsExactly(3L);
  }
}
