package io.havip.fabric.ovn;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ChassisReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What agents have told, the last report of each, while it is fresh. Safe for use by several
 * threads.
 *
 * <p>Agents count from when they began, and a host's reports may be missed for a while. What is
 * counted here is only what was said while reports came one after the other: nothing that happened
 * before anybody listened, or while nobody did and is old, is taken for news.
 */
final class Reports {
  /** An older report says nothing about now. */
  static final Duration FRESH = Duration.ofSeconds(5);

  /** How long a host that is silent is remembered, so that what it told before is no news. */
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  /**
   * Something that was said at a port.
   *
   * @param verdict what it meant when it was said
   * @param count of those with this verdict since reports of the host come without a pause
   * @param at when the last came, by this host's clock
   */
  record Heard(
      String port, ChassisReport.Said said, Judge.Verdict verdict, long count, Instant at) {}

  /** Says what it means that something is said at a port now. */
  interface Meaning {
    Judge.Verdict of(String port, ChassisReport.Said said);
  }

  /**
   * What is counted together.
   *
   * @param virtualRouterId of advertisements; -1 of ARP
   */
  private record Topic(String port, MacAddress mac, Ipv4Address from, int virtualRouterId) {
    static Topic of(String port, ChassisReport.Said said) {
      return switch (said) {
        case ChassisReport.Arp arp -> new Topic(port, arp.mac(), arp.address(), -1);
        case ChassisReport.Advert advert ->
            new Topic(port, advert.mac(), advert.source(), advert.virtualRouterId());
      };
    }
  }

  private record Host(long reportedAtNanos, Set<String> ports, Map<Topic, Heard> heard) {
    boolean isWithin(Duration limit, long nanos) {
      return nanos - reportedAtNanos < limit.toNanos();
    }
  }

  private final LongSupplier nanos;
  private final Map<String, Host> hosts = new HashMap<>();

  /** By port, when it was last reported. */
  private final Map<String, Long> listenedAtNanos = new HashMap<>();

  /**
   * Nothing was told yet.
   *
   * @param nanos a clock like {@link System#nanoTime}
   */
  Reports(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Takes a report.
   *
   * @return what was said since the last report of that host
   */
  synchronized List<Heard> take(ChassisReport report, Instant now, Meaning meaning) {
    long arrived = nanos.getAsLong();
    hosts.values().removeIf(host -> isForgotten(host, arrived));
    Host before = hosts.get(report.chassis());
    if (before != null) {
      forgetPorts(before);
    }
    Set<String> ports = new HashSet<>();
    Map<Topic, Heard> heard = new HashMap<>();
    List<Heard> news = new ArrayList<>();
    for (ChassisReport.Port port : report.ports()) {
      ports.add(port.name());
      listenedAtNanos.put(port.name(), arrived);
      List<ChassisReport.Said> all = new ArrayList<>(port.arps());
      all.addAll(port.adverts());
      for (ChassisReport.Said said : all) {
        Topic topic = Topic.of(port.name(), said);
        Heard known = before == null ? null : before.heard().get(topic);
        long more = before == null ? 0 : more(said, known);
        Heard next;
        if (more == 0 && known != null && before != null) {
          next =
              before.isWithin(FRESH, arrived)
                  ? known
                  : new Heard(port.name(), said, known.verdict(), 0, known.at());
        } else {
          Judge.Verdict verdict = meaning.of(port.name(), said);
          boolean goesOn =
              known != null
                  && before != null
                  && before.isWithin(FRESH, arrived)
                  && known.verdict().equals(verdict);
          next =
              new Heard(
                  port.name(),
                  said,
                  verdict,
                  more + (known != null && goesOn ? known.count() : 0),
                  now.minus(said.ago()));
        }
        heard.put(topic, next);
        if (more > 0) {
          news.add(next);
        }
      }
    }
    hosts.put(report.chassis(), new Host(arrived, ports, heard));
    return news;
  }

  private static long more(ChassisReport.Said said, @Nullable Heard known) {
    return known == null || said.count() < known.said().count()
        ? said.count()
        : said.count() - known.said().count();
  }

  private boolean isForgotten(Host host, long arrived) {
    boolean isForgotten = !host.isWithin(REMEMBERED, arrived);
    if (isForgotten) {
      forgetPorts(host);
    }
    return isForgotten;
  }

  /** Unless another host has reported them since: a VM may be on its way there. */
  private void forgetPorts(Host host) {
    host.ports().forEach(port -> listenedAtNanos.remove(port, host.reportedAtNanos()));
  }

  /** Whether somebody listens at a port now. */
  synchronized boolean hears(String port) {
    Long at = listenedAtNanos.get(port);
    return at != null && nanos.getAsLong() - at < FRESH.toNanos();
  }

  /** Whether any agent reports now. */
  synchronized boolean isAny() {
    return !fresh().isEmpty();
  }

  /** What was said while somebody listened who listens now. */
  synchronized List<Heard> heard() {
    return fresh().stream()
        .flatMap(host -> host.heard().values().stream())
        .filter(it -> it.count() > 0)
        .toList();
  }

  private Collection<Host> fresh() {
    long now = nanos.getAsLong();
    return hosts.values().stream().filter(host -> host.isWithin(FRESH, now)).toList();
  }
}
