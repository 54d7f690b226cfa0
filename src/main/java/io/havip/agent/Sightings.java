package io.havip.agent;

import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vrrp.Overheard;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What VMs were heard to say, the last of each kind. A VM chooses what it says, so of each port
 * only so many are kept, those that were heard last. Safe for use by several threads.
 */
final class Sightings {
  /** As openapi.yaml has it. */
  static final int ARPS_MAX = 64;

  static final int ADVERTS_MAX = 16;
  private static final int PORTS_MAX = 2_000;

  /** So that a report of many ports stays below the API's 1 MiB. */
  static final int REPORTED_MAX = 1_500;

  /** After which silence something is forgotten. */
  private static final Duration KEPT = Duration.ofHours(1);

  /** RFC 9568, section 6.1: a backup takes over after three, and a bit. */
  private static final int SILENT_INTERVALS = 4;

  private record ArpTopic(MacAddress mac, Ipv4Address address) {}

  private record AdvertTopic(MacAddress mac, Ipv4Address source, int virtualRouterId) {}

  /**
   * Something that was said.
   *
   * @param advert what the last advertisement was; nothing of ARP
   */
  private record Said(long count, long atNanos, @Nullable Overheard advert) {}

  private static final class Port {
    final Map<ArpTopic, Said> arps = new Last<>(ARPS_MAX);
    final Map<AdvertTopic, Said> adverts = new Last<>(ADVERTS_MAX);
  }

  /** Keeps those that were heard last. */
  private static final class Last<K> extends LinkedHashMap<K, Said> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Last(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, Said> eldest) {
      return size() > most;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Port> ports = new HashMap<>();
  private long news;

  /** Listens at these from now on, and forgets what others said. */
  void listenAt(Set<String> names) {
    lock.lock();
    try {
      if (!ports.keySet().equals(names)) {
        ports.keySet().retainAll(names);
        names.forEach(name -> ports.computeIfAbsent(name, _ -> new Port()));
        tell();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a frame that a VM sent, or its beginning. */
  void heard(String port, ByteBuffer frame, long nanos) {
    if (frame.remaining() < Ethernet.HEADER_OCTETS) {
      return;
    }
    byte[] mac = new byte[6];
    frame.get(frame.position() + mac.length, mac);
    int etherType = Short.toUnsignedInt(frame.getShort(frame.position() + 12));
    ByteBuffer packet =
        frame.slice(
            frame.position() + Ethernet.HEADER_OCTETS, frame.remaining() - Ethernet.HEADER_OCTETS);
    lock.lock();
    try {
      Port at = ports.get(port);
      if (at == null) {
        return;
      }
      if (etherType == Ethernet.ARP) {
        Arp.read(packet).ifPresent(arp -> heard(at, arp, nanos));
      } else if (etherType == Ethernet.IPV4 && Ipv4.isWhole(packet)) {
        Overheard.read(packet)
            .ifPresent(advert -> heard(at, MacAddress.of(mac), Ipv4.source(packet), advert, nanos));
      }
    } finally {
      lock.unlock();
    }
  }

  private void heard(Port port, Arp arp, long nanos) {
    if (arp.senderAddress().bits() == 0) {
      return; // it asks, and claims nothing
    }
    ArpTopic topic = new ArpTopic(arp.senderMac(), arp.senderAddress());
    Said before = port.arps.get(topic);
    port.arps.put(topic, new Said(before == null ? 1 : before.count() + 1, nanos, null));
    if (before == null || arp.isGratuitous()) {
      tell();
    }
  }

  private void heard(Port port, MacAddress mac, Ipv4Address source, Overheard advert, long nanos) {
    AdvertTopic topic = new AdvertTopic(mac, source, advert.virtualRouterId());
    Said before = port.adverts.get(topic);
    port.adverts.put(topic, new Said(before == null ? 1 : before.count() + 1, nanos, advert));
    if (before == null || !isLive(before, nanos) || !isAlike(before.advert(), advert)) {
      tell();
    }
  }

  private static boolean isAlike(@Nullable Overheard before, Overheard advert) {
    return before != null
        && before.priority() == advert.priority()
        && before.addresses().equals(advert.addresses());
  }

  private static boolean isLive(Said said, long nanos) {
    Overheard advert = said.advert();
    return advert != null
        && advert.priority() > 0
        && nanos - said.atNanos() < advert.interval().multipliedBy(SILENT_INTERVALS).toNanos();
  }

  private void tell() {
    news++;
    changed.signalAll();
  }

  /**
   * Waits until there is news, but no longer than a limit.
   *
   * @param known how much news there was when somebody looked last
   * @return how much there is now
   */
  long awaitNews(long known, Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (news == known && left > 0) {
        left = changed.awaitNanos(left);
      }
      return news;
    } finally {
      lock.unlock();
    }
  }

  /** The shortest interval at which somebody advertises now. */
  Optional<Duration> shortestInterval(long nanos) {
    lock.lock();
    try {
      return ports.values().stream()
          .flatMap(port -> port.adverts.values().stream())
          .filter(said -> isLive(said, nanos))
          .flatMap(said -> Optional.ofNullable(said.advert()).stream())
          .map(Overheard::interval)
          .min(Comparator.naturalOrder());
    } finally {
      lock.unlock();
    }
  }

  /** A sighting as it is reported. */
  private record Reported(String port, String kind, long atNanos, ObjectNode json) {}

  /** What the API wants to be told. */
  ObjectNode report(long nanos) {
    lock.lock();
    try {
      List<Reported> all = new ArrayList<>();
      ports.forEach((name, port) -> {
        port.arps.values().removeIf(it -> isOld(it, nanos));
        port.adverts.values().removeIf(it -> isOld(it, nanos));
        port.arps.forEach((topic, said) ->
            all.add(new Reported(name, "arps", said.atNanos(), json(topic, said, nanos))));
        port.adverts.forEach((topic, said) ->
            all.add(new Reported(name, "adverts", said.atNanos(), json(topic, said, nanos))));
      });
      all.sort(Comparator.comparingLong(Reported::atNanos).reversed());
      Map<String, List<Reported>> byPort =
          all.stream().limit(REPORTED_MAX).collect(Collectors.groupingBy(Reported::port));
      ObjectNode report = Json.MAPPER.createObjectNode();
      ArrayNode list = report.putArray("ports");
      ports.keySet().stream()
          .sorted()
          .limit(PORTS_MAX)
          .forEach(name -> {
            ObjectNode port = list.addObject().put("port", name);
            ArrayNode arps = port.putArray("arps");
            ArrayNode adverts = port.putArray("adverts");
            byPort
                .getOrDefault(name, List.of())
                .forEach(it -> (it.kind().equals("arps") ? arps : adverts).add(it.json()));
          });
      return report;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isOld(Said said, long nanos) {
    return nanos - said.atNanos() > KEPT.toNanos();
  }

  private static ObjectNode json(ArpTopic topic, Said said, long nanos) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("mac", topic.mac().toString()).put("address", topic.address().toString());
    return counted(json, said, nanos);
  }

  private static ObjectNode json(AdvertTopic topic, Said said, long nanos) {
    Overheard advert = Optional.ofNullable(said.advert()).orElseThrow();
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("mac", topic.mac().toString())
        .put("source", topic.source().toString())
        .put("virtualRouterId", advert.virtualRouterId())
        .put("priority", advert.priority())
        .put("intervalMillis", advert.interval().toMillis());
    ArrayNode addresses = json.putArray("addresses");
    advert.addresses().forEach(address -> addresses.add(address.toString()));
    return counted(json, said, nanos);
  }

  private static ObjectNode counted(ObjectNode json, Said said, long nanos) {
    return json.put("count", said.count())
        .put("agoMillis", Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - said.atNanos())));
  }
}
