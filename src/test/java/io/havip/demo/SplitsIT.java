package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What makes two real keepaliveds use one VIP at a time; each is found, and its end too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SplitsIT {
  private static final int VRID = 77;
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.102");
  private static final Duration PROBE_PERIOD = Duration.ofSeconds(5);

  /** Three advertisements show that neither hears the other; the rest is ours. */
  private static final Duration AFTER_THREE_INTERVALS = Duration.ofMillis(200);

  /** What a machine may add on which other tests run. */
  private static final Duration NOISE = Duration.ofSeconds(1);

  private Theatre theatre;
  private List<Theatre.Told> told;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    theatre = new Theatre(directory);
  }

  @AfterAll
  void end() throws Exception {
    theatre.close();
  }

  @BeforeEach
  void follow() throws Exception {
    told = theatre.follow();
  }

  @AfterEach
  void clear() throws Exception {
    theatre.clear(Stage.MEMBERS);
  }

  @Test
  void anotherPassword() throws Exception {
    start(VM1, "1", "one", VIP);
    assertFound(Duration.ofSeconds(1), () -> start(VM2, "1", "two", VIP));
    assertEnds(() -> {
      theatre.stage().keepaliveds().of(VM2).stop();
      start(VM2, "1", "one", VIP);
    });
  }

  @Test
  void anotherInterval() throws Exception {
    start(VM1, "1", "one", VIP);
    assertFound(Duration.ofSeconds(2), () -> start(VM2, "2", "one", VIP));
    assertEnds(() -> {
      theatre.stage().keepaliveds().of(VM2).stop();
      start(VM2, "1", "one", VIP);
    });
  }

  @Test
  void anotherListOfAddresses() throws Exception {
    JsonNode shown = theatre.shown();
    JsonNode second =
        theatre
            .server()
            .call(
                "POST",
                "/v1/vips",
                Map.of(
                    "name", "second",
                    "type", "internal",
                    "vpcId", shown.path("vpcId").asString(),
                    "networkId", shown.path("networkId").asString(),
                    "address", OTHER.toString(),
                    "vmIds", List.of(theatre.id(VM2))));
    String path = "/v1/vips/" + second.path("id").asString();
    try {
      theatre.await(
          () -> theatre.server().get(path), it -> it.path("state").asString().equals("available"));
      start(VM1, "0.1", "", VIP);
      assertFound(Duration.ofMillis(100), () -> start(VM2, "0.1", "", VIP, OTHER));
      assertEnds(() -> {
        theatre.stage().keepaliveds().of(VM2).stop();
        start(VM2, "0.1", "", VIP);
      });
    } finally {
      theatre.server().call("DELETE", path, List.of());
    }
  }

  @Test
  void aNetworkThatCarriesNoVrrp() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    assertFound(
        Keepaliveds.ADVERT_INTERVAL,
        () -> {
          Deafness.begin(VM1);
          Deafness.begin(VM2);
        });
    assertEnds(() -> {
      Deafness.end(VM1);
      Deafness.end(VM2);
    });
  }

  @Test
  void aKeepalivedThatWasKilledAndLeftTheAddress() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    CompletableFuture<Instant> claimed = Claims.firstOf(VM2);
    theatre.stage().keepaliveds().of(VM1).kill();
    assertFound(claimed, PROBE_PERIOD);
    assertThat(VM1.has(VIP)).as("it has the address still").isTrue();
    assertEnds(() -> VM1.ip("addr", "del", VIP + "/24", "dev", Guest.NIC));
  }

  /** Does something. */
  private interface Step {
    void run() throws Exception;
  }

  /** The second does not hear the first, which has the VIP; the interval is the longer one. */
  private void assertFound(Duration interval, Step plant) throws Exception {
    theatre.stage().awaitHolder("the first has it", List.of(VM1));
    CompletableFuture<Instant> claimed = Claims.firstOf(VM2);
    plant.run();
    assertFound(claimed, interval.multipliedBy(3).plus(AFTER_THREE_INTERVALS).plus(NOISE));
  }

  private void assertFound(CompletableFuture<Instant> claimed, Duration within) throws Exception {
    JsonNode split = theatre.await(shown -> shown.path("split").asBoolean());
    assertThat(split.path("holders").valueStream().map(held -> held.path("vmId").asString()))
        .containsExactlyInAnyOrder(theatre.id(VM1), theatre.id(VM2));
    Duration took =
        Duration.between(claimed.get(30, TimeUnit.SECONDS), awaitTold("split_began").at());
    System.out.println("found " + took.toMillis() + " ms after the second's first frame");
    assertThat(took).isLessThan(within);
    awaitMetric("havip_vips{holders=\"several\",state=\"available\"}", 1);
  }

  private void assertEnds(Step cure) throws Exception {
    double ended = metric("havip_split_length_seconds_count");
    cure.run();
    JsonNode healed = theatre.await(shown -> !shown.path("split").asBoolean());
    assertThat(healed.path("holders").valueStream()).hasSize(1);
    awaitTold("split_ended");
    awaitMetric("havip_split_length_seconds_count", ended + 1);
    Thread.sleep(NOISE);
    assertThat(told.stream().filter(it -> it.kind().startsWith("split_")).map(Theatre.Told::kind))
        .as("one split, and no other when it heals")
        .containsExactly("split_began", "split_ended");
  }

  private Theatre.Told awaitTold(String kind) throws Exception {
    long end = System.nanoTime() + Checks.PATIENCE.toNanos();
    while (true) {
      for (Theatre.Told it : told) {
        if (it.kind().equals(kind)) {
          return it;
        }
      }
      assertThat(System.nanoTime()).as("no %s in %s", kind, told).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private void awaitMetric(String series, double value) throws Exception {
    long end = System.nanoTime() + Checks.PATIENCE.toNanos();
    while (metric(series) != value) {
      assertThat(System.nanoTime()).as("%s is %s", series, metric(series)).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private double metric(String series) throws IOException, InterruptedException {
    return theatre
        .server()
        .text("/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** Version 2 where there is a password; the first VM is preferred. */
  private void start(Guest guest, String advertInt, String authPass, Ipv4Address... addresses)
      throws Exception {
    int priority = guest.equals(VM1) ? 150 : 100;
    int version = authPass.isEmpty() ? 3 : 2;
    Handmade configuration =
        new Handmade(version, VRID, priority, advertInt, authPass, List.of(addresses));
    theatre.stage().keepaliveds().start(guest, configuration.text());
  }
}
