package io.havip.demo;

import static io.havip.demo.Stage.CLIENT;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM3;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Real keepalived that is fenced, and that is cut off from its peers. */
class SplitAndFenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<Guest> MEMBERS = List.of(VM1, VM2, VM3);

  @TempDir private Path directory;
  private final CleanUps cleanUps = new CleanUps();
  private ServerProcess server;
  private Stage stage;
  private String vip;

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory);
    cleanUps.add(server::stop);
    Api api = new Api(URI.create(server.url()), server.token());
    cleanUps.add(api::close);
    stage = new Stage(api, Plugs.TO_THIS_HOST);
    cleanUps.add(stage::close);
    vip = "/v1/vips/" + server.get("/v1/vips").at("/items/0/id").asString();
  }

  @AfterEach
  void end() throws IOException {
    cleanUps.run();
  }

  @Test
  void aFencedHolderLosesTheVipToAnotherForAWhileEvenIfTheServerDies() throws Exception {
    elect(MEMBERS);

    server.call("POST", vip + "/fence", Map.of("vmId", id(VM1), "seconds", 600));
    stage.awaitHolder("another takes over", List.of(VM2, VM3));
    assertThat(binding(shown(), VM1).path("fencedUntil").asString()).isNotEmpty();
    assertThat(kinds()).containsSubsequence("fence_began", "holder_changed");

    server.call("POST", vip + "/fence", Map.of("vmId", id(VM1), "seconds", 0));
    await(shown -> !binding(shown, VM1).has("fencedUntil"));
    assertThat(kinds()).containsOnlyOnce("fence_ended");
    stage.awaitHolder("the one with the highest priority has it again", List.of(VM1));

    server.call("POST", vip + "/fence", Map.of("vmId", id(VM1), "seconds", 2));
    await(shown -> shown.path("state").asString().equals("available"));
    server.kill();
    awaitAnswersOnlyFrom(List.of(VM2, VM3));
    server.restart();
    await(shown -> !binding(shown, VM1).has("fencedUntil"));
    stage.awaitHolder("the one with the highest priority has it again", List.of(VM1));
  }

  @Test
  void twoThatDoNotHearEachOtherAreASplitUntilTheyDo() throws Exception {
    List<Guest> members = List.of(VM1, VM2);
    elect(members);
    for (Guest member : members) {
      Deafness.begin(member);
    }

    JsonNode split = await(shown -> shown.path("split").asBoolean());
    assertThat(split.path("holders").valueStream().map(held -> held.path("vmId").asString()))
        .containsExactlyInAnyOrder(id(VM1), id(VM2));
    assertThat(kinds()).containsOnlyOnce("split_began");

    for (Guest member : members) {
      Deafness.end(member);
    }
    JsonNode healed = await(shown -> !shown.path("split").asBoolean());
    assertThat(healed.path("holders").valueStream()).hasSize(1);
    stage.awaitHolder("the one with the highest priority has it", List.of(VM1));
    assertThat(kinds()).containsSubsequence("split_began", "split_ended");
  }

  private void elect(List<Guest> members) throws Exception {
    stage.keepaliveds().start(VM1);
    stage.awaitHolder("the first takes what nobody holds", List.of(VM1));
    for (Guest member : members) {
      if (!member.equals(VM1)) {
        stage.keepaliveds().start(member);
      }
    }
  }

  private JsonNode shown() throws Exception {
    return server.get(vip);
  }

  /** Waits; all the while a client asks who has the address, as any does from time to time. */
  private JsonNode await(Predicate<JsonNode> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode shown = shown();
    while (!condition.test(shown)) {
      assertThat(System.nanoTime()).as("still %s", shown).isLessThan(end);
      CLIENT.ip("neigh", "flush", "dev", Guest.NIC);
      Thread.sleep(300);
      shown = shown();
    }
    return shown;
  }

  private void awaitAnswersOnlyFrom(List<Guest> guests) throws Exception {
    List<String> names = guests.stream().map(Guest::name).toList();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long start = System.nanoTime();
      Thread.sleep(300);
      Map<String, Long> answers = stage.probe().answersSince(start);
      if (!answers.isEmpty() && names.containsAll(answers.keySet())) {
        return;
      }
      assertThat(System.nanoTime()).as("still %s", answers).isLessThan(end);
    }
  }

  private static JsonNode binding(JsonNode shown, Guest guest) {
    return shown
        .path("bindings")
        .valueStream()
        .filter(binding -> binding.path("vmName").asString().equals(guest.name()))
        .findFirst()
        .orElseThrow();
  }

  private String id(Guest guest) throws Exception {
    return binding(shown(), guest).path("vmId").asString();
  }

  private List<String> kinds() throws Exception {
    return server
        .get(vip + "/events?limit=1000")
        .path("items")
        .valueStream()
        .map(event -> event.path("kind").asString())
        .toList();
  }
}
