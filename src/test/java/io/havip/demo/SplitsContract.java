package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.keepalived.InstalledKeepalived;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What makes two real keepaliveds use one VIP at a time; each is found, and its end too. */
abstract class SplitsContract extends TheatreTest {
  private static final int VRID = 77;
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.102");

  /** What a machine may add on which other tests run. */
  private static final Duration NOISE = Duration.ofSeconds(1);

  private List<Theatre.Told> told;

  /**
   * How soon a split is known of VMs of which one advertises at this interval, the other sooner.
   */
  abstract Duration foundWithin(Duration interval);

  @BeforeEach
  void follow() throws Exception {
    told = theatre.follow();
  }

  @Test
  void anotherListOfAddresses() throws Exception {
    JsonNode second = theatre.createVip("second", OTHER, VM2);
    String path = "/v1/vips/" + second.path("id").asString();
    try {
      theatre.await(
          () -> theatre.server().get(path), it -> it.path("state").asString().equals("available"));
      start(VM1, "0.1", "", VIP);
      if (InstalledKeepalived.acceptsOtherAddresses()) {
        assertStaysBackup(() -> start(VM2, "0.1", "", VIP, OTHER));
      } else {
        assertFound(Duration.ofMillis(100), () -> start(VM2, "0.1", "", VIP, OTHER));
        assertEnds(() -> {
          theatre.stage().keepaliveds().of(VM2).stop();
          start(VM2, "0.1", "", VIP);
        });
      }
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

  /** The second hears the first in spite of the difference, and takes over when the first stops. */
  private void assertStaysBackup(Step plant) throws Exception {
    theatre.stage().awaitHolder("the first has it", List.of(VM1));
    plant.run();
    long end = System.nanoTime() + Checks.PATIENCE.toNanos();
    while (!theatre
        .stage()
        .keepaliveds()
        .of(VM2)
        .log()
        .contains("expected 2 VIPs but received 1")) {
      assertThat(System.nanoTime())
          .as("not heard: %s", theatre.stage().keepaliveds().of(VM2).log())
          .isLessThan(end);
      Thread.sleep(20);
    }
    theatre.stage().awaitHolder("the first still has it", List.of(VM1));
    theatre.stage().keepaliveds().of(VM1).stop();
    theatre.stage().awaitHolder("the second takes over", List.of(VM2));
    assertThat(told.stream().map(Theatre.Told::kind)).noneMatch(kind -> kind.startsWith("split_"));
  }

  /** Does something. */
  interface Step {
    void run() throws Exception;
  }

  /** The second does not hear the first, which has the VIP; the interval is the longer one. */
  void assertFound(Duration interval, Step plant) throws Exception {
    theatre.stage().awaitHolder("the first has it", List.of(VM1));
    CompletableFuture<Instant> claimed = theatre.firstClaimOf(VM2);
    plant.run();
    assertFound(claimed, foundWithin(interval).plus(NOISE));
  }

  void assertFound(CompletableFuture<Instant> claimed, Duration within) throws Exception {
    JsonNode split = theatre.await(shown -> shown.path("split").asBoolean());
    assertThat(split.path("holders").valueStream().map(held -> held.path("vmId").asString()))
        .containsExactlyInAnyOrder(theatre.id(VM1), theatre.id(VM2));
    Duration took =
        Duration.between(claimed.get(30, TimeUnit.SECONDS), awaitTold("split_began").at());
    System.out.println("found " + took.toMillis() + " ms after the second's first frame");
    assertThat(took).isLessThan(within);
    awaitMetric("havip_vips{holders=\"several\",state=\"available\"}", 1);
  }

  void assertEnds(Step cure) throws Exception {
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
  void start(Guest guest, String advertInt, String authPass, Ipv4Address... addresses)
      throws Exception {
    int priority = guest.equals(VM1) ? 150 : 100;
    int version = authPass.isEmpty() ? 3 : 2;
    Handmade configuration =
        new Handmade(version, VRID, priority, advertInt, authPass, List.of(addresses));
    theatre.stage().keepaliveds().start(guest, configuration.text());
  }
}
