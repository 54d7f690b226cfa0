package io.havip.demo;

import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The keepalived of each guest, all configured for one VIP. */
final class Keepaliveds {
  static final Duration ADVERT_INTERVAL = Duration.ofMillis(100);

  private static final int LOG_TAIL_LINES = 15;

  private final Ipv4Address vip;
  private final Configurations configurations;
  private final Path directory;
  private final Map<Guest, Keepalived> started = new LinkedHashMap<>();

  /** Where the files come from. */
  interface Configurations {
    /** The keepalived.conf of a guest, as things are. */
    String of(Guest guest) throws IOException, InterruptedException;
  }

  /**
   * Starts none yet.
   *
   * @param directory for their files
   */
  Keepaliveds(Ipv4Address vip, Configurations configurations, Path directory) {
    this.vip = vip;
    this.configurations = configurations;
    this.directory = directory;
  }

  /** Starts it in one guest. */
  void start(Guest guest) throws IOException, InterruptedException {
    start(guest, configurations.of(guest));
  }

  /** Starts it in one guest with a configuration of its own. */
  void start(Guest guest, String configuration) throws IOException {
    started.put(guest, Keepalived.start(guest, directory, configuration));
  }

  /** Makes it follow a configuration that is made anew. */
  void reconfigure(Guest guest) throws IOException, InterruptedException {
    of(guest).reload(configurations.of(guest));
  }

  Keepalived of(Guest guest) {
    return Optional.ofNullable(started.get(guest)).orElseThrow();
  }

  /** Whether it is the master and the guest's NIC has the VIP. */
  boolean believesToHold(Guest guest) throws IOException, InterruptedException {
    return of(guest).state().equals("MASTER") && guest.has(vip);
  }

  /** How often those of the guests have entered a state. */
  long transitions(List<Guest> guests) throws IOException {
    long transitions = 0;
    for (Guest guest : guests) {
      transitions += of(guest).transitions();
    }
    return transitions;
  }

  /** What those of the guests said last, for people. */
  String tails(List<Guest> guests) throws IOException {
    StringBuilder tails = new StringBuilder();
    for (Guest guest : guests) {
      List<String> lines = of(guest).log().lines().toList();
      tails
          .append("\nkeepalived in ")
          .append(guest.name())
          .append(":\n")
          .append(
              lines.stream()
                  .skip(Math.max(0, lines.size() - LOG_TAIL_LINES))
                  .collect(Collectors.joining("\n")));
    }
    return tails.toString();
  }

  /** Kills all of them. */
  void killAll() throws IOException, InterruptedException {
    for (Keepalived keepalived : started.values()) {
      keepalived.beginKill();
    }
    for (Keepalived keepalived : started.values()) {
      keepalived.awaitEnd();
    }
  }
}
