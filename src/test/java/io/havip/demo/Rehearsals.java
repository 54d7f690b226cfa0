package io.havip.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Measures, inside a sandbox, how exactly a drill tells for how long a VIP was not answered;
 * bench/drills.sh runs it.
 *
 * <pre>
 * linux|ovn DRILLS DIRECTORY
 * </pre>
 */
final class Rehearsals {
  private Rehearsals() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[2]);
    boolean onOvn = arguments[0].equals("ovn");
    int drills = Integer.parseInt(arguments[1]);
    List<Double> ratios = new ArrayList<>();
    try (Theatre theatre = onOvn ? Theatre.onOvn(directory) : new Theatre(directory)) {
      theatre.elect(Stage.MEMBERS);
      for (int i = 0; i < drills; i++) {
        ratios.add(drill(theatre));
      }
    }
    ratios.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%s: %d drills; drill by probe: %.2f, median %.2f, %.2f%n",
        arguments[0],
        drills,
        ratios.getFirst(),
        ratios.get(ratios.size() / 2),
        ratios.getLast());
    System.exit(0); // the guests' echo servers are still listening
  }

  private static double drill(Theatre theatre) throws Exception {
    String drills = theatre.vip() + "/drills";
    long start = System.nanoTime();
    JsonNode began =
        theatre
            .server()
            .call(
                "POST",
                drills,
                Map.of("kind", "isolate-holder", "seconds", 3, "targetMillis", 2_000));
    String one = drills + "/" + began.path("number").asInt();
    JsonNode ended =
        theatre.await(
            () -> theatre.server().get(one), it -> !it.path("state").asString().equals("running"));
    Duration probed = theatre.stage().probe().silence(start, Stage.VM1.name());
    long reported = ended.path("outageMillis").asLong();
    System.out.printf("drill %d ms, probe %d ms%n", reported, probed.toMillis());
    theatre.stage().awaitHolder("the one that was cut off has it again", List.of(Stage.VM1));
    return (double) reported / probed.toMillis();
  }
}
