package io.havip.demo;

import io.havip.kernel.PacketSocket;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vrrp.Advertisement;
import io.havip.vrrp.VrrpVersion;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import io.havip.wire.Udp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A guest that tries to take a VIP without being bound to it. Every attack works on a network that
 * does not defend itself, and returns how many frames it sent.
 *
 * @param guest the thief
 * @param vip what it is after
 * @param device its NIC on the VIP's network; advertisements go out by its first NIC
 * @param mac of that NIC
 */
record Thief(Guest guest, Ipv4Address vip, String device, MacAddress mac) {
  private static final int PACKETS = 20;
  private static final Duration PACKET_PERIOD = Duration.ofMillis(10);
  private static final int ADVERTISEMENTS = 15;
  private static final Duration ADVERTISEMENT_PERIOD = Duration.ofMillis(50);
  static final int PRIORITY = 250;
  private static final int ANNOUNCEMENTS = 3;

  Thief(Guest guest, Ipv4Address vip) {
    this(guest, vip, Guest.NIC, guest.mac());
  }

  /** Whether arping announces with requests or with replies: see arping(8). */
  enum Announcement {
    REQUEST("-U"),
    REPLY("-A");

    private final String option;

    Announcement(String option) {
      this.option = option;
    }
  }

  /** How a VRRP advertisement travels. */
  enum Shape {
    WHOLE("whole"),
    TWO_FRAGMENTS("in two fragments");

    private final String words;

    Shape(String words) {
      this.words = words;
    }

    String inWords() {
      return words;
    }
  }

  /**
   * A way to take the VIP.
   *
   * @param kind how the API's events call packets that are refused for it
   * @param name for people
   */
  record Attempt(String kind, String name, Attack attack) {}

  /** Sends frames, and returns how many. */
  interface Attack {
    int run() throws IOException, InterruptedException;
  }

  /**
   * All the ways there are.
   *
   * @param client whom to deceive
   * @param nextHop where frames to the client go: its own MAC address, or that of a router
   * @param clientPort where it waits for answers
   * @param vrid of the VIP
   * @param members who is bound to the VIP
   */
  List<Attempt> attempts(
      Guest client, MacAddress nextHop, int clientPort, int vrid, List<Guest> members) {
    List<Attempt> attempts = new ArrayList<>();
    for (Announcement announcement : Announcement.values()) {
      attempts.add(
          new Attempt(
              "arp",
              "gratuitous ARP " + announcement.name().toLowerCase(Locale.ROOT),
              () -> announce(announcement)));
    }
    attempts.add(
        new Attempt(
            "ip", "IP packets from the VIP", () -> answerFromVip(client, nextHop, clientPort)));
    for (Shape shape : Shape.values()) {
      attempts.add(
          new Attempt(
              "vrrp",
              "VRRP at priority 250 from its own address, " + shape.inWords(),
              () -> advertise(shape, vrid, Keepaliveds.ADVERT_INTERVAL, members)));
    }
    return attempts;
  }

  /** Takes the address as its own, so that it answers if it is asked. */
  void dress() throws IOException, InterruptedException {
    guest.ip("addr", "add", vip + "/32", "dev", device);
  }

  /** Gives the address up. */
  void undress() throws IOException, InterruptedException {
    guest.ip("addr", "del", vip + "/32", "dev", device);
  }

  /** Tells everybody by ARP that the VIP is here. */
  int announce(Announcement announcement) throws IOException, InterruptedException {
    String address = vip.toString();
    List<String> command =
        guest.inside(
            "arping",
            announcement.option,
            "-c",
            Integer.toString(ANNOUNCEMENTS),
            "-I",
            device,
            "-s",
            address,
            address);
    Program.output(command.toArray(String[]::new));
    return ANNOUNCEMENTS;
  }

  /** Answers the client's questions before they are asked, from the VIP. */
  int answerFromVip(Guest client, MacAddress nextHop, int clientPort)
      throws IOException, InterruptedException {
    byte[] name = guest.name().getBytes(StandardCharsets.UTF_8);
    byte[] answer = ByteBuffer.allocate(Long.BYTES + name.length).putLong(0).put(name).array();
    byte[] packet =
        Udp.packet(
            new Ipv4(vip, client.address(), Ipv4.UDP, 64, 0), EchoServer.PORT, clientPort, answer);
    byte[] frame = Ethernet.frame(nextHop, mac, Ethernet.IPV4, packet);
    return send(device, List.of(frame), PACKETS, PACKET_PERIOD);
  }

  /**
   * Says by VRRP, from its own address, that it is a better master: to each member and to all
   * routers.
   */
  int advertise(Shape shape, int virtualRouterId, Duration interval, List<Guest> members)
      throws IOException, InterruptedException {
    Advertisement advertisement =
        new Advertisement(VrrpVersion.V3, virtualRouterId, PRIORITY, interval, List.of(vip));
    List<byte[]> frames = new ArrayList<>();
    for (Guest member : members) {
      for (byte[] packet : packets(shape, advertisement, member.address())) {
        frames.add(Ethernet.frame(member.mac(), guest.mac(), Ethernet.IPV4, packet));
      }
    }
    for (byte[] packet : packets(shape, advertisement, Advertisement.GROUP)) {
      frames.add(
          Ethernet.frame(
              Ethernet.ofGroup(Advertisement.GROUP), guest.mac(), Ethernet.IPV4, packet));
    }
    return send(Guest.NIC, frames, ADVERTISEMENTS, ADVERTISEMENT_PERIOD);
  }

  private List<byte[]> packets(Shape shape, Advertisement advertisement, Ipv4Address destination) {
    byte[] payload = advertisement.toBytes(guest.address(), destination);
    Ipv4 header =
        new Ipv4(guest.address(), destination, Ipv4.VRRP, Advertisement.TIME_TO_LIVE, 4711);
    return switch (shape) {
      case WHOLE -> List.of(header.packet(payload));
      case TWO_FRAGMENTS -> header.twoFragments(payload, 8);
    };
  }

  private int send(String from, List<byte[]> frames, int times, Duration period)
      throws IOException, InterruptedException {
    try (PacketSocket socket = guest.namespace().call(() -> PacketSocket.open(from))) {
      for (int i = 0; i < times; i++) {
        for (byte[] frame : frames) {
          socket.send(frame);
        }
        Thread.sleep(period);
      }
    }
    return frames.size() * times;
  }
}
