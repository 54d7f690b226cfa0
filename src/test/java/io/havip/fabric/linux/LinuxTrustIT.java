package io.havip.fabric.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.fabric.VirtualNic;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vrrp.Advertisement;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a VM may not do to a network that others share: take the gateway's address, use what its
 * {@code allowedSources} contain of others', disturb another VIP's cluster, serve DHCP. Each attack
 * has a control: the same packet passes from the port that may send it.
 */
class LinuxTrustIT extends LinuxFixture {
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.0.0.1");
  private static final Ipv4Address FREE = Ipv4Address.parse("10.0.0.50");
  private static final Ipv4Address FAR_AWAY = Ipv4Address.parse("192.168.1.5");
  private static final MacAddress VIRTUAL_ROUTER = MacAddress.parse("00:00:5e:00:01:01");
  private static final int AH = 51;

  /** VRID 51 is what {@link VirtualNic#advert} says. */
  private static final int VRID = 51;

  private VirtualNic outside;

  @BeforeEach
  void plugOutside() throws Exception {
    outside = plug(50, GATEWAY);
  }

  @AfterEach
  void clear() throws Exception {
    outside.socket().close();
  }

  private Segment segment(@Nullable String uplink, NetworkPolicy policy) {
    Segment plain = segment(SEGMENT, uplink, Enforcement.ENFORCE);
    return new Segment(
        plain.id(), SEGMENT, uplink, null, Enforcement.ENFORCE, GATEWAY, uplink != null, policy);
  }

  private static NetworkPolicy policy(
      @Nullable MacAddress gatewayMac, OtherTraffic otherTraffic, boolean ipsec) {
    return new NetworkPolicy(
        gatewayMac, List.of(), List.of(), false, List.of(), otherTraffic, ipsec);
  }

  private static Port router(VirtualNic vm) {
    Port port = vm.on(SEGMENT);
    return new Port(port.id(), SEGMENT, port.name(), port.mac(), port.address(), List.of(), true);
  }

  /** The four VMs, the third with any source; an uplink to the gateway outside. */
  private Desired joined(Grant... grants) {
    return network(segment(outside.port(), NetworkPolicy.DEFAULT), grants);
  }

  private Desired network(Segment segment, Grant... grants) {
    Desired ports =
        desired(vm1.on(SEGMENT), vm2.on(SEGMENT), vm3.on(SEGMENT, "0.0.0.0/0"), client.on(SEGMENT));
    return new Desired(
        desired(segment).segments(), ports.ports(), desired((Object[]) grants).grants());
  }

  @Test
  void noVmTakesTheGatewaysAddress() throws Exception {
    fabric.sync(joined(grant(1, VIP, vm1)));
    assertThat(vm3.reaches(client, vm3.udp(FAR_AWAY, client.address(), "any source"))).isTrue();

    assertThat(vm3.reaches(client, vm3.claim(GATEWAY))).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(GATEWAY, client.address(), "as the gateway"))).isFalse();

    assertThat(refused(ClaimKind.ARP, vm3, GATEWAY)).isEqualTo(1);
    assertThat(refused(ClaimKind.IP, vm3, GATEWAY)).isEqualTo(1);
    assertThat(outside.reaches(client, outside.claim(GATEWAY))).as("the gateway itself").isTrue();
  }

  @Test
  void allowedSourcesContainNothingOfOthers() throws Exception {
    fabric.sync(joined());
    assertThat(vm3.reaches(client, vm3.claim(VIP))).as("nobody's yet").isTrue();
    apply(grant(1, VIP, vm1));
    for (Ipv4Address address : List.of(VIP, vm1.address())) {
      assertThat(vm3.reaches(client, vm3.claim(address))).isFalse();
      assertThat(vm3.reaches(client, vm3.udp(address, client.address(), "theft"))).isFalse();
    }
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(FREE))).isTrue();
  }

  @Test
  void routerVmsServeAsTheGateway() throws Exception {
    Desired all = network(segment(null, NetworkPolicy.DEFAULT), grant(1, VIP, vm1));
    Port first = router(vm2);
    Port second = router(client);
    Desired routers = desired(first, second, vm1.on(SEGMENT), vm3.on(SEGMENT));
    fabric.sync(new Desired(all.segments(), routers.ports(), all.grants()));

    for (VirtualNic router : List.of(vm2, client)) {
      assertThat(router.reaches(vm1, router.claim(GATEWAY))).isTrue();
      assertThat(router.reaches(vm1, router.udp(GATEWAY, vm1.address(), "ping"))).isTrue();
      assertThat(router.reaches(vm1, router.udp(FAR_AWAY, vm1.address(), "forwarded"))).isTrue();
      assertThat(router.reaches(vm1, router.udp(router.address(), 67, vm1.address(), 68, "offer")))
          .as("it may serve DHCP")
          .isTrue();
      assertThat(router.reaches(vm3, router.udp(VIP, vm3.address(), "from a VIP"))).isFalse();
      assertThat(router.reaches(vm3, router.udp(vm1.address(), vm3.address(), "as vm1"))).isFalse();
    }
    assertThat(vm2.reaches(client, vm2.advert(GATEWAY))).as("a pair of routers").isTrue();
    assertThat(vm2.reaches(vm1, vm2.advert(GATEWAY))).as("is no other VM's business").isFalse();
    assertThat(vm1.reaches(client, vm1.advert(GATEWAY))).isFalse();
  }

  @Test
  void aNicsMacAddressNeverShutsTheGatewayOut() throws Exception {
    MacAddress taken = outside.mac();
    Port thief =
        new Port(vm2.on(SEGMENT).id(), SEGMENT, vm2.port(), taken, vm2.address(), List.of());
    Port virtual =
        new Port(
            vm3.on(SEGMENT).id(), SEGMENT, vm3.port(), VIRTUAL_ROUTER, vm3.address(), List.of());
    Desired ports = desired(vm1.on(SEGMENT), thief, virtual, client.on(SEGMENT));
    Desired without =
        new Desired(
            desired(segment(outside.port(), NetworkPolicy.DEFAULT)).segments(),
            ports.ports(),
            Desired.NOTHING.grants());
    fabric.sync(without);
    byte[] fromVirtual =
        Ethernet.frame(
            Ethernet.BROADCAST,
            VIRTUAL_ROUTER,
            Ethernet.IPV4,
            new Ipv4(FAR_AWAY, client.address(), 200, 64, 1).packet(new byte[8]));
    assertThat(outsideReaches(client, fromVirtual)).as("routers outside with VRID 1").isTrue();

    Segment known = segment(outside.port(), policy(taken, OtherTraffic.DROP, false));
    fabric.sync(new Desired(desired(known).segments(), ports.ports(), without.grants()));
    assertThat(outside.reaches(client, outside.udp(GATEWAY, client.address(), "hello"))).isTrue();
  }

  /** The mark that follows comes from an address that passes. */
  private boolean outsideReaches(VirtualNic other, byte[] frame) throws Exception {
    VirtualNic host =
        new VirtualNic(
            51, outside.port(), MacAddress.parse("02:00:00:00:00:51"), FREE, outside.socket());
    return host.reaches(other, frame);
  }

  @Test
  void advertisementsLeaveOnlyToVmsThatAreBoundToAllTheyName() throws Exception {
    // vm3 is bound to the other VIP alone, and would disturb the first one's cluster.
    fabric.sync(
        network(
            segment(null, NetworkPolicy.DEFAULT),
            grant(1, VIP, vm1, vm2),
            grant(2, OTHER_VIP, vm2, vm3)));

    assertThat(vm3.reaches(vm1, vm3.advert(OTHER_VIP))).isFalse();
    assertThat(vm3.reaches(client, vm3.advert(OTHER_VIP))).isFalse();
    assertThat(vm3.reaches(vm2, vm3.advert(OTHER_VIP))).as("its own cluster").isTrue();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP, OTHER_VIP))).as("bound to one of two").isFalse();
    await(
        "what each does not hear",
        () ->
            fabric.observe().surroundings().withheld().stream()
                .map(it -> it.port() + " " + it.address())
                .collect(Collectors.toSet())
                .equals(Set.of(vm1.port() + " " + OTHER_VIP, vm3.port() + " " + VIP)));
  }

  @Test
  void routersOutsideAreKnown() throws Exception {
    fabric.sync(joined(grant(1, VIP, vm1, vm2)));
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    assertThat(outside.reaches(client, outside.claim(GATEWAY))).isTrue();
    outside.send(outside.advert(FREE));
    await(
        "the VRID of the router outside alone",
        () ->
            fabric
                .observe()
                .surroundings()
                .foreignRouters()
                .equals(Set.of(new Observed.ForeignRouter(SEGMENT, VRID))));
    assertThat(fabric.observe().surroundings().gatewayMacs())
        .containsExactly(Map.entry(SEGMENT, outside.mac()));

    MacAddress mac = MacAddress.parse("02:00:00:00:00:51");
    VirtualNic successor = new VirtualNic(51, outside.port(), mac, GATEWAY, outside.socket());
    assertThat(successor.reaches(client, successor.claim(GATEWAY))).isTrue();
    await(
        "the last that had the address",
        () -> mac.equals(fabric.observe().surroundings().gatewayMacs().get(SEGMENT)));
  }

  @Test
  void aDhcpServersAnswersAreToldAsSuch() throws Exception {
    fabric.sync(network(segment(null, NetworkPolicy.DEFAULT)));
    byte[] offer = vm1.udp(vm1.address(), 4011, client.address(), 68, "offer");
    assertThat(vm1.reaches(client, offer)).isFalse();
    await("told", () -> counted(ClaimKind.DHCP, vm1) == 1);
  }

  private long counted(ClaimKind kind, VirtualNic vm) throws Exception {
    return fabric.observe().refusals().orElseThrow().stream()
        .filter(it -> it.kind() == kind && it.port().equals(vm.port()))
        .mapToLong(Observed.Refusal::packets)
        .sum();
  }

  /** Something that comes true a moment later. */
  private interface State {
    boolean isReached() throws Exception;
  }

  private static void await(String what, State state) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!state.isReached()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.sleep(20);
    }
  }

  @Test
  void theVridOfAnotherVipIsRefused() throws Exception {
    fabric.sync(
        network(
            segment(null, NetworkPolicy.DEFAULT),
            given(grant(1, VIP, vm1, vm2), VRID),
            given(grant(2, OTHER_VIP, vm2, vm3), VRID + 1)));
    assertThat(vm3.reaches(vm2, vm3.advert(OTHER_VIP)))
        .as("nobody advertises the first VIP with this VRID")
        .isTrue();

    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    assertThat(vm3.reaches(vm2, vm3.advert(OTHER_VIP))).as("with the first one's VRID").isFalse();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isTrue();
  }

  private static Grant given(Grant grant, int vrid) {
    return new Grant(
        grant.id(),
        grant.segment(),
        grant.address(),
        null,
        grant.members(),
        Set.of(vrid),
        List.of());
  }

  @Test
  void advertisementsBehindAnAuthenticationHeaderAreJudgedAlike() throws Exception {
    Desired all =
        network(
            segment(null, policy(null, OtherTraffic.DROP, true)),
            grant(1, VIP, vm1, vm2),
            grant(2, OTHER_VIP, vm2));
    fabric.sync(all);
    assertThat(vm1.reaches(vm2, ah(vm1, 112, vm1.advertisement(VIP)))).isTrue();
    assertThat(vm3.reaches(vm2, ah(vm3, 112, vm3.advertisement(VIP)))).isFalse();
    assertThat(vm1.reaches(vm2, ah(vm1, 112, vm1.advertisement(VIP, OTHER_VIP)))).isFalse();
    assertThat(vm1.reaches(client, ah(vm1, 112, vm1.advertisement(VIP)))).isFalse();
    assertThat(vm1.reaches(client, ah(vm1, Ipv4.UDP, new byte[8]))).as("IPsec").isTrue();

    Segment strict = segment(null, policy(null, OtherTraffic.DROP, false));
    fabric.sync(new Desired(desired(strict).segments(), all.ports(), all.grants()));
    assertThat(vm1.reaches(client, ah(vm1, Ipv4.UDP, new byte[8]))).as("IPsec").isFalse();
    assertThat(vm1.reaches(vm2, ah(vm1, 112, vm1.advertisement(VIP)))).isTrue();
  }

  /** RFC 4302, section 2, with an integrity check value of 96 bits. */
  private static byte[] ah(VirtualNic vm, int nextHeader, byte[] payload) {
    byte[] header =
        ByteBuffer.allocate(24 + payload.length)
            .put((byte) nextHeader)
            .put((byte) 4)
            .putShort((short) 0)
            .putInt(1)
            .putInt(1)
            .put(new byte[12])
            .put(payload)
            .array();
    return vm.frame(new Ipv4(vm.address(), Advertisement.GROUP, AH, 255, 7).packet(header));
  }

  @Test
  void anLvsRealServerAnswersFromTheVipAndNeverClaimsIt() throws Exception {
    Grant plain = grant(1, VIP, vm1);
    Grant lvs =
        new Grant(
            plain.id(),
            SEGMENT,
            VIP,
            null,
            plain.members(),
            Set.of(),
            List.of(new Grant.Sender(vm2.port(), vm2.mac())));
    fabric.sync(network(segment(null, NetworkPolicy.DEFAULT), lvs));

    assertThat(vm2.reaches(client, vm2.udp(VIP, client.address(), "answer"))).isTrue();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isFalse();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isFalse();
    byte[] directed = client.udp(client.address(), VIP, "request");
    assertThat(client.reaches(vm2, directed)).as("broadcast").isFalse();
    System.arraycopy(vm2.mac().toBytes(), 0, directed, 0, 6);
    assertThat(client.reaches(vm2, directed)).as("from the director, to its MAC").isTrue();
    fabric.sync(network(segment(null, NetworkPolicy.DEFAULT), plain));
    assertThat(vm2.reaches(client, vm2.udp(VIP, client.address(), "answer"))).isFalse();
  }

  @Test
  void aFrameForOneMacAddressLeavesThroughItsPortAlone() throws Exception {
    fabric.sync(network(segment(null, NetworkPolicy.DEFAULT)));
    byte[] toVm1 = client.udp(client.address(), vm1.address(), "for vm1");
    System.arraycopy(vm1.mac().toBytes(), 0, toVm1, 0, 6);
    assertThat(client.reaches(vm3, toVm1)).as("the bridge has not learnt vm1 yet").isFalse();
    assertThat(client.reaches(vm1, toVm1)).isTrue();
  }

  @Test
  void otherTrafficPassesWhereAnAdministratorLetsIt() throws Exception {
    byte[] ipv6 = new byte[60];
    ipv6[0] = 0x60;
    ipv6[5] = 20;
    ipv6[6] = 59;
    byte[] plain = Ethernet.frame(Ethernet.BROADCAST, vm1.mac(), 0x86dd, ipv6);
    byte[] advertisement = ipv6.clone();
    advertisement[6] = 58;
    advertisement[40] = (byte) 134;
    byte[] router = Ethernet.frame(Ethernet.BROADCAST, vm1.mac(), 0x86dd, advertisement);
    byte[] arp = vm1.claim(VIP);
    byte[] tagged = new byte[arp.length + 4];
    System.arraycopy(arp, 0, tagged, 0, 12);
    tagged[12] = (byte) 0x81;
    System.arraycopy(arp, 12, tagged, 16, arp.length - 12);

    fabric.sync(network(segment(null, NetworkPolicy.DEFAULT)));
    assertThat(vm1.reaches(client, plain)).isFalse();
    await("dropped frames are counted", () -> counted(ClaimKind.OTHER, vm1) == 1);
    fabric.sync(network(segment(null, policy(null, OtherTraffic.PASS, false))));
    assertThat(vm1.reaches(client, plain)).isTrue();
    assertThat(vm1.reaches(client, router)).as("router advertisement").isFalse();
    assertThat(vm1.reaches(client, tagged)).as("ARP in a tag").isFalse();
    byte[] asVm2 = plain.clone();
    System.arraycopy(vm2.mac().toBytes(), 0, asVm2, 6, 6);
    assertThat(vm1.reaches(client, asVm2)).as("another NIC's MAC address").isFalse();
  }

  @Test
  void aSegmentWithoutAGatewayIsAsBefore() throws Exception {
    Desired all = everybody();
    Port any = vm3.on(SEGMENT, Cidr.parse("10.0.0.0/24").toString());
    fabric.sync(
        new Desired(
            all.segments(),
            desired(any, client.on(SEGMENT), vm1.on(SEGMENT)).ports(),
            all.grants()));
    assertThat(vm3.reaches(client, vm3.claim(GATEWAY))).isTrue();
  }
}
