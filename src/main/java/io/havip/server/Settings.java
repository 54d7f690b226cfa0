package io.havip.server;

import io.havip.vip.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the server is told when it starts, beside its store and its fabric.
 *
 * @param name what events and logs call this server
 * @param listen the address to listen on
 * @param port the TCP port to listen on; 0 for any free one
 * @param probePeriod within which a holder that answers no more is noticed
 * @param eventsPerVip how many events are kept of each VIP
 * @param heartbeat after how long without an event a follower is sent a heartbeat
 * @param clientTimeout how long a client may neither send what it began nor read what it is sent
 * @param sessionLifetime after which a browser has to sign in again
 * @param webhooksToThisHost whether webhooks may call the server's own host
 * @param shutdownGrace how long requests may go on running when the server stops
 * @param logLevel error, warn, info or debug
 */
record Settings(
    String name,
    String listen,
    int port,
    Limits limits,
    Duration probePeriod,
    int eventsPerVip,
    Duration heartbeat,
    Duration clientTimeout,
    Duration sessionLifetime,
    boolean webhooksToThisHost,
    Duration shutdownGrace,
    String logLevel) {

  /** Everything else as it is by default. */
  Settings(String listen, int port) {
    this(
        hostName(),
        listen,
        port,
        Limits.DEFAULT,
        Duration.ofSeconds(5),
        10_000,
        Duration.ofSeconds(15),
        Duration.ofSeconds(20),
        Duration.ofHours(12),
        false,
        Duration.ofSeconds(30),
        "info");
  }

  /** What the server is called when nobody says. */
  static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read this host's name", e);
    }
  }

  /** The same server with another name. */
  Settings named(String other) {
    return new Settings(
        other,
        listen,
        port,
        limits,
        probePeriod,
        eventsPerVip,
        heartbeat,
        clientTimeout,
        sessionLifetime,
        webhooksToThisHost,
        shutdownGrace,
        logLevel);
  }

  /** The same, but that VIPs may have floating addresses. */
  Settings withFloatingAddresses() {
    return new Settings(
        name,
        listen,
        port,
        new Limits(limits.vmsPerVip(), limits.vipsPerVm(), true),
        probePeriod,
        eventsPerVip,
        heartbeat,
        clientTimeout,
        sessionLifetime,
        webhooksToThisHost,
        shutdownGrace,
        logLevel);
  }

  /** The same, but that so many events are kept of each VIP. */
  Settings withEventsPerVip(int events) {
    return new Settings(
        name,
        listen,
        port,
        limits,
        probePeriod,
        events,
        heartbeat,
        clientTimeout,
        sessionLifetime,
        webhooksToThisHost,
        shutdownGrace,
        logLevel);
  }

  /** The same, but that webhooks may call the server's own host. */
  Settings withWebhooksToThisHost() {
    return new Settings(
        name,
        listen,
        port,
        limits,
        probePeriod,
        eventsPerVip,
        heartbeat,
        clientTimeout,
        sessionLifetime,
        true,
        shutdownGrace,
        logLevel);
  }
}
