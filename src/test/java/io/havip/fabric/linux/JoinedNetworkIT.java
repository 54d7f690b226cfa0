package io.havip.fabric.linux;

import static io.havip.fabric.linux.LinuxLab.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.fabric.VirtualNic;
import io.havip.id.Id;
import io.havip.inventory.Enforcement;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.PortState;
import io.havip.plan.Segment;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Networks that are joined to what is there already, those that only observe, and VRIDs' MACs. */
class JoinedNetworkIT extends LinuxFixture {
  private static final Ipv4Address FAR_AWAY = Ipv4Address.parse("192.168.1.5");
  private static final int LOCAL_EXPERIMENTAL = 0x88b5;
  private static final MacAddress VRID_MAC = MacAddress.parse("00:00:5e:00:01:07");

  private VirtualNic outside;

  @BeforeEach
  void plugOutside() throws Exception {
    outside = plug(50, Ipv4Address.parse("10.0.0.1"));
  }

  @AfterEach
  void clear() throws Exception {
    outside.socket().close();
  }

  private Desired joined(@Nullable String uplink, Enforcement enforcement, Grant... grants) {
    Desired all = everybody(grants);
    Segment segment = segment(SEGMENT, uplink, enforcement);
    return new Desired(desired(segment).segments(), all.ports(), all.grants());
  }

  @Test
  void whatIsBehindAnUplinkIsTrustedButTakesNobodysAddress() throws Exception {
    fabric.sync(joined(outside.port(), Enforcement.ENFORCE, grant(1, VIP, vm1)));

    for (Ipv4Address address : Set.of(outside.address(), FAR_AWAY)) {
      assertThat(outside.reaches(client, outside.claim(address))).isTrue();
      assertThat(outside.reaches(client, outside.udp(address, client.address(), "routed")))
          .isTrue();
    }
    assertThat(
            outside.reaches(
                client, outside.udp(outside.address(), 67, client.address(), 68, "offer")))
        .isTrue();
    assertThat(outside.reaches(client, outside.advert(FAR_AWAY, outside.address())))
        .as("routers outside talk among themselves: no VM is bound to their addresses")
        .isFalse();
    assertThat(refused(ClaimKind.VRRP, outside, FAR_AWAY)).isZero();
    assertThat(vm1.reaches(outside, vm1.claim(VIP))).isTrue();

    for (Ipv4Address address : Set.of(VIP, vm1.address())) {
      assertThat(outside.reaches(client, outside.claim(address))).isFalse();
      assertThat(outside.reaches(client, outside.udp(address, client.address(), "stolen")))
          .isFalse();
      assertThat(refused(ClaimKind.ARP, outside, address)).isEqualTo(1);
      assertThat(refused(ClaimKind.IP, outside, address)).isEqualTo(1);
    }
    assertThat(outside.reaches(client, outside.advert(VIP))).isFalse();
    assertThat(outside.reaches(client, outside.advert(FAR_AWAY, VIP))).isFalse();
    assertThat(refused(ClaimKind.VRRP, outside, VIP)).isEqualTo(2);
    byte[] asVm1 = vm1.udp(FAR_AWAY, client.address(), "with the MAC address of vm1");
    assertThat(outside.reaches(client, asVm1)).isFalse();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
  }

  @Test
  void anUplinkIsFollowedAndReleased() throws Exception {
    Desired desired = joined(outside.port(), Enforcement.ENFORCE, grant(1, VIP, vm1));
    fabric.sync(desired);
    assertThat(vm1.reaches(outside, vm1.claim(VIP))).isTrue();
    assertThat(fabric.sync(desired)).isEmpty();

    repairAfter(() -> unplug(outside), desired);
    outside.socket().close();
    repairAfter(() -> outside = plug(50, outside.address()), desired);
    assertThat(vm1.reaches(outside, vm1.claim(VIP))).isTrue();

    fabric.apply(Set.copyOf(everybody().ports().keySet()), Desired.NOTHING);
    fabric.apply(Set.<Id>of(segment(SEGMENT).id()), Desired.NOTHING);
    assertThat(run("ip", "-br", "link")).doesNotContain("havip7").contains(outside.port());
    assertThat(run("ip", "link", "show", outside.port())).doesNotContain("master");
  }

  @Test
  void anObservingNetworkTellsAndDropsNothingUntilItEnforces() throws Exception {
    Grant grant = grant(1, VIP, vm1);
    fabric.sync(joined(null, Enforcement.OBSERVE, grant));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();

    assertThat(vm3.reaches(client, vm3.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.udp(VIP, client.address(), "from the VIP"))).isTrue();
    assertThat(vm3.reaches(client, vm3.advert(VIP))).isTrue();
    for (byte[] fragment : vm3.advertInFragments(VIP)) {
      assertThat(vm3.reaches(client, fragment)).isTrue();
    }
    byte[] other = Ethernet.frame(Ethernet.BROADCAST, vm3.mac(), LOCAL_EXPERIMENTAL, new byte[60]);
    assertThat(vm3.reaches(client, other)).isTrue();
    assertThat(client.reaches(vm3, client.udp(client.address(), VIP, "to the VIP"))).isTrue();
    for (ClaimKind kind : List.of(ClaimKind.ARP, ClaimKind.IP, ClaimKind.VRRP)) {
      assertThat(refused(kind, vm3, VIP)).as("%s", kind).isEqualTo(1);
    }
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port())); // whoever is not bound does not hold it

    Segment enforcing = segment(SEGMENT);
    fabric.apply(Set.<Id>of(enforcing.id()), desired(enforcing));
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    assertThat(client.reaches(vm3, client.udp(client.address(), VIP, "to the VIP"))).isFalse();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(fabric.sync(joined(null, Enforcement.ENFORCE, grant))).isEmpty();
  }

  @Test
  void anAdoptedBridgeKeepsWhatIsOnIt() throws Exception {
    run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0");
    run("ip", "link", "set", "br0", "up");
    run("ip", "link", "set", outside.port(), "master", "br0");
    run("ip", "link", "set", vm1.port(), "master", "br0");
    Desired desired = joined("br0", Enforcement.OBSERVE, grant(1, VIP, vm1));
    fabric.sync(desired);

    assertThat(run("ip", "-br", "link")).doesNotContain("havip7");
    assertThat(fabric.observe().ports().get(vm3.port())).isEqualTo(new PortState(true, true));
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(run("ip", "-d", "link", "show", "br0")).contains("no_linklocal_learn 0");

    Segment enforcing = segment(SEGMENT, "br0", Enforcement.ENFORCE);
    fabric.apply(Set.<Id>of(enforcing.id()), desired(enforcing));
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    assertThat(outside.reaches(client, outside.claim(VIP))).as("a port of others").isTrue();
    assertThat(run("ip", "-d", "link", "show", "br0")).contains("no_linklocal_learn 1");
    assertThat(fabric.sync(joined("br0", Enforcement.ENFORCE, grant(1, VIP, vm1)))).isEmpty();

    fabric.apply(Set.<Id>of(vm3.on(SEGMENT).id()), Desired.NOTHING);
    assertThat(run("ip", "link", "show", vm3.port())).as("judged no longer").doesNotContain("br0");
    fabric.sync(Desired.NOTHING);
    assertThat(run("ip", "link", "show", "br0")).contains("state UP");
    assertThat(run("ip", "link", "show", outside.port())).contains("master br0");
  }

  @Test
  void aVmReachesTheHostOverAnAdoptedBridge() throws Exception {
    run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    run("ip", "link", "set", "br0", "up");
    run("ip", "addr", "add", "10.0.0.254/24", "dev", "br0");
    fabric.sync(joined("br0", Enforcement.ENFORCE));
    LinuxLab.awaitUp("br0");
    Ipv4Address host = Ipv4Address.parse("10.0.0.254");
    Arp question =
        new Arp(Arp.Operation.REQUEST, vm1.mac(), vm1.address(), new MacAddress(0), host);
    vm1.send(vm1.arp(question));
    MacAddress bridge = macOf("br0");
    Arp answer = new Arp(Arp.Operation.REPLY, bridge, host, vm1.mac(), vm1.address());
    vm1.receive(Ethernet.frame(vm1.mac(), bridge, Ethernet.ARP, answer.toBytes()));
  }

  private static MacAddress macOf(String link) throws Exception {
    return MacAddress.parse(run("ip", "-br", "link", "show", link).split("\\s+", 4)[2]);
  }

  @Test
  void aBridgeThatComesLaterIsAdopted() throws Exception {
    Desired desired = joined("br0", Enforcement.ENFORCE, grant(1, VIP, vm1));
    fabric.sync(desired);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    repairAfter(
        () -> run("ip", "link", "add", "br0", "up", "type", "bridge", "forward_delay", "0"),
        desired);
    assertThat(run("ip", "-br", "link")).doesNotContain("havip7");
    assertThat(run("ip", "link", "show", vm1.port())).contains("master br0");
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
  }

  @Test
  void aMemberThatMayUsesExactlyItsVridsMacAddress() throws Exception {
    Grant.Member allowed =
        new Grant.Member(
            vm1.port(), vm1.mac(), vm1.port(), new Grant.Vmac(VRID_MAC, vm1.address()));
    Grant grant = new Grant(grant(1, VIP).id(), SEGMENT, VIP, List.of(allowed, vm2.member()));
    fabric.sync(everybody(grant, grant(2, OTHER_VIP, vm1)));
    byte[] claim = virtual(VIP);

    assertThat(vm1.reaches(client, claim)).isTrue();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).as("its own still").isTrue();
    assertThat(vm2.reaches(client, claim)).as("a member that may not").isFalse();
    assertThat(vm3.reaches(client, claim)).as("a stranger").isFalse();
    assertThat(vm1.reaches(client, virtual(OTHER_VIP))).as("another VIP").isFalse();
    assertThat(refused(ClaimKind.ARP, vm3, VIP)).isEqualTo(1);
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));

    byte[] advert = vm1.vrrp().packet(vm1.advertisement(VIP));
    byte[] multicast =
        Ethernet.frame(Ethernet.ofGroup(vm1.vrrp().destination()), VRID_MAC, Ethernet.IPV4, advert);
    assertThat(vm1.reaches(vm2, multicast)).as("without vmac_xmit_base").isTrue();
    assertThat(vm2.reaches(vm1, multicast)).isFalse();

    fabric.apply(Set.of(grant.id()), desired(grant(1, VIP, vm1, vm2)));
    assertThat(vm1.reaches(client, claim)).as("not any more").isFalse();
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
  }

  private static byte[] virtual(Ipv4Address address) {
    return Ethernet.frame(
        Ethernet.BROADCAST,
        VRID_MAC,
        Ethernet.ARP,
        Arp.gratuitous(Arp.Operation.REQUEST, VRID_MAC, address).toBytes());
  }
}
