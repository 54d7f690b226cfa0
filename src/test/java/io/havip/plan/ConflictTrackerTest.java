package io.havip.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.inventory.Reservation;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ConflictTracker.Noticed;
import io.havip.plan.ConflictTracker.Step;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A host outside HAVIP that uses a NIC's address; seconds go by in a moment. */
class ConflictTrackerTest {
  private static final Instant START = Instant.parse("2030-01-31T12:00:00Z");
  private static final Step NOTHING = new Step(List.of(), Set.of());
  private static final Reservation ADDRESS =
      new Reservation(
          new NetworkId("extnet-" + "0".repeat(26)),
          Ipv4Address.parse("10.0.0.9"),
          new NicId("nic-" + "0".repeat(26)));
  private static final Noticed HOST =
      new Noticed(ADDRESS, MacAddress.parse("02:00:00:00:00:99"), "uplink0");
  private static final Noticed OTHER_HOST =
      new Noticed(ADDRESS, MacAddress.parse("02:00:00:00:00:98"), "uplink0");

  private final ConflictTracker tracker = new ConflictTracker(Set.of(), START);

  private Step step(int second, Noticed... noticed) {
    return tracker.step(List.of(noticed), START.plusSeconds(second));
  }

  private Set<Reservation> due(int second) {
    return tracker.due(START.plusSeconds(second));
  }

  @Test
  void aConflictIsToldOnceAndAgainForAnotherHost() {
    assertThat(step(0)).isEqualTo(NOTHING);
    assertThat(step(1, HOST)).isEqualTo(new Step(List.of(HOST), Set.of()));
    assertThat(step(2, HOST)).isEqualTo(NOTHING);
    assertThat(step(3, OTHER_HOST)).isEqualTo(new Step(List.of(OTHER_HOST), Set.of()));
  }

  @Test
  void itIsAskedForEach30Seconds() {
    step(0, HOST);
    assertThat(due(29)).isEmpty();
    assertThat(due(30)).containsExactly(ADDRESS);
    assertThat(due(31)).isEmpty();
    assertThat(due(59)).isEmpty();
    assertThat(due(60)).containsExactly(ADDRESS);
  }

  @Test
  void itEndsWhenTwoQuestionsHadNoAnswer() {
    step(0, HOST);
    step(31, HOST);
    assertThat(step(95)).isEqualTo(NOTHING);
    assertThat(step(96)).isEqualTo(new Step(List.of(), Set.of(ADDRESS)));
    assertThat(step(97)).isEqualTo(NOTHING);
    assertThat(due(1_000)).isEmpty();
    assertThat(step(1_001, HOST).noticed()).as("a new one").containsExactly(HOST);
  }

  @Test
  void oneThatWasKnownBeforeEndsToo() {
    ConflictTracker restarted = new ConflictTracker(Set.of(ADDRESS), START);
    assertThat(restarted.due(START.plusSeconds(30))).containsExactly(ADDRESS);
    assertThat(restarted.step(List.of(), START.plusSeconds(64))).isEqualTo(NOTHING);
    assertThat(restarted.step(List.of(), START.plusSeconds(65)).ended()).containsExactly(ADDRESS);
  }
}
