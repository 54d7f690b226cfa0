package io.havip.demo;

import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM3;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Real keepalived that is fenced. */
class FenceIT extends TheatreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** It must last until the server is dead, also where each commit takes a second. */
  private static final int FENCE_SECONDS = 6;

  @Test
  void aFencedHolderLosesTheVipToAnotherForAWhileEvenIfTheServerDies() throws Exception {
    Stage stage = theatre.stage();
    theatre.elect(Stage.MEMBERS);

    fence(600);
    stage.awaitHolder("another takes over", List.of(VM2, VM3));
    assertThat(binding(theatre.shown()).path("fencedUntil").asString()).isNotEmpty();
    assertThat(theatre.kinds()).containsSubsequence("fence_began", "holder_changed");

    fence(0);
    theatre.await(shown -> !binding(shown).has("fencedUntil"));
    assertThat(theatre.kinds()).containsOnlyOnce("fence_ended");
    stage.awaitHolder("the one with the highest priority has it again", List.of(VM1));

    fence(FENCE_SECONDS);
    theatre.await(shown -> shown.path("state").asString().equals("available"));
    theatre.server().kill();
    awaitAnswersOnlyFrom(List.of(VM2, VM3));
    Thread.sleep(Duration.ofSeconds(FENCE_SECONDS)); // it ends while nobody runs
    theatre.server().restart();
    theatre.await(shown -> !binding(shown).has("fencedUntil"));
    stage.awaitHolder("the one with the highest priority has it again", List.of(VM1));
  }

  private void fence(int seconds) throws Exception {
    theatre
        .server()
        .call(
            "POST", theatre.vip() + "/fence", Map.of("vmId", theatre.id(VM1), "seconds", seconds));
  }

  private void awaitAnswersOnlyFrom(List<Guest> guests) throws Exception {
    List<String> names = guests.stream().map(Guest::name).toList();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long start = System.nanoTime();
      Thread.sleep(300);
      Map<String, Long> answers = theatre.stage().probe().answersSince(start);
      if (!answers.isEmpty() && names.containsAll(answers.keySet())) {
        return;
      }
      assertThat(System.nanoTime()).as("still %s", answers).isLessThan(end);
    }
  }

  private static JsonNode binding(JsonNode shown) {
    return shown
        .path("bindings")
        .valueStream()
        .filter(binding -> binding.path("vmName").asString().equals(VM1.name()))
        .findFirst()
        .orElseThrow();
  }
}
