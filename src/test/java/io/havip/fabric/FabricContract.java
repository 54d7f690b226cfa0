package io.havip.fabric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.havip.event.ClaimKind;
import io.havip.id.Id;
import io.havip.net.Ipv4Address;
import io.havip.plan.Announcement;
import io.havip.plan.Answer;
import io.havip.plan.Desired;
import io.havip.plan.Observed.Advert;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.PortState;
import io.havip.plan.Observed.Sign;
import io.havip.plan.Port;
import io.havip.wire.Arp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every fabric does. */
public abstract class FabricContract extends FabricFixture {
  @Test
  void aMemberClaimsTheVipAndIsSeen() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    assertThat(fabric.observe().claims()).isEmpty();

    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));

    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));
  }

  @Test
  void aClaimIsToldAtOnce() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (VirtualNic next : List.of(vm1, vm2, vm1)) {
      Claim claim = new Claim(SEGMENT, VIP, next.port());
      Semaphore called = new Semaphore(0);
      fabric.onSighting(called::release);
      next.send(next.claim(VIP));
      do {
        boolean told = called.tryAcquire(mayMissAClaim() ? 1 : PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(told || (mayMissAClaim() && System.nanoTime() < end)).as("told").isTrue();
        if (!told) {
          next.send(next.claim(VIP));
        }
      } while (!fabric.observe().claims().equals(List.of(claim)));
    }
  }

  @Test
  void aPortThatGoesIsToldAtOnce() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    Semaphore called = new Semaphore(0);
    fabric.onSighting(called::release);
    unplug(vm1);
    do {
      assertThat(called.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("told").isTrue();
    } while (fabric.observe().ports().containsKey(vm1.port()));
  }

  @Test
  void aStrangerDoesNotClaimTheVipAndIsCounted() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();

    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(VIP, client.address(), "stolen"))).isFalse();

    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    if (tellsRefusals()) {
      assertThat(refused(ClaimKind.ARP, vm3, VIP)).isEqualTo(1);
      assertThat(refused(ClaimKind.IP, vm3, VIP)).isEqualTo(1);
      assertThat(refused(ClaimKind.ARP, vm1, VIP)).isZero();
    }
  }

  @Test
  void anUnboundHolderReceivesNothingMoreAndItsClaimIsForgotten() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(client.reaches(vm1, client.udp(client.address(), VIP, "before"))).isTrue();

    apply(grant(1, VIP, vm2));

    assertThat(fabric.observe().claims()).isEmpty();
    assertThat(client.reaches(vm1, client.udp(client.address(), VIP, "after"))).isFalse();
    assertThat(client.reaches(vm2, client.udp(client.address(), VIP, "member"))).isTrue();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).as("it still believes").isFalse();
    assertThat(vm1.reaches(client, vm1.advert(VIP))).isFalse();
  }

  @Test
  void aMemberThatWasFencedClaimsAgain() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    apply(grant(1, VIP, vm2));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isFalse();

    apply(grant(1, VIP, vm1, vm2));

    assertThat(fabric.observe().claims()).as("it must claim anew").isEmpty();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(client.reaches(vm1, client.udp(client.address(), VIP, "after"))).isTrue();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
  }

  @Test
  void whoHasAnAddressSaysSoWhenAsked() throws Exception {
    Port router = vm3.on(SEGMENT, "0.0.0.0/0");
    fabric.sync(
        desired(segment(SEGMENT), vm1.on(SEGMENT), vm2.on(SEGMENT), client.on(SEGMENT), router));
    awaitVoice();
    Optional<Fabric.Question> asked =
        fabric.ask(List.of(grant(1, VIP, vm1).asked(), grant(2, OTHER_VIP, vm1).asked()));
    assertThat(asked.isPresent()).isEqualTo(fabric.asks());
    if (asked.isEmpty()) {
      return; // it cannot
    }
    Fabric.Question question = asked.get();
    assertThat(question.answers()).isEmpty();

    vm1.send(vm1.answerTo(vm1.receiveProbe(VIP)));
    vm3.send(vm3.answerTo(vm3.receiveProbe(VIP)));

    Answer answer = new Answer(SEGMENT, VIP, vm3.port(), vm3.mac());
    awaitAnswers(question, answer);
    assertThat(answer.contests(grant(1, VIP, vm1))).isTrue();
    assertThat(answer.contests(grant(1, VIP, vm3))).as("its own").isFalse();
    assertThat(answer.contests(grant(2, OTHER_VIP, vm1))).isFalse();
    assertThat(fabric.ask(List.of(grant(1, VIP, vm1).asked())).orElseThrow().answers())
        .as("not again")
        .isEmpty();
  }

  private static void awaitAnswers(Fabric.Question question, Answer... expected) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (question.answers().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(question.answers()).containsExactly(expected);
  }

  @Test
  void aMemberSaysWhetherItHasTheVipWhenItIsAsked() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    Optional<Fabric.Question> question = fabric.askMembers(List.of(grant(1, VIP, vm1, vm2)));
    if (question.isEmpty()) {
      assertThat(fabric.observe().signs().answers()).as("unknown").isEmpty();
      return;
    }
    assertThat(question.get().answers()).isEmpty();

    byte[] probe = vm1.receiveProbe(VIP);
    assertThat(Arrays.copyOf(probe, 6)).as("for nobody else").isEqualTo(vm1.mac().toBytes());
    assertThat(vm1.reaches(client, vm1.answerTo(probe))).as("nobody else hears").isFalse();

    awaitAnswers(question.get(), new Answer(SEGMENT, VIP, vm1.port(), vm1.mac()));
    assertThat(fabric.observe().signs().answers().orElseThrow())
        .extracting(Sign::port, Sign::address)
        .containsExactly(tuple(vm1.port(), VIP));
    assertThat(fabric.observe().claims()).as("an answer is no claim").isEmpty();
    assertThat(fabric.observe().claimCounts().orElse(List.of())).isEmpty();

    apply(grant(1, VIP, vm2));
    Fabric.Question again = fabric.askMembers(List.of(grant(1, VIP, vm1))).orElseThrow();
    assertThat(vm1.reaches(client, vm1.answerTo(vm1.receiveProbe(VIP)))).isFalse();
    assertThat(again.answers()).as("it is no member any more").isEmpty();
  }

  @Test
  void anAdvertisementIsSeenWithItsInterval() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2), grant(2, OTHER_VIP, vm1, vm2)));
    Instant before = Instant.now();
    assertThat(vm3.reaches(vm2, vm3.advert(VIP))).isFalse();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP, OTHER_VIP))).isTrue();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    if (fabric.observe().signs().adverts().isEmpty()) {
      return; // unknown
    }
    await(() -> advertCounts().equals(Map.of(VIP, 2L, OTHER_VIP, 1L)));
    for (Advert advert : fabric.observe().signs().adverts().orElseThrow()) {
      assertThat(advert.port()).isEqualTo(vm1.port());
      assertThat(advert.virtualRouterId()).isEqualTo(51);
      assertThat(advert.priority()).isEqualTo(254);
      assertThat(advert.interval()).isEqualTo(Duration.ofMillis(100));
      assertThat(advert.at()).isBetween(before, Instant.now());
    }
  }

  private Map<Ipv4Address, Long> advertCounts() throws FabricException {
    return fabric.observe().signs().adverts().orElseThrow().stream()
        .collect(Collectors.toMap(Advert::address, Advert::count));
  }

  private void awaitUp(VirtualNic vm) throws Exception {
    await(() -> new PortState(true, true).equals(fabric.observe().ports().get(vm.port())));
  }

  protected interface Condition {
    boolean holds() throws Exception;
  }

  protected static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void anAnnouncementReachesEverybody() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    awaitVoice();
    if (!fabric.announce(List.of(new Announcement(SEGMENT, VIP, vm1.mac())))) {
      return; // it cannot
    }
    for (VirtualNic station : List.of(client, vm3)) {
      for (Arp.Operation operation : Arp.Operation.values()) {
        station.receive(vm1.arp(Arp.gratuitous(operation, vm1.mac(), VIP)));
      }
    }
    assertThat(client.reaches(vm1, client.udp(client.address(), VIP, "after")))
        .as("frames to its MAC address go where they went")
        .isTrue();
  }

  @Test
  void everyClaimIsCountedByPort() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2)));
    if (fabric.observe().claimCounts().isEmpty()) {
      return; // unknown
    }
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).as("a stranger's is none").isFalse();
    awaitCounts(new ClaimCount(vm1.port(), VIP, 1), new ClaimCount(vm2.port(), VIP, 1));

    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitCounts(new ClaimCount(vm1.port(), VIP, 2), new ClaimCount(vm2.port(), VIP, 1));
  }

  private void awaitCounts(ClaimCount... expected) throws Exception {
    await(() -> Set.copyOf(fabric.observe().claimCounts().orElseThrow()).equals(Set.of(expected)));
  }

  @Test
  void aDeletedVipIsNobodysAndOthersAreUntouched() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1), grant(2, OTHER_VIP, vm1)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm1.reaches(client, vm1.claim(OTHER_VIP))).isTrue();

    fabric.apply(Set.<Id>of(grant(1, VIP).id()), Desired.NOTHING);

    assertThat(vm1.reaches(client, vm1.claim(VIP))).isFalse();
    assertThat(vm1.reaches(client, vm1.claim(OTHER_VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, OTHER_VIP, vm1.port()));
    assertThat(fabric.sync(everybody(grant(2, OTHER_VIP, vm1)))).isEmpty();
  }

  @Test
  void aVipMovesToAnotherAddressWithItsPermissions() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();

    apply(grant(1, OTHER_VIP, vm1));

    assertThat(vm1.reaches(client, vm1.claim(VIP))).isFalse();
    assertThat(vm1.reaches(client, vm1.claim(OTHER_VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, OTHER_VIP, vm1.port()));
  }

  @Test
  void whatIsRightAlreadyIsNoDifference() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    fabric.sync(desired);
    assertThat(fabric.sync(desired)).isEmpty();
  }

  @Test
  void whatIsDesiredAnewIsNoDifference() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    assertThat(fabric.sync(everybody(grant(1, VIP, vm2), grant(2, OTHER_VIP, vm3)))).isEmpty();
    assertThat(fabric.sync(everybody(grant(2, OTHER_VIP, vm3)))).isEmpty();
  }

  @Test
  void aRestartChangesNothing() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    fabric.sync(desired);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();

    fabric.close();
    fabric = open();

    assertThat(fabric.sync(desired)).isEmpty();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    if (tellsRefusals()) {
      assertThat(refused(ClaimKind.ARP, vm3, VIP)).isEqualTo(1);
    }
  }

  @Test
  void whatWasUnboundWhileNobodyRanIsWithdrawnAtTheStart() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1)));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    fabric.close();
    fabric = open();

    assertThat(fabric.sync(everybody(grant(1, VIP, vm2)))).isNotEmpty();

    assertThat(fabric.observe().claims()).isEmpty();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isFalse();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
  }

  @Test
  void aPortThatComesBackIsAttached() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    fabric.sync(desired);
    awaitUp(vm1);

    assertThat(repairAfter(() -> unplug(vm1), desired)).isEmpty();
    assertThat(fabric.observe().ports()).doesNotContainKey(vm1.port());

    repairAfter(() -> vm1 = plug(1, vm1.address()), desired);
    awaitUp(vm1);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
  }

  @Test
  void aRemovedPortIsOffTheSegment() throws Exception {
    fabric.sync(everybody());
    assertThat(vm3.reaches(client, vm3.claim(vm3.address()))).isTrue();

    fabric.apply(Set.<Id>of(vm3.on(SEGMENT).id()), Desired.NOTHING);
    vm3.send(vm3.claim(vm3.address()));

    assertThat(fabric.observe().ports()).doesNotContainKey(vm3.port());
    // Whatever it sent would be there before this.
    assertThat(vm1.reaches(client, vm3.claim(vm3.address()))).isFalse();
    assertThat(fabric.sync(withoutVm3())).isEmpty();

    fabric.apply(Set.<Id>of(vm3.on(SEGMENT).id()), desired(vm3.on(SEGMENT)));
    assertThat(vm3.reaches(client, vm3.claim(vm3.address()))).isTrue();
  }

  private Desired withoutVm3() {
    return desired(segment(SEGMENT), vm1.on(SEGMENT), vm2.on(SEGMENT), client.on(SEGMENT));
  }

  @Test
  void equalAddressesOfTwoSegmentsNeverMeet() throws Exception {
    int other = SEGMENT + 1;
    fabric.sync(
        desired(
            segment(SEGMENT),
            vm1.on(SEGMENT),
            client.on(SEGMENT),
            grant(1, SEGMENT, VIP, vm1),
            segment(other),
            vm2.on(other),
            vm3.on(other),
            grant(2, other, VIP, vm2)));

    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm2.reaches(vm3, vm2.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()), new Claim(other, VIP, vm2.port()));

    fabric.apply(Set.<Id>of(grant(2, other, VIP).id()), Desired.NOTHING);
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(vm2.reaches(vm3, vm2.claim(VIP))).isFalse();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
  }

  @Test
  void ownChangesAreNotForeign() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    CountDownLatch called = new CountDownLatch(1);
    fabric.sync(desired);
    fabric.onForeignChange(called::countDown);

    apply(grant(1, VIP, vm1, vm2));
    fabric.apply(Set.<Id>of(vm3.on(SEGMENT).id()), Desired.NOTHING);
    fabric.apply(Set.<Id>of(vm3.on(SEGMENT).id()), desired(vm3.on(SEGMENT)));

    assertThat(called.await(500, TimeUnit.MILLISECONDS)).isFalse();
  }
}
