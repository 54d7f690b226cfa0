package io.havip.fabric.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.PacketModel;
import io.havip.fabric.PacketModel.Kind;
import io.havip.fabric.PacketModel.Packet;
import io.havip.fabric.PacketModel.Rule;
import io.havip.fabric.VirtualNic;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vrrp.Advertisement;
import io.havip.vrrp.VrrpVersion;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import io.havip.wire.Udp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@link PacketModel} beside the kernel: random networks, and packets of every kind at every port.
 * The bridge forgets at once where each MAC address is, so that it offers each packet to all ports.
 */
class PacketModelIT extends LinuxFixture {
  private static final int NETWORKS = 100;
  private static final int PACKETS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The IP protocol of the last frame; for experiments (RFC 3692). */
  private static final int LAST = 253;

  private static final MacAddress STRANGER = MacAddress.parse("00:11:22:33:44:55");

  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.0.0.1");
  private static final Ipv4Address FREE = Ipv4Address.parse("10.0.0.50");
  private static final Ipv4Address ZERO = Ipv4Address.ofLong(0);
  private static final List<Ipv4Address> VIPS = List.of(VIP, OTHER_VIP);

  private VirtualNic outside;
  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);

  @BeforeEach
  void plugOutside() throws Exception {
    outside = plug(50, GATEWAY);
  }

  @AfterEach
  void clear() throws Exception {
    outside.socket().close();
  }

  /** A packet, as it is sent at a port. */
  private record Sent(VirtualNic from, Packet packet, ByteBuffer frame) {}

  @Test
  void theKernelDoesWithEachPacketWhatTheModelSays() throws Exception {
    Set<Rule> undecided = EnumSet.allOf(Rule.class);
    int delivered = 0;
    int number = 0;
    for (int i = 0; i < NETWORKS; i++) {
      Desired desired = network();
      fabric.sync(desired);
      LinuxLab.run("ip", "link", "set", "havip" + SEGMENT, "type", "bridge", "ageing_time", "0");
      Segment segment = desired.segments().values().iterator().next();
      List<Sent> sent = new ArrayList<>();
      for (int j = 0; j < PACKETS; j++) {
        sent.add(packet(desired, ++number));
      }
      PacketModel model = new PacketModel(desired);
      for (Rule rule : EnumSet.copyOf(undecided)) {
        PacketModel without = new PacketModel(desired, EnumSet.complementOf(EnumSet.of(rule)));
        if (sent.stream()
            .anyMatch(it -> !exits(without, segment, it).equals(exits(model, segment, it)))) {
          undecided.remove(rule);
        }
      }
      Map<VirtualNic, Set<ByteBuffer>> expected = new HashMap<>();
      for (Sent it : sent) {
        for (VirtualNic vm : everywhere()) {
          if (exits(model, segment, it).contains(name(vm))) {
            expected.computeIfAbsent(vm, _ -> new HashSet<>()).add(it.frame());
          }
        }
      }
      Map<VirtualNic, Set<ByteBuffer>> received = exchange(sent, expected, ++number);
      for (Sent it : sent) {
        Set<String> exits = new TreeSet<>();
        received.forEach((vm, frames) -> {
          if (frames.contains(it.frame())) {
            exits.add(name(vm));
          }
        });
        exits.remove(name(it.from()));
        assertThat(exits)
            .as("seed %dL, network %d: %s sends %s", seed, i, name(it.from()), it.packet())
            .isEqualTo(exits(model, segment, it));
        delivered += exits.size();
      }
    }
    System.out.printf(
        "%d packets on %d networks, delivered %d times, seed %d%n",
        NETWORKS * PACKETS, NETWORKS, delivered, seed);
    assertThat(undecided).as("rules that decided about no packet, seed %dL", seed).isEmpty();
    assertThat(delivered).isGreaterThan(NETWORKS * PACKETS / 10);
  }

  /** The ports through which a packet is to leave; none where it is to be refused. */
  private Set<String> exits(PacketModel model, Segment segment, Sent sent) {
    String port = name(sent.from());
    if (!model.passes(segment, port, sent.packet())) {
      return Set.of();
    }
    Set<String> exits = new TreeSet<>(model.exits(segment, sent.packet()));
    exits.remove(port);
    return exits;
  }

  private String name(VirtualNic vm) {
    return vm.equals(outside) ? PacketModel.TRUSTED : vm.port();
  }

  private List<VirtualNic> vms() {
    return List.of(vm1, vm2, vm3, client);
  }

  private List<VirtualNic> everywhere() {
    return List.of(vm1, vm2, vm3, client, outside);
  }

  private Desired network() {
    NetworkPolicy policy =
        new NetworkPolicy(
            random.nextBoolean() ? outside.mac() : null,
            List.of(),
            List.of(),
            false,
            List.of(),
            OtherTraffic.DROP,
            false);
    Segment plain = segment(SEGMENT, outside.port(), Enforcement.ENFORCE);
    Segment segment =
        new Segment(
            plain.id(), SEGMENT, outside.port(), null, Enforcement.ENFORCE, GATEWAY, true, policy);
    List<Object> parts = new ArrayList<>(List.of(segment));
    Map<VirtualNic, Port> ports = new HashMap<>();
    for (VirtualNic vm : vms()) {
      Port port = port(vm, policy);
      ports.put(vm, port);
      parts.add(port);
    }
    for (int i = 0; i < VIPS.size(); i++) {
      if (random.nextInt(4) > 0) {
        parts.add(grant(i + 1, ports));
      }
    }
    return desired(parts.toArray());
  }

  /** The gateway's MAC address is a NIC's only where it was given: it would be learnt otherwise. */
  private Port port(VirtualNic vm, NetworkPolicy policy) {
    boolean isGateways = policy.gatewayMac() != null && random.nextInt(4) == 0;
    Port plain = vm.on(SEGMENT);
    List<Cidr> sources =
        switch (random.nextInt(4)) {
          case 0 -> List.of(Cidr.parse("0.0.0.0/0"));
          case 1 -> List.of(Cidr.parse(any(addresses()) + "/32"));
          default -> List.of();
        };
    return new Port(
        plain.id(),
        SEGMENT,
        plain.name(),
        isGateways ? outside.mac() : plain.mac(),
        random.nextInt(4) == 0 ? null : plain.address(),
        sources,
        random.nextInt(4) == 0);
  }

  private Grant grant(int number, Map<VirtualNic, Port> ports) {
    List<Grant.Member> members = new ArrayList<>();
    List<Grant.Sender> senders = new ArrayList<>();
    MacAddress virtual = virtualRouter(number);
    for (Port port : ports.values()) {
      Ipv4Address address = port.address();
      if (random.nextBoolean()) {
        Grant.Vmac vmac =
            address != null && random.nextBoolean() ? new Grant.Vmac(virtual, address) : null;
        members.add(new Grant.Member(port.name(), port.mac(), port.name(), vmac));
      } else if (random.nextInt(4) == 0) {
        senders.add(new Grant.Sender(port.name(), port.mac()));
      }
    }
    return new Grant(
        new VipId(VirtualNic.id("vip", number)),
        SEGMENT,
        VIPS.get(number - 1),
        null,
        members,
        Set.of(),
        senders);
  }

  private static MacAddress virtualRouter(int number) {
    return MacAddress.parse("00:00:5e:00:01:0" + number);
  }

  private List<Ipv4Address> addresses() {
    List<Ipv4Address> addresses = new ArrayList<>(List.of(VIP, OTHER_VIP, GATEWAY, FREE));
    vms().forEach(vm -> addresses.add(vm.address()));
    return addresses;
  }

  /** A packet of any kind, at any port; half of them with what the sender has itself. */
  private Sent packet(Desired desired, int number) {
    VirtualNic from = any(everywhere());
    List<MacAddress> macs = new ArrayList<>(List.of(virtualRouter(1), virtualRouter(2)));
    desired.ports().values().forEach(port -> macs.add(port.mac()));
    macs.add(outside.mac());
    MacAddress own =
        desired.ports().values().stream()
            .filter(port -> port.name().equals(from.port()))
            .map(Port::mac)
            .findFirst()
            .orElse(outside.mac());
    MacAddress source = random.nextInt(3) == 0 ? any(macs) : own;
    MacAddress destination = random.nextBoolean() ? null : any(macs);
    Ipv4Address sender = random.nextBoolean() ? from.address() : any(addresses());
    Ipv4Address target = any(addresses());
    Packet packet =
        switch (any(List.of(Kind.values()))) {
          case ARP -> new Packet(Kind.ARP, source, null, sender, target, List.of());
          case ARP_PROBE -> new Packet(Kind.ARP_PROBE, source, null, ZERO, target, List.of());
          case IP -> new Packet(Kind.IP, source, destination, sender, target, List.of());
          case VRRP ->
              new Packet(Kind.VRRP, source, null, sender, Advertisement.GROUP, advertised());
        };
    return new Sent(from, packet, ByteBuffer.wrap(frame(packet, number)));
  }

  private List<Ipv4Address> advertised() {
    return switch (random.nextInt(6)) {
      case 0 -> List.of(GATEWAY);
      case 1 -> List.of(FREE);
      case 2 -> VIPS;
      default -> List.of(any(VIPS));
    };
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  /** The number makes each frame another: behind the ARP packet, or the IP header's id and text. */
  private static byte[] frame(Packet packet, int number) {
    MacAddress destination = Optional.ofNullable(packet.destination()).orElse(Ethernet.BROADCAST);
    return switch (packet.kind()) {
      case ARP, ARP_PROBE -> {
        Arp arp =
            new Arp(
                Arp.Operation.REQUEST,
                packet.source(),
                packet.sender(),
                new MacAddress(0),
                packet.target());
        byte[] padded = ByteBuffer.allocate(46).put(arp.toBytes()).putInt(number).array();
        yield Ethernet.frame(destination, packet.source(), Ethernet.ARP, padded);
      }
      case IP -> {
        Ipv4 header = new Ipv4(packet.sender(), packet.target(), Ipv4.UDP, 64, 0);
        byte[] text = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
        yield Ethernet.frame(
            destination, packet.source(), Ethernet.IPV4, Udp.packet(header, 5000, 5000, text));
      }
      case VRRP -> {
        byte[] said =
            new Advertisement(VrrpVersion.V3, 51, 254, Duration.ofMillis(100), packet.advertised())
                .toBytes(packet.sender(), Advertisement.GROUP);
        Ipv4 header =
            new Ipv4(
                packet.sender(),
                Advertisement.GROUP,
                Ipv4.VRRP,
                Advertisement.TIME_TO_LIVE,
                number & 0xffff);
        yield Ethernet.frame(
            Ethernet.ofGroup(Advertisement.GROUP),
            packet.source(),
            Ethernet.IPV4,
            header.packet(said));
      }
    };
  }

  /**
   * Sends all, and gives what came where: at least what is expected, and all that came before a
   * last frame, which reaches every VM.
   */
  private Map<VirtualNic, Set<ByteBuffer>> exchange(
      List<Sent> all, Map<VirtualNic, Set<ByteBuffer>> expected, int number) throws IOException {
    for (Sent sent : all) {
      sent.from().send(sent.frame().array());
    }
    byte[] last = last(number);
    outside.send(last);
    Map<VirtualNic, Set<ByteBuffer>> received = new HashMap<>();
    for (VirtualNic vm : everywhere()) {
      Set<ByteBuffer> awaited = new HashSet<>(expected.getOrDefault(vm, Set.of()));
      if (!vm.equals(outside)) {
        awaited.add(ByteBuffer.wrap(last));
      }
      received.put(vm, receive(vm, awaited));
    }
    return received;
  }

  private static Set<ByteBuffer> receive(VirtualNic vm, Set<ByteBuffer> awaited)
      throws IOException {
    Set<ByteBuffer> received = new HashSet<>();
    while (true) {
      Optional<byte[]> frame =
          vm.socket().receive(awaited.isEmpty() ? Duration.ofMillis(1) : PATIENCE);
      if (frame.isEmpty()) {
        return received;
      }
      received.add(ByteBuffer.wrap(frame.get()));
      awaited.remove(ByteBuffer.wrap(frame.get()));
    }
  }

  private byte[] last(int number) {
    Ipv4 header =
        new Ipv4(
            Ipv4Address.parse("203.0.113.1"), Ipv4Address.parse("255.255.255.255"), LAST, 64, 0);
    byte[] text = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    return Ethernet.frame(Ethernet.BROADCAST, STRANGER, Ethernet.IPV4, header.packet(text));
  }
}
