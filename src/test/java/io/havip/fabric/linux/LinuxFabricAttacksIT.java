package io.havip.fabric.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.event.ClaimKind;
import io.havip.fabric.FabricException;
import io.havip.fabric.VirtualNic;
import io.havip.id.NicId;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.Refusal;
import io.havip.plan.Port;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What VMs may try against each other. vm1 and vm2 are bound to the VIP, vm2 also to the other one;
 * vm3 is bound to nothing. Each attack is tried by somebody who may do it, too: that one must pass.
 */
class LinuxFabricAttacksIT extends LinuxFixture {
  private static final Ipv4Address NOWHERE = Ipv4Address.parse("0.0.0.0");
  private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");
  private static final MacAddress NO_MAC = new MacAddress(0);
  private static final Ipv4Address FREE = Ipv4Address.parse("10.0.0.50");
  private static final Ipv4Address FAR_AWAY = Ipv4Address.parse("192.168.1.5");

  @BeforeEach
  void bind() throws Exception {
    fabric.sync(everybody(grant(1, VIP, vm1, vm2), grant(2, OTHER_VIP, vm2)));
  }

  private long unreadable(VirtualNic vm) throws FabricException {
    return fabric.observe().refusals().orElseThrow().stream()
        .filter(r -> r.kind() == ClaimKind.VRRP && r.port().equals(vm.port()))
        .filter(r -> r.address() == null)
        .mapToLong(Refusal::packets)
        .sum();
  }

  @Test
  void aFloodOfInventedSourcesHidesNoTheft() throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    for (int i = 0; i < 5000; i++) {
      MacAddress invented = new MacAddress(0x0200_1100_0000L + i);
      Ipv4Address source = new Ipv4Address(FAR_AWAY.bits() + i);
      vm3.send(vm3.arp(Arp.gratuitous(Arp.Operation.REQUEST, invented, source)));
      vm3.send(vm3.udp(source, client.address(), "flood"));
      vm3.send(Ethernet.frame(Ethernet.BROADCAST, invented, Ethernet.IPV4, new byte[40]));
    }

    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(VIP, client.address(), "stolen"))).isFalse();
    assertThat(vm3.reaches(client, vm3.advert(VIP))).isFalse();

    for (ClaimKind kind : List.of(ClaimKind.ARP, ClaimKind.IP, ClaimKind.VRRP)) {
      assertThat(refused(kind, vm3, VIP)).as("%s", kind).isEqualTo(1);
    }
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(fabric.observe().refusals().orElseThrow()).hasSizeBetween(1000, 3 * 1024 + 3);
  }

  @Test
  void aTheftWithAnotherMacIsCountedAsWell() throws Exception {
    byte[] asVm1 = vm1.claim(VIP);
    assertThat(vm1.reaches(client, asVm1)).isTrue();
    assertThat(vm3.reaches(client, asVm1)).isFalse();
    byte[] ownFrame =
        vm3.arp(Arp.gratuitous(Arp.Operation.REPLY, vm1.mac(), VIP)); // only inside the packet
    assertThat(vm3.reaches(client, ownFrame)).isFalse();
    assertThat(refused(ClaimKind.ARP, vm3, VIP)).isEqualTo(2);
  }

  /** Adds a VM that is bound to both VIPs, which advertisements of both may reach. */
  private VirtualNic peer() throws Exception {
    VirtualNic peer = plug(5, Ipv4Address.parse("10.0.0.15"));
    Desired others = everybody(grant(1, VIP, vm1, vm2, peer), grant(2, OTHER_VIP, vm2, peer));
    Map<NicId, Port> ports = new HashMap<>(others.ports());
    Port port = peer.on(SEGMENT);
    ports.put(port.id(), port);
    fabric.sync(new Desired(others.segments(), ports, others.grants()));
    return peer;
  }

  @Test
  void advertisementsPassFromThoseThatAreBoundToEveryAddress() throws Exception {
    VirtualNic peer = peer();
    assertThat(vm2.reaches(peer, vm2.advert(VIP, OTHER_VIP))).isTrue();
    assertThat(vm1.reaches(peer, vm1.advert(VIP))).isTrue();
    assertThat(vm1.reaches(peer, vm1.advert(VIP, OTHER_VIP))).isFalse();
    assertThat(vm1.reaches(peer, vm1.advert(VIP, VIP, VIP, VIP, OTHER_VIP))).isFalse();
    assertThat(vm2.reaches(peer, vm2.advert(VIP, VIP, VIP, VIP, OTHER_VIP))).isTrue();
    assertThat(vm2.reaches(peer, vm2.advert(VIP, VIP, VIP, VIP, VIP, VIP))).isFalse();
    assertThat(vm3.reaches(peer, vm3.advert(VIP))).isFalse();

    assertThat(refused(ClaimKind.VRRP, vm1, OTHER_VIP)).isEqualTo(2);
    assertThat(refused(ClaimKind.VRRP, vm1, VIP)).isZero();
    assertThat(refused(ClaimKind.VRRP, vm3, VIP)).isEqualTo(1);
    assertThat(unreadable(vm2)).isEqualTo(1);
  }

  @Test
  void advertisementsInFragmentsPassFromNobody() throws Exception {
    VirtualNic peer = peer();
    assertThat(vm1.reaches(peer, vm1.advert(VIP))).isTrue();
    for (VirtualNic vm : List.of(vm1, vm3)) {
      for (byte[] fragment : vm.advertInFragments(VIP)) {
        assertThat(vm.reaches(peer, fragment)).isFalse();
      }
      assertThat(unreadable(vm)).isEqualTo(2);
    }
  }

  @Test
  void cutShortAdvertisementsPassFromNobody() throws Exception {
    VirtualNic peer = peer();
    byte[] whole = vm1.advertisement(VIP, VIP);
    assertThat(vm1.reaches(peer, vm1.frame(vm1.vrrp().packet(whole)))).isTrue();
    byte[] cut = Arrays.copyOf(whole, 12);
    assertThat(vm1.reaches(peer, vm1.frame(vm1.vrrp().packet(cut)))).isFalse();
    assertThat(unreadable(vm1)).isEqualTo(1);
  }

  @Test
  void aLinkLocalFrameWithTheHoldersMacTeachesTheBridgeNothing() throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    // Also from a port that may use the MAC, were it to send to where nothing is forwarded.
    MacAddress linkLocal = MacAddress.parse("01:80:c2:00:00:0e");
    vm3.send(Ethernet.frame(linkLocal, vm1.mac(), 0x88cc, new byte[46]));
    vm3.send(Ethernet.frame(linkLocal, vm3.mac(), 0x88cc, new byte[46]));
    assertThat(vm3.reaches(client, vm3.claim(vm3.address()))).isTrue();

    String learned = LinuxLab.run("bridge", "fdb", "show", "br", "havip7");
    assertThat(learned).contains(vm1.mac() + " dev " + vm1.port() + " master havip7");
    assertThat(learned).doesNotContain(vm1.mac() + " dev " + vm3.port());
    assertThat(learned).contains(vm3.mac() + " dev " + vm3.port());
  }

  @Test
  void aBridgeDoesNotLearnFromWhatItRefuses() throws Exception {
    vm1.reaches(client, vm1.claim(VIP));
    vm3.reaches(client, vm1.claim(VIP));
    assertThat(LinuxLab.run("bridge", "fdb", "show", "br", "havip7"))
        .contains(vm1.mac() + " dev " + vm1.port())
        .doesNotContain(vm1.mac() + " dev " + vm3.port());
  }

  @Test
  void allowedSourcesNeverLetAVipOrANeighboursAddressBeUsed() throws Exception {
    fabric.apply(
        Set.of(vm3.on(SEGMENT).id()),
        desired(vm3.on(SEGMENT, "10.0.0.0/24", "10.0.0.0/8", "10.0.0.100/32", "192.168.1.0/24")));

    for (Ipv4Address address : List.of(FREE, FAR_AWAY)) {
      assertThat(vm3.reaches(client, vm3.claim(address))).isTrue();
      assertThat(vm3.reaches(client, vm3.udp(address, client.address(), "routed"))).isTrue();
    }
    for (Ipv4Address address : List.of(VIP, OTHER_VIP, vm1.address())) {
      assertThat(vm3.reaches(client, vm3.claim(address))).isFalse();
      assertThat(vm3.reaches(client, vm3.udp(address, client.address(), "stolen"))).isFalse();
    }
    assertThat(vm3.reaches(client, vm3.claim(Ipv4Address.parse("172.16.0.1")))).isFalse();
    assertThat(fabric.observe().claims()).isEmpty();
    assertThat(
            fabric.sync(
                new Desired(
                    everybody().segments(),
                    desired(
                            vm1.on(SEGMENT),
                            vm2.on(SEGMENT),
                            client.on(SEGMENT),
                            vm3.on(SEGMENT, "10.0.0.0/8", "192.168.1.0/24"))
                        .ports(),
                    everybody(grant(1, VIP, vm1, vm2), grant(2, OTHER_VIP, vm2)).grants())))
        .as("prefixes inside others say nothing")
        .isEmpty();
  }

  @Test
  void probesAndDhcpRequestsPassAndDhcpAnswersDoNot() throws Exception {
    assertThat(
            vm3.reaches(
                client, vm3.arp(new Arp(Arp.Operation.REQUEST, vm3.mac(), NOWHERE, NO_MAC, FREE))))
        .isTrue();
    assertThat(
            vm1.reaches(
                client, vm1.arp(new Arp(Arp.Operation.REQUEST, vm1.mac(), NOWHERE, NO_MAC, VIP))))
        .as("a member asks before it takes the VIP (RFC 5227)")
        .isTrue();
    for (Ipv4Address others : List.of(VIP, vm1.address())) {
      byte[] probe = vm3.arp(new Arp(Arp.Operation.REQUEST, vm3.mac(), NOWHERE, NO_MAC, others));
      assertThat(vm3.reaches(client, probe)).as("would keep %s from its VM", others).isFalse();
      assertThat(refused(ClaimKind.ARP, vm3, others)).isEqualTo(1);
    }
    assertThat(
            vm3.reaches(
                client, vm3.arp(new Arp(Arp.Operation.REQUEST, vm1.mac(), NOWHERE, NO_MAC, VIP))))
        .isFalse();
    assertThat(
            vm3.reaches(
                client, vm3.arp(new Arp(Arp.Operation.REPLY, vm3.mac(), NOWHERE, NO_MAC, VIP))))
        .isFalse();
    assertThat(vm3.reaches(client, vm3.udp(NOWHERE, 68, EVERYBODY, 67, "discover"))).isTrue();
    assertThat(vm3.reaches(client, vm3.udp(NOWHERE, 99, EVERYBODY, 67, "discover"))).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(vm3.address(), 67, EVERYBODY, 68, "offer"))).isFalse();
    for (int from : List.of(66, 68, 1067, 4011)) {
      assertThat(vm3.reaches(client, vm3.udp(vm3.address(), from, EVERYBODY, 68, "offer")))
          .as("clients take it from port %d as well", from)
          .isFalse();
    }
    assertThat(vm3.reaches(client, vm3.udp(vm3.address(), 67, EVERYBODY, 67, "relay"))).isTrue();
  }

  @Test
  void otherProtocolsAndTaggedFramesDoNotPass() throws Exception {
    byte[] plain = vm1.udp(vm1.address(), client.address(), "plain");
    assertThat(vm1.reaches(client, plain)).isTrue();
    byte[] ipv6 = Ethernet.frame(Ethernet.BROADCAST, vm1.mac(), 0x86dd, new byte[60]);
    assertThat(vm1.reaches(client, ipv6)).isFalse();
    byte[] tagged =
        ByteBuffer.allocate(plain.length + 4)
            .put(plain, 0, 12)
            .putShort((short) 0x8100)
            .putShort((short) 5)
            .put(plain, 12, plain.length - 12)
            .array();
    assertThat(vm1.reaches(client, tagged)).isFalse();
    assertThat(vm1.reaches(client, plain)).isTrue();
  }

  @Test
  void anArpPacketOfAnotherShapeDoesNotPass() throws Exception {
    byte[] shaped = vm1.claim(VIP);
    assertThat(vm1.reaches(client, shaped)).isTrue();
    shaped[14 + 4] = 8; // the length of a hardware address
    assertThat(vm1.reaches(client, shaped)).isFalse();
  }

  @Test
  void onlyMembersReceiveWhatIsSentToTheVip() throws Exception {
    byte[] toVip = client.udp(client.address(), VIP, "request");
    assertThat(client.reaches(vm1, toVip)).isTrue();
    assertThat(client.reaches(vm3, toVip)).isFalse();
    assertThat(client.reaches(vm3, client.claim(client.address()))).as("ARP is for all").isTrue();
  }

  @Test
  void aMemberThatClaimsInAFloodDoesNotHideAnothersClaim() throws Exception {
    for (int i = 0; i < 5000; i++) {
      vm1.send(vm1.claim(VIP));
      client.socket().receive(Duration.ofMillis(1)); // its buffer is small
    }
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
    assertThat(vm2.reaches(client, vm2.claim(OTHER_VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()), new Claim(SEGMENT, OTHER_VIP, vm2.port()));
  }

  @Test
  void aVmDoesNotReachTheHost() throws Exception {
    LinuxLab.run("ip", "addr", "add", "192.0.2.1/32", "dev", "lo");
    // A host with rp_filter (systemd sets it) takes packets only from where it has a route to.
    String back = vm1.address() + "/32";
    LinuxLab.run("ip", "route", "add", back, "dev", "havip" + SEGMENT);
    try (DatagramSocket host = new DatagramSocket(5000, InetAddress.getByName("192.0.2.1"))) {
      host.setSoTimeout(200);
      byte[] toHost = vm1.udp(vm1.address(), Ipv4Address.parse("192.0.2.1"), "hello");
      System.arraycopy(bridgeMac().toBytes(), 0, toHost, 0, 6);
      DatagramPacket received = new DatagramPacket(new byte[100], 100);

      vm1.send(toHost);
      assertThatThrownBy(() -> host.receive(received)).isInstanceOf(SocketTimeoutException.class);

      LinuxLab.nft("flush chain bridge havip input");
      host.setSoTimeout(30_000);
      vm1.send(toHost);
      host.receive(received);
      assertThat(received.getLength()).isEqualTo("hello".length());
    } finally {
      LinuxLab.run("ip", "route", "del", back);
      LinuxLab.run("ip", "addr", "del", "192.0.2.1/32", "dev", "lo");
    }
  }

  private static MacAddress bridgeMac() throws Exception {
    String link = LinuxLab.run("ip", "-br", "link", "show", "havip" + SEGMENT);
    return MacAddress.parse(link.split("\\s+", 4)[2]);
  }

  @Test
  void theHostsMarkIsLeftAlone() throws Exception {
    LinuxLab.nft(
        "add table bridge probe;"
            + " add chain bridge probe c { type filter hook forward priority 0; };"
            + " add counter bridge probe marked; add counter bridge probe unmarked;"
            + " add rule bridge probe c meta mark 0 counter name unmarked;"
            + " add rule bridge probe c meta mark != 0 counter name marked");
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(LinuxLab.nft("list counter bridge probe marked")).contains("packets 0");
    assertThat(LinuxLab.nft("list counter bridge probe unmarked")).doesNotContain("packets 0");
  }

  @Test
  void forgedSourcesInsideAdvertisementsAreRefused() throws Exception {
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    Ipv4 forged = new Ipv4(vm2.address(), vm1.vrrp().destination(), Ipv4.VRRP, 255, 0);
    assertThat(vm1.reaches(vm2, vm1.frame(forged.packet(vm1.advertisement(VIP))))).isFalse();
    assertThat(refused(ClaimKind.IP, vm1, vm2.address())).isEqualTo(1);
  }
}
