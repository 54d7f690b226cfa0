package io.havip.demo;

import io.havip.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures, inside a sandbox, how long traffic stops when the holder of a VIP dies;
 * bench/outages.sh makes a page of what it prints.
 *
 * <pre>
 * row SOFTWARE internal|external CRASHES DIRECTORY   one row of the table, with what came of thefts
 * ratio CRASHES DIRECTORY                            the fabric beside a bare bridge
 * </pre>
 */
final class Outages {
  /** So long a VM that came back needs at most until its cluster counts on it again. */
  private static final long REJOIN_MILLIS = 20_000;

  private static final long BACKUP_MILLIS = 1_500;

  private final CleanUps cleanUps = new CleanUps();
  private final Path directory;

  private Outages(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws Exception {
    Outages outages = new Outages(Path.of(arguments[arguments.length - 1]));
    try {
      switch (arguments[0]) {
        case "row" ->
            outages.row(
                Software.valueOf(arguments[1]),
                arguments[2].equals("external"),
                Integer.parseInt(arguments[3]));
        case "ratio" -> outages.ratio(Integer.parseInt(arguments[1]));
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } finally {
      outages.cleanUps.run();
    }
  }

  private void row(Software software, boolean external, int crashes) throws Exception {
    HavipGround ground = ground(software, external);
    Arena arena = arena(software, external, "", ground);
    List<Double> outages = new ArrayList<>();
    Guest holder = arena.elect();
    for (int i = 0; i < crashes; i++) {
      settle(software);
      outages.add(arena.crash(holder).toNanos() / 1e6);
      Guest dead = holder;
      holder = arena.other(dead);
      arena.boot(dead);
    }
    settle(software);
    int futile = 0;
    List<Arena.Theft> thefts = arena.thefts(Stage.VM4, ground.vrid(), holder);
    for (Arena.Theft theft : thefts) {
      futile += theft.effects().isEmpty() ? 1 : 0;
      if (!theft.effects().isEmpty() || !theft.held()) {
        System.err.printf(
            "%s: %s, held: %s%n", theft.attempt().name(), theft.effects(), theft.held());
        System.err.println(ground.shown() + "\n" + ground.events() + arena.logs());
      }
    }
    outages.sort(null);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %d | %.0f | %.0f | %.0f | %d of %d |%n",
        software.inWords(),
        external ? "external" : "internal",
        crashes,
        outages.getFirst(),
        median(outages),
        outages.getLast(),
        futile,
        thefts.size());
  }

  /**
   * Crash after crash, in turn on the fabric and on a bridge without it, with the same files. An
   * outage is shorter by what has passed of the interval between two advertisements, so both have
   * their crashes spread over it alike.
   */
  private void ratio(int crashes) throws Exception {
    HavipGround fabric = ground(Software.KEEPALIVED, false);
    Map<String, String> files = new HashMap<>();
    for (Guest member : List.of(Stage.VM1, Stage.VM2)) {
      files.put(member.address().toString(), fabric.configuration(member));
    }
    BareBridge bare = new BareBridge(member -> files.getOrDefault(member.address().toString(), ""));
    cleanUps.add(bare::remove);
    List<Arena> arenas =
        List.of(
            arena(Software.KEEPALIVED, false, "", fabric),
            arena(Software.KEEPALIVED, false, "b-", bare));
    List<List<Double>> outages = List.of(new ArrayList<>(), new ArrayList<>());
    for (Arena arena : arenas) {
      arena.elect();
    }
    for (int i = 0; i < crashes; i++) {
      for (int which = 0; which < arenas.size(); which++) {
        Arena arena = arenas.get(which);
        settle(Software.KEEPALIVED);
        Guest dead = arena.holder();
        arena.awaitAdvertisement(dead);
        Thread.sleep(Keepaliveds.ADVERT_INTERVAL.multipliedBy(i).dividedBy(crashes));
        outages.get(which).add(arena.crash(dead).toNanos() / 1e6);
        arena.boot(dead);
      }
    }
    outages.forEach(list -> list.sort(null));
    double onFabric = median(outages.getFirst());
    double onBare = median(outages.getLast());
    System.out.printf(
        Locale.ROOT, "| %d | %.1f | %.1f | %.3f |%n", crashes, onFabric, onBare, onFabric / onBare);
  }

  private HavipGround ground(Software software, boolean external) throws Exception {
    ServerProcess server = new ServerProcess(Files.createDirectories(directory));
    cleanUps.add(server::stop);
    HavipGround ground = new HavipGround(server, software, external);
    cleanUps.add(ground::close);
    return ground;
  }

  private Arena arena(Software software, boolean external, String prefix, Ground ground)
      throws Exception {
    Arena arena = new Arena(software, external, prefix, ground, directory.resolve("vms" + prefix));
    cleanUps.add(arena::close);
    return arena;
  }

  private static void settle(Software software) throws InterruptedException {
    Thread.sleep(software.isCluster() ? REJOIN_MILLIS : BACKUP_MILLIS);
  }

  private static double median(List<Double> sorted) {
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
