package io.havip.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vrrp.Advertisement;
import io.havip.vrrp.VrrpVersion;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SightingsTest {
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
  private static final Ipv4Address OWN = Ipv4Address.parse("10.0.0.11");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  private static final Duration NOT = Duration.ZERO;

  private final Sightings sightings = new Sightings();
  private long nanos;

  @BeforeEach
  void listen() {
    sightings.listenAt(Set.of("p1", "p2"));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void hear(String port, byte[] frame) {
    sightings.heard(port, ByteBuffer.wrap(frame), nanos);
  }

  private static byte[] arp(Arp arp) {
    return Ethernet.frame(Ethernet.BROADCAST, MAC, Ethernet.ARP, arp.toBytes());
  }

  private static byte[] claim(Ipv4Address address) {
    return arp(Arp.gratuitous(Arp.Operation.REQUEST, MAC, address));
  }

  private static Ipv4 header() {
    return new Ipv4(OWN, Advertisement.GROUP, Ipv4.VRRP, 255, 7);
  }

  private static byte[] advertisement(VrrpVersion version, int priority) {
    return new Advertisement(version, 51, priority, Duration.ofSeconds(1), List.of(VIP))
        .toBytes(OWN, Advertisement.GROUP);
  }

  private static byte[] frame(byte[] packet) {
    return Ethernet.frame(Ethernet.ofGroup(Advertisement.GROUP), MAC, Ethernet.IPV4, packet);
  }

  private JsonNode port(int index) {
    return sightings.report(nanos).get("ports").get(index);
  }

  private long news() throws InterruptedException {
    return sightings.awaitNews(-1, NOT);
  }

  @Test
  void aClaimIsReportedWithItsAge() {
    hear("p1", claim(VIP));
    hear("p1", claim(VIP));
    pass(Duration.ofMillis(250));
    assertThat(port(0))
        .hasToString(
            "{\"port\":\"p1\",\"arps\":[{\"mac\":\"02:00:00:00:00:01\",\"address\":\"10.0.0.100\","
                + "\"count\":2,\"agoMillis\":250}],\"adverts\":[]}");
    assertThat(port(1)).hasToString("{\"port\":\"p2\",\"arps\":[],\"adverts\":[]}");
  }

  @Test
  void whoAsksWithoutAnAddressClaimsNothing() {
    hear("p1", arp(Arp.probe(MAC, VIP)));
    assertThat(port(0).get("arps")).isEmpty();
  }

  @Test
  void advertisementsOfBothVersionsAreReported() {
    for (VrrpVersion version : VrrpVersion.values()) {
      sightings.listenAt(Set.of());
      sightings.listenAt(Set.of("p1"));
      hear("p1", frame(header().packet(advertisement(version, 100))));
      assertThat(port(0).at("/adverts/0"))
          .hasToString(
              "{\"mac\":\"02:00:00:00:00:01\",\"source\":\"10.0.0.11\",\"virtualRouterId\":51,"
                  + "\"priority\":100,\"intervalMillis\":1000,\"addresses\":[\"10.0.0.100\"],"
                  + "\"count\":1,\"agoMillis\":0}");
    }
  }

  @Test
  void whatCannotBeReadIsLeftOut() {
    byte[] whole = frame(header().packet(advertisement(VrrpVersion.V3, 100)));
    for (int octets = 0; octets < 14 + 20 + 8; octets++) {
      hear("p1", Arrays.copyOf(whole, octets));
      hear("p1", Arrays.copyOf(claim(VIP), Math.min(octets, 14 + 27)));
    }
    header()
        .twoFragments(advertisement(VrrpVersion.V3, 100), 8)
        .forEach(it -> hear("p1", frame(it)));
    hear("p3", whole);
    assertThat(sightings.report(nanos).get("ports").valueStream())
        .allMatch(it -> it.get("arps").isEmpty() && it.get("adverts").isEmpty())
        .hasSize(2);
  }

  @Test
  void aVmThatClaimsEverythingIsRememberedByItsLastClaims() {
    for (int i = 0; i < 10_000; i++) {
      hear("p1", claim(Ipv4Address.ofLong(0x0a01_0000L + i)));
      hear("p1", claim(VIP));
    }
    hear("p2", claim(VIP));
    JsonNode arps = port(0).get("arps");
    assertThat(arps).hasSize(Sightings.ARPS_MAX);
    assertThat(arps.valueStream().map(it -> it.get("address").asString()))
        .contains("10.0.0.100", "10.1.39.15")
        .doesNotContain("10.1.0.0");
    assertThat(port(1).get("arps")).as("another VM's").hasSize(1);
  }

  @Test
  void whatIsOldIsForgotten() {
    hear("p1", claim(VIP));
    pass(Duration.ofHours(1).plusNanos(1));
    assertThat(port(0).get("arps")).isEmpty();
  }

  @Test
  void aPortThatWentIsForgotten() {
    hear("p1", claim(VIP));
    sightings.listenAt(Set.of("p2"));
    sightings.listenAt(Set.of("p1", "p2"));
    assertThat(port(0).get("arps")).isEmpty();
  }

  @Test
  void aClaimIsNewsAndWhatGoesOnIsNone() throws Exception {
    long before = news();
    hear("p1", claim(VIP));
    assertThat(news()).as("a claim").isGreaterThan(before);
    before = news();
    hear("p1", claim(VIP));
    assertThat(news()).as("again").isGreaterThan(before);
    hear("p1", frame(header().packet(advertisement(VrrpVersion.V3, 100))));
    before = news();
    hear("p1", frame(header().packet(advertisement(VrrpVersion.V3, 100))));
    hear("p1", arp(new Arp(Arp.Operation.REPLY, MAC, VIP, MAC, OWN)));
    assertThat(news()).as("as before").isEqualTo(before);
    hear("p1", frame(header().packet(advertisement(VrrpVersion.V3, 0))));
    assertThat(news()).as("it resigns").isGreaterThan(before);
  }

  @Test
  void theShortestIntervalIsThatOfWhoAdvertisesNow() {
    assertThat(sightings.shortestInterval(nanos)).isEmpty();
    hear("p1", frame(header().packet(advertisement(VrrpVersion.V3, 100))));
    assertThat(sightings.shortestInterval(nanos)).hasValue(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(4));
    assertThat(sightings.shortestInterval(nanos)).isEmpty();
  }

  @Test
  void aReportOfManyPortsHasWhatWasSaidLast() {
    Set<String> names =
        Set.copyOf(java.util.stream.IntStream.range(0, 100).mapToObj(i -> "p" + i).toList());
    sightings.listenAt(names);
    for (String name : names) {
      for (int i = 0; i < 20; i++) {
        hear(name, claim(Ipv4Address.ofLong(0x0a01_0000L + i)));
      }
    }
    pass(Duration.ofSeconds(1));
    hear("p7", claim(VIP));
    JsonNode report = sightings.report(nanos);
    assertThat(report.get("ports")).hasSize(100);
    assertThat(report.get("ports").valueStream().mapToInt(it -> it.get("arps").size()).sum())
        .isEqualTo(Sightings.REPORTED_MAX);
    assertThat(report.toString()).contains("10.0.0.100").hasSizeLessThan(1 << 20);
  }
}
