package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Real keepalived hands a VIP over, or crashes, again and again: none is a split, and the timeline
 * says how long traffic stopped.
 */
class FailoversIT {
  /** Of each kind; bench/failovers.sh wants more. */
  private static final int FAILOVERS = Integer.getInteger("havip.failovers", 8);

  /** How far the timeline may be off in the middle, on a machine that pauses now and then. */
  private static final double TOLERANCE_MILLIS = 20;

  private Theatre theatre;
  private List<Theatre.Told> told;

  /** Makes a holder lose the VIP, and another start again that lost it. */
  private interface Way {
    void run(Guest guest) throws Exception;
  }

  /**
   * What the timeline and a client say of one failover, in milliseconds.
   *
   * @param late by how much the client asked too late meanwhile: more than that it does not know
   */
  private record Outage(double timeline, double probe, double late) {
    double difference() {
      return Math.abs(timeline - probe);
    }

    double unexplained() {
      return Math.max(0, difference() - late);
    }
  }

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    theatre = new Theatre(directory);
    theatre.elect(Stage.MEMBERS);
    told = theatre.follow();
  }

  @AfterEach
  void end() throws Exception {
    theatre.close();
  }

  @Test
  void noHandoverAndNoCrashIsASplit() throws Exception {
    Keepaliveds keepaliveds = theatre.stage().keepaliveds();
    play("planned", guest -> keepaliveds.of(guest).stop(), keepaliveds::start);
    play("crash", theatre.stage()::kill, theatre.stage()::revive);
    assertThat(told.stream().map(Theatre.Told::kind)).as("%s", told).doesNotContain("split_began");
  }

  private void play(String name, Way lose, Way rejoin) throws Exception {
    Probe probe = theatre.stage().probe();
    List<Outage> outages = new ArrayList<>();
    Guest holder = theatre.stage().awaitHolder("somebody has it", Stage.MEMBERS);
    for (int i = 0; i < FAILOVERS; i++) {
      Guest loser = holder;
      int before = told.size();
      probe.late();
      long start = System.nanoTime();
      lose.run(loser);
      // Nothing else is asked meanwhile, which would take time from the client that measures.
      Checks.awaitTrue(
          "another answers the client after failover " + i,
          () ->
              probe.answersSince(start).keySet().stream().anyMatch(it -> !it.equals(loser.name())),
          () -> told);
      double late = probe.late().toNanos() / 1e6;
      holder =
          theatre
              .stage()
              .awaitHolder(
                  "another has it after failover " + i,
                  Stage.MEMBERS.stream().filter(it -> !it.equals(loser)).toList());
      double probed = probe.silence(start, loser.name()).toNanos() / 1e6;
      outages.add(new Outage(timeline(holder, before), probed, late));
      rejoin.run(loser);
    }
    outages.sort(Comparator.comparingDouble(Outage::difference));
    List<Double> differences = outages.stream().map(Outage::difference).toList();
    System.out.printf(
        "%d %s failovers: traffic stopped for %s ms; the timeline differs by %s ms (%.0f for %.0f),"
            + " by %s ms more than the client itself paused%n",
        FAILOVERS,
        name,
        summary(outages.stream().map(Outage::probe).sorted().toList()),
        summary(differences),
        outages.getLast().timeline(),
        outages.getLast().probe(),
        summary(outages.stream().map(Outage::unexplained).sorted().toList()));
    assertThat(differences.get(FAILOVERS / 2)).isLessThan(TOLERANCE_MILLIS);
  }

  /** How long nobody had it, as the event says that a guest has it now. */
  private double timeline(Guest holder, int before) throws Exception {
    String id = theatre.id(holder);
    long end = System.nanoTime() + Checks.PATIENCE.toNanos();
    while (true) {
      Optional<JsonNode> changed =
          told.stream()
              .skip(before)
              .map(Theatre.Told::event)
              .filter(event -> event.path("kind").asString().equals("holder_changed"))
              .filter(event -> event.path("data").path("to").asString("").equals(id))
              .findFirst();
      if (changed.isPresent()) {
        JsonNode outage = changed.get().path("data").path("outageMillis");
        assertThat(outage.isNumber()).as("the outage is known: %s", changed.get()).isTrue();
        return outage.asDouble();
      }
      assertThat(System.nanoTime()).as("%s", told).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private static String summary(List<Double> sorted) {
    return "p50 %.0f p99 %.0f max %.0f"
        .formatted(
            sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 99 / 100), sorted.getLast());
  }
}
