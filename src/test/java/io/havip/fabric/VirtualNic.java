package io.havip.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.id.NicId;
import io.havip.kernel.PacketSocket;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.vrrp.Advertisement;
import io.havip.vrrp.VrrpVersion;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import io.havip.wire.Udp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A VM, as far as its port can tell: it sends whatever frames it likes. */
public record VirtualNic(
    int number, String port, MacAddress mac, Ipv4Address address, PacketSocket socket) {
  private static final Duration A_WHILE = Duration.ofSeconds(5);
  private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");
  private static final int SENT_MAX = 3;
  private static final AtomicInteger MARKS = new AtomicInteger();

  public Port on(int segment, String... allowedSources) {
    return new Port(
        new NicId(id("nic", number)),
        segment,
        port,
        mac,
        address,
        Arrays.stream(allowedSources).map(Cidr::parse).toList());
  }

  public Grant.Member member() {
    return new Grant.Member(port, mac, port, null);
  }

  /** Says that the address is here, to everybody. */
  public byte[] claim(Ipv4Address claimed) {
    return arp(Arp.gratuitous(Arp.Operation.REQUEST, mac, claimed));
  }

  public byte[] arp(Arp arp) {
    return Ethernet.frame(Ethernet.BROADCAST, mac, Ethernet.ARP, arp.toBytes());
  }

  /** Waits until the fabric asks for the address, never as a probe would; gives the frame. */
  public byte[] receiveProbe(Ipv4Address asked) throws IOException {
    while (true) {
      byte[] frame = socket.receive(A_WHILE).orElseThrow();
      Optional<Arp> question = arpIn(frame).filter(it -> it.targetAddress().equals(asked));
      if (question.isPresent()
          && question.get().operation() == Arp.Operation.REQUEST
          && !question.get().isGratuitous()) {
        assertThat(question.get().senderAddress()).isNotEqualTo(Ipv4Address.ofLong(0));
        return frame;
      }
    }
  }

  private static Optional<Arp> arpIn(byte[] frame) {
    ByteBuffer buffer = ByteBuffer.wrap(frame);
    return buffer.getShort(12) == (short) Ethernet.ARP
        ? Arp.read(buffer.position(14))
        : Optional.empty();
  }

  /** Tells who asked that the address is here. */
  public byte[] answerTo(byte[] probe) {
    Arp question = arpIn(probe).orElseThrow();
    MacAddress asker = question.senderMac();
    Ipv4Address asked = question.targetAddress();
    Ipv4Address askedFrom = question.senderAddress();
    Arp reply = new Arp(Arp.Operation.REPLY, mac, asked, asker, askedFrom);
    return Ethernet.frame(asker, mac, Ethernet.ARP, reply.toBytes());
  }

  /** Waits for a frame, whatever comes before it. */
  public void receive(byte[] expected) throws IOException {
    while (!Arrays.equals(socket.receive(A_WHILE).orElseThrow(), expected)) {
      // another's
    }
  }

  public byte[] udp(Ipv4Address source, Ipv4Address destination, String text) {
    return udp(source, 5000, destination, 5000, text);
  }

  public byte[] udp(
      Ipv4Address source, int sourcePort, Ipv4Address destination, int port, String text) {
    Ipv4 header = new Ipv4(source, destination, Ipv4.UDP, 64, 0);
    return Ethernet.frame(
        Ethernet.BROADCAST,
        mac,
        Ethernet.IPV4,
        Udp.packet(header, sourcePort, port, text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** An advertisement from the own address at the highest priority of a backup. */
  public byte[] advert(Ipv4Address... addresses) {
    return frame(vrrp().packet(advertisement(addresses)));
  }

  public List<byte[]> advertInFragments(Ipv4Address... addresses) {
    return vrrp().twoFragments(advertisement(addresses), 8).stream().map(this::frame).toList();
  }

  public Ipv4 vrrp() {
    return new Ipv4(address, Advertisement.GROUP, Ipv4.VRRP, Advertisement.TIME_TO_LIVE, 7);
  }

  public byte[] advertisement(Ipv4Address... addresses) {
    return new Advertisement(
            VrrpVersion.V3, 51, 254, Duration.ofMillis(100), Arrays.asList(addresses))
        .toBytes(address, Advertisement.GROUP);
  }

  public byte[] frame(byte[] packet) {
    return Ethernet.frame(Ethernet.ofGroup(Advertisement.GROUP), mac, Ethernet.IPV4, packet);
  }

  public void send(byte[] frame) throws IOException {
    socket.send(frame);
  }

  /** Whether a frame that this NIC sends arrives at the other. */
  public boolean reaches(VirtualNic other, byte[] frame) throws IOException {
    for (int sent = 0; sent < SENT_MAX; sent++) {
      send(frame);
      Optional<Boolean> arrives = isBeforeMark(other, frame);
      if (arrives.isPresent()) {
        // The first mark may overtake it where both come together: OVS forwards in batches.
        return arrives.get() || isBeforeMark(other, frame).orElse(false);
      }
      // OVS drops what comes while it takes new flows: also what it would let through.
    }
    throw new AssertionError("even a permitted frame did not arrive at " + other.port);
  }

  /**
   * What is permitted for certain follows, so that a lost frame needs no waiting.
   *
   * @return nothing when that did not arrive either
   */
  private Optional<Boolean> isBeforeMark(VirtualNic other, byte[] frame) throws IOException {
    byte[] mark = udp(address, EVERYBODY, "mark " + MARKS.incrementAndGet());
    send(mark);
    return other
        .receiveUntil(mark)
        .map(before -> before.stream().anyMatch(seen -> Arrays.equals(seen, frame)));
  }

  private Optional<List<byte[]>> receiveUntil(byte[] mark) throws IOException {
    List<byte[]> seen = new ArrayList<>();
    while (true) {
      Optional<byte[]> frame = socket.receive(A_WHILE);
      if (frame.isEmpty()) {
        return Optional.empty();
      }
      if (Arrays.equals(frame.get(), mark)) {
        return Optional.of(seen);
      }
      seen.add(frame.get());
    }
  }

  public static String id(String prefix, int number) {
    return prefix + String.format(Locale.ROOT, "-%026d", number);
  }
}
