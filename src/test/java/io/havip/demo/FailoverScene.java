package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.MacAddress;
import io.havip.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A failover and the thefts, with any HA software on the fabric of a real server. */
final class FailoverScene {
  /** Longer than HAVIP waits before it believes that a holder is gone. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private FailoverScene() {}

  /**
   * For software that needs a JVM in a sandbox with all users: its name, linux or ovn, a directory.
   */
  public static void main(String[] arguments) throws Exception {
    Software software = Software.valueOf(arguments[0]);
    Path directory = Path.of(arguments[2]);
    if (arguments[1].equals("ovn")) {
      playOnOvn(software, directory);
    } else {
      play(software, false, directory);
    }
  }

  static void play(Software software, boolean external, Path directory) throws Exception {
    play(software, external, directory, Cabling.OF_THIS_HOST, FailoverScene::play);
  }

  private interface Scene {
    void play(Software software, HavipGround ground, Arena arena) throws Exception;
  }

  private static void play(
      Software software,
      boolean external,
      Path directory,
      Cabling cabling,
      Scene scene,
      String... flags)
      throws Exception {
    CleanUps cleanUps = new CleanUps();
    try {
      ServerProcess server = new ServerProcess(directory, flags);
      cleanUps.add(server::stop);
      HavipGround ground = new HavipGround(server, software, external, cabling);
      cleanUps.add(ground::close);
      Arena arena = new Arena(software, external, "", ground, directory.resolve("vms"));
      cleanUps.add(arena::close);
      scene.play(software, ground, arena);
    } finally {
      cleanUps.run();
    }
  }

  /** Only the failover, between two chassis of Open Virtual Network. */
  static void playOnOvn(Software software, Path directory) throws Exception {
    try (Ovn ovn = Ovn.start(Files.createDirectory(directory.resolve("ovn")))) {
      play(
          software,
          false,
          directory,
          new Cabling.OfOvn(ovn),
          FailoverScene::failOver,
          Theatre.flags(ovn));
    }
  }

  /** One takes over from the other, and neighbours believe it. */
  private static Guest failOver(Software software, HavipGround ground, Arena arena)
      throws Exception {
    Guest first = arena.elect();
    Duration outage = arena.crash(first);
    Guest second = arena.other(first);
    System.out.printf("%s: traffic stopped for %d ms%n", software.inWords(), outage.toMillis());
    MacAddress vmac =
        MacAddress.parse(String.format(Locale.ROOT, "00:00:5e:00:01:%02x", ground.vrid()));
    assertThat(arena.neighbour(arena.neighbour()))
        .hasValue(software == Software.KEEPALIVED_VMAC ? vmac : arena.mac(second));
    return second;
  }

  private static void play(Software software, HavipGround ground, Arena arena) throws Exception {
    Guest second = failOver(software, ground, arena);
    Guest first = arena.other(second);

    if (software.isCluster()) {
      // It announced the VIP once, and says no more.
      List<String> events = ground.events();
      Thread.sleep(SILENCE);
      assertThat(ground.events()).isEqualTo(events);
      assertThat(ground.isHeldBy(second)).isTrue();
    } else {
      arena.boot(first);
    }
    for (Arena.Theft theft : arena.thefts(Stage.VM4, ground.vrid(), second)) {
      Thefts.assertFutile(theft, arena, ground, Stage.VM4);
    }
    System.out.println(software.inWords() + ": nothing was stolen");
  }
}
