package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * On a host that can ask who has the address, those too in which one is silent: keepalived's timer
 * begins anew with each advertisement that it refuses.
 */
class SplitsIT extends SplitsContract {
  private static final Duration PROBE_PERIOD = Duration.ofSeconds(5);

  /** Three advertisements show that neither hears the other; the rest is ours. */
  private static final Duration AFTER_THREE_INTERVALS = Duration.ofMillis(200);

  @Override
  Duration foundWithin(Duration interval) {
    return interval.multipliedBy(3).plus(AFTER_THREE_INTERVALS);
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
  void aKeepalivedThatWasKilledAndLeftTheAddress() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    CompletableFuture<Instant> claimed = theatre.firstClaimOf(VM2);
    theatre.stage().keepaliveds().of(VM1).kill();
    assertFound(claimed, PROBE_PERIOD);
    assertThat(VM1.has(VIP)).as("it has the address still").isTrue();
    assertEnds(() -> VM1.ip("addr", "del", VIP + "/24", "dev", Guest.NIC));
  }
}
