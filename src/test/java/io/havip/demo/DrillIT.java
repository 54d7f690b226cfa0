package io.havip.demo;

import static io.havip.demo.Stage.CLIENT;
import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM3;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.kernel.PacketSocket;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Rehearsals with real keepalived, and with software that only claims once. */
class DrillIT extends TheatreTest {
  /**
   * keepalived waits for three intervals of 100 ms after the last advertisement, which came at most
   * one before the cut.
   */
  private static final Duration SHORTEST = Duration.ofMillis(200);

  private String drills;

  @BeforeEach
  void find() {
    drills = theatre.vip() + "/drills";
  }

  @Test
  void keepalivedIsRehearsed() throws Exception {
    theatre.elect(Stage.MEMBERS);

    // The holder is known by its claim; that it advertises is heard a moment later.
    JsonNode predicted =
        theatre.await(
            () -> theatre.server().call("POST", drills + "?dryRun=true", drill(3, 2_000)),
            it -> !it.path("wholePort").asBoolean());
    assertThat(predicted.path("vmId").asString()).isEqualTo(theatre.id(VM1));
    assertThat(ids(predicted.path("candidates")))
        .containsExactlyInAnyOrder(theatre.id(VM2), theatre.id(VM3));
    assertThat(predicted.path("wholePort").asBoolean()).isFalse();
    assertThat(predicted.path("expectedMillis").asLong()).isEqualTo(400);
    assertThat(predicted.path("passes").asBoolean()).isTrue();
    assertThat(predicted.path("risks").valueStream()).isEmpty();

    JsonNode passed = run(drill(3, 2_000));
    assertThat(passed.path("state").asString()).isEqualTo("passed");
    assertThat(passed.path("newHolder").asString()).isIn(theatre.id(VM2), theatre.id(VM3));
    assertThat(passed.path("cameBack").asBoolean()).isTrue();
    theatre.stage().awaitHolder("the one that was cut off has it again", List.of(VM1));
    assertThat(theatre.kinds())
        .containsSubsequence(
            "drill_began", "fence_began", "holder_changed", "fence_ended", "drill_ended")
        .doesNotContain("split_began");

    JsonNode failed = run(drill(2, 1));
    assertThat(failed.path("state").asString()).as("nobody is that fast").isEqualTo("failed");
  }

  @Test
  void theCutEndsWhenTheServerDiesInTheMiddle() throws Exception {
    theatre.elect(Stage.MEMBERS);
    String one = begin(drill(600, 2_000));
    theatre.stage().awaitHolder("another takes over", List.of(VM2, VM3));
    theatre.server().kill();
    theatre.server().restart();
    JsonNode ended = awaitEnd(one);
    assertThat(ended.path("state").asString()).isEqualTo("interrupted");
    theatre.stage().awaitHolder("the one that was cut off has it again", List.of(VM1));
  }

  @Test
  void nobodyIsCutOffWhereNobodyCouldTakeOver() throws Exception {
    theatre.elect(Stage.MEMBERS);
    for (Guest other : List.of(VM2, VM3)) {
      theatre.stage().keepaliveds().of(other).kill();
      theatre.unplug(other);
    }
    theatre.await(shown ->
        shown.path("bindings").valueStream().filter(it -> it.path("up").asBoolean()).count() == 1);
    assertThat(theatre.server().status("POST", drills, drill(1, 2_000))).isEqualTo(409);
    JsonNode predicted = theatre.server().call("POST", drills + "?dryRun=true", drill(1, 2_000));
    assertThat(predicted.path("risks").toString()).contains("no other VM can take over");

    Map<String, Object> forced =
        Map.of("kind", "isolate-holder", "seconds", 1, "targetMillis", 2_000, "force", true);
    JsonNode failed = awaitEnd(begin(forced));
    assertThat(failed.path("state").asString()).isEqualTo("failed");
    assertThat(failed.has("newHolder")).isFalse();
    assertThat(failed.path("cameBack").asBoolean()).isTrue();
  }

  @Test
  void theWholePortIsCutOffOfSoftwareThatIsSilent() throws Exception {
    take(VM1);
    theatre.await(shown -> !shown.path("holders").isEmpty());
    JsonNode predicted = theatre.server().call("POST", drills + "?dryRun=true", drill(3, 2_000));
    assertThat(predicted.path("wholePort").asBoolean()).isTrue();
    assertThat(predicted.path("risks").toString()).contains("whatever else runs on it");

    long start = System.nanoTime();
    String one = begin(drill(8, 6_000));
    theatre.await(DrillIT::isRealised);
    assertThat(
            Program.run(CLIENT.inside("ping", "-c1", "-W1", VM1.address().toString())).exitCode())
        .as("the VM cannot be reached at all")
        .isNotZero();
    take(VM2);
    VM1.ip("addr", "del", VIP + "/24", "dev", Guest.NIC);
    Duration longest = untilAnotherHolds(VM1, start);
    JsonNode passed = awaitEnd(one);
    assertThat(passed.path("state").asString()).isEqualTo("passed");
    assertThat(passed.path("newHolder").asString()).isEqualTo(theatre.id(VM2));
    assertThat(passed.path("cameBack").asBoolean()).isFalse();
    assertOutage(passed, Duration.ofMillis(1), longest);
    assertThat(
            Program.run(CLIENT.inside("ping", "-c1", "-w15", VM1.address().toString())).exitCode())
        .as("the VM is there again")
        .isZero();
  }

  /** As heartbeat does: one claim, and silence. */
  private static void take(Guest guest) throws Exception {
    guest.ip("addr", "add", VIP + "/24", "dev", Guest.NIC);
    byte[] arp = Arp.gratuitous(Arp.Operation.REQUEST, guest.mac(), VIP).toBytes();
    try (PacketSocket socket = guest.namespace().call(() -> PacketSocket.open(Guest.NIC))) {
      socket.send(Ethernet.frame(Ethernet.BROADCAST, guest.mac(), Ethernet.ARP, arp));
    }
  }

  private static Map<String, Object> drill(int seconds, int targetMillis) {
    return Map.of("kind", "isolate-holder", "seconds", seconds, "targetMillis", targetMillis);
  }

  private JsonNode run(Map<String, Object> drill) throws Exception {
    long start = System.nanoTime();
    String one = begin(drill);
    assertThat(theatre.server().status("POST", drills, drill)).as("one at a time").isEqualTo(409);
    Duration longest = untilAnotherHolds(VM1, start);
    JsonNode ended = awaitEnd(one);
    assertOutage(ended, SHORTEST, longest);
    return ended;
  }

  private String begin(Map<String, Object> drill) throws Exception {
    JsonNode began = theatre.server().call("POST", drills, drill);
    assertThat(began.path("state").asString()).isEqualTo("running");
    return drills + "/" + began.path("number").asInt();
  }

  private JsonNode awaitEnd(String drill) throws Exception {
    return theatre.await(
        () -> theatre.server().get(drill), it -> !it.path("state").asString().equals("running"));
  }

  private static boolean isRealised(JsonNode vip) {
    return vip.path("observedGeneration").asLong() == vip.path("generation").asLong();
  }

  /** Waits until another than the guest holds the VIP, and gives how long that took. */
  private Duration untilAnotherHolds(Guest cutOff, long startNanos) throws Exception {
    String id = theatre.id(cutOff);
    theatre.await(shown ->
        shown.path("holders").valueStream().anyMatch(it -> !it.path("vmId").asString().equals(id)));
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** bench/drills.sh compares what a drill says with what a client measures. */
  private static void assertOutage(JsonNode ended, Duration shortest, Duration longest) {
    assertThat(ended.path("outageMillis").asLong())
        .isBetween(shortest.toMillis(), longest.toMillis());
  }

  private static List<String> ids(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }
}
