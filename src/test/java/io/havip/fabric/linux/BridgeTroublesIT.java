package io.havip.fabric.linux;

import static io.havip.fabric.linux.LinuxLab.nft;
import static io.havip.fabric.linux.LinuxLab.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.FabricException;
import io.havip.fabric.VirtualNic;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.PortState;
import io.havip.plan.Observed.Surroundings;
import io.havip.plan.Segment;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong at one bridge stays at that bridge, and the rules come first. */
class BridgeTroublesIT extends LinuxFixture {
  private static final int NEXT = 6;
  private static final String NEXT_BRIDGE = "havip" + NEXT;

  /** A configuration BPDU (IEEE 802.1D) of a bridge with the best priority, over LLC. */
  private static final String ROOT_BPDU =
      "0026424203"
          + "0000000000"
          + "0000020000000003"
          + "00000000"
          + "0000020000000003"
          + "8001"
          + "0000"
          + "1400"
          + "0200"
          + "0f00";

  private Desired desired;

  @BeforeEach
  void describe() {
    desired = everybody(grant(1, VIP, vm1));
  }

  private void assertInForce() throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).as("a theft").isFalse();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(fabric.sync(desired)).isEmpty();
  }

  private Desired with(Segment... more) {
    Map<NetworkId, Segment> segments = new HashMap<>(desired.segments());
    segments.putAll(desired((Object[]) more).segments());
    return new Desired(segments, desired.ports(), desired.grants());
  }

  private Surroundings seen() throws FabricException {
    return fabric.observe().surroundings();
  }

  private static void await(Callable<Boolean> state) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!state.call() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(state.call()).isTrue();
  }

  @Test
  void theRulesComeBackAndStpIsSwitchedOffAtAnOwnBridge() throws Exception {
    fabric.sync(desired);
    assertInForce();
    run("ip", "link", "set", "havip7", "type", "bridge", "stp_state", "1");
    assertThat(repairAfter(() -> nft("flush ruleset"), desired))
        .containsExactlyInAnyOrder(
            "the nftables table bridge havip was missing",
            "the options of the bridge havip7 had been changed");
    assertThat(run("ip", "-d", "link", "show", "havip7"))
        .contains("forward_delay 0 ", "stp_state 0 ");
    await(() -> run("bridge", "link", "show").lines().noneMatch(it -> it.contains("listening")));
    assertInForce();
    assertThat(seen().troubles()).isEmpty();
  }

  @Test
  void anInterfaceInTheWayIsTheTroubleOfItsNetworkAlone() throws Exception {
    run("ip", "link", "add", NEXT_BRIDGE, "type", "veth", "peer", "name", "x-peer");
    fabric.sync(desired);
    fabric.apply(Set.<Id>of(segment(NEXT).id()), desired(segment(NEXT)));
    assertThat(seen().troubles()).containsOnlyKeys(NEXT);
    assertThat(seen().troubles().get(NEXT)).contains(NEXT_BRIDGE, "veth", "rename");
    assertInForceWith(with(segment(NEXT)));

    assertThat(repairAfter(() -> nft("flush ruleset"), with(segment(NEXT))))
        .containsExactly("the nftables table bridge havip was missing");
    assertInForceWith(with(segment(NEXT)));
    assertThat(seen().troubles()).containsOnlyKeys(NEXT);

    repairAfter(() -> run("ip", "link", "del", NEXT_BRIDGE), with(segment(NEXT)));
    assertThat(seen().troubles()).isEmpty();
    assertThat(run("ip", "-d", "link", "show", NEXT_BRIDGE)).contains("forward_delay 0 ");
  }

  @Test
  void aServerStartsThoughAnInterfaceIsInTheWay() throws Exception {
    run("ip", "link", "add", NEXT_BRIDGE, "type", "veth", "peer", "name", "x-peer");
    VirtualNic unlucky = plug(30, Ipv4Address.parse("10.0.0.30"));
    Desired both =
        desired(
            segment(NEXT),
            segment(SEGMENT),
            unlucky.on(NEXT),
            vm1.on(SEGMENT),
            vm3.on(SEGMENT),
            client.on(SEGMENT),
            grant(1, VIP, vm1));
    List<String> differences = fabric.sync(both);
    assertThat(differences).anyMatch(it -> it.contains(NEXT_BRIDGE) && it.contains("rename"));
    assertInForceWith(both);
    assertThat(fabric.observe().ports().get(unlucky.port())).isEqualTo(new PortState(false, true));
    unlucky.socket().close();
  }

  private void assertInForceWith(Desired all) throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).as("a theft").isFalse();
    assertThat(fabric.sync(all)).as("a known trouble is told once").isEmpty();
  }

  @Test
  void aPortThatLeavesAnAdoptedBridgeInAScanIsTakenOffBeforeItIsJudgedNoLonger() throws Exception {
    adoptable(false);
    desired = adopted(Enforcement.ENFORCE, List.of());
    fabric.sync(desired);
    Desired without = desired(adoptedSegment(Enforcement.ENFORCE, List.of()), vm1.on(SEGMENT));
    fabric.sync(without);
    assertThat(run("ip", "link", "show", vm3.port())).doesNotContain("master");
    assertThat(run("ip", "link", "show", vm1.port())).contains("master br0");
  }

  @Test
  void aVmThatSpeaksStpOnAnAdoptedBridgeIsCutOffAndTold() throws Exception {
    adoptable(true);
    desired = adopted(Enforcement.ENFORCE, List.of());
    fabric.sync(desired);
    assertThat(guard(vm3)).isTrue();
    await(() -> run("bridge", "link", "show", "dev", vm3.port()).contains("state"));
    await(() -> !run("bridge", "link", "show", "dev", vm3.port()).contains("state disabled"));
    assertThat(seen().troubles()).isEmpty();

    vm3.send(bpdu(vm3));
    await(() -> seen().troubles().containsKey(SEGMENT));
    assertThat(seen().troubles().get(SEGMENT)).contains(vm3.port(), "BPDU", "ip link set");
    assertThat(Objects.requireNonNull(fabric.observe().ports().get(vm3.port())))
        .isEqualTo(new PortState(true, false));
    assertThat(run("ip", "-d", "link", "show", "br0")).contains("root_port 0 ");

    run("ip", "link", "set", vm3.port(), "down");
    run("ip", "link", "set", vm3.port(), "up");
    await(() -> seen().troubles().isEmpty());
    fabric.sync(desired);
    assertThat(Objects.requireNonNull(fabric.observe().ports().get(vm3.port())).attached())
        .isTrue();
  }

  @Test
  void aBpduGuardThatIsTakenAwayComesBack() throws Exception {
    adoptable(false);
    desired = adopted(Enforcement.ENFORCE, List.of());
    fabric.sync(desired);
    assertThat(
            repairAfter(
                () -> run("ip", "link", "set", vm3.port(), "type", "bridge_slave", "guard", "off"),
                desired))
        .containsExactly("the BPDU guard of the port p-vm3 was off");
    assertThat(guard(vm3)).isTrue();
    assertThat(fabric.sync(desired)).isEmpty();
  }

  @Test
  void whileANetworkObservesNoPortIsGuarded() throws Exception {
    adoptable(false);
    desired = adopted(Enforcement.OBSERVE, List.of());
    fabric.sync(desired);
    assertThat(guard(vm3)).isFalse();
    Segment enforcing = adoptedSegment(Enforcement.ENFORCE, List.of());
    fabric.apply(Set.<Id>of(enforcing.id()), desired(enforcing));
    assertThat(guard(vm3)).isTrue();
    assertThat(fabric.sync(adopted(Enforcement.ENFORCE, List.of()))).isEmpty();
    fabric.apply(
        Set.<Id>of(enforcing.id()), desired(adoptedSegment(Enforcement.OBSERVE, List.of())));
    assertThat(guard(vm3)).isFalse();
  }

  @Test
  void unknownPortsOfAnAdoptedBridgeAreNamed() throws Exception {
    adoptable(false);
    VirtualNic stranger = plug(30, Ipv4Address.parse("10.0.0.30"));
    VirtualNic outside = plug(31, Ipv4Address.parse("10.0.0.31"));
    run("ip", "link", "set", stranger.port(), "master", "br0");
    run("ip", "link", "set", outside.port(), "master", "br0");
    fabric.sync(adopted(Enforcement.ENFORCE, List.of()));
    assertThat(seen().unjudgedPorts())
        .isEqualTo(Map.of(SEGMENT, Set.of(stranger.port(), outside.port())));

    Segment trusting = adoptedSegment(Enforcement.ENFORCE, List.of(outside.port()));
    fabric.apply(Set.<Id>of(trusting.id()), desired(trusting));
    assertThat(seen().unjudgedPorts()).isEqualTo(Map.of(SEGMENT, Set.of(stranger.port())));
    unplug(stranger);
    await(() -> seen().unjudgedPorts().isEmpty());
    stranger.socket().close();
    outside.socket().close();
  }

  private static void adoptable(boolean spanningTree) throws Exception {
    run("ip", "link", "add", "br0", "up", "type", "bridge", "forward_delay", "0");
    if (spanningTree) {
      run("ip", "link", "set", "br0", "type", "bridge", "stp_state", "1", "forward_delay", "200");
    }
  }

  private Desired adopted(Enforcement enforcement, List<String> trusted, Grant... grants) {
    Desired all = everybody(grants);
    return new Desired(
        desired(adoptedSegment(enforcement, trusted)).segments(), all.ports(), all.grants());
  }

  private static Segment adoptedSegment(Enforcement enforcement, List<String> trusted) {
    NetworkPolicy policy =
        new NetworkPolicy(null, List.of(), trusted, false, List.of(), OtherTraffic.DROP, true);
    return new Segment(
        segment(SEGMENT).id(), SEGMENT, "br0", null, enforcement, null, true, policy);
  }

  private static boolean guard(VirtualNic vm) throws Exception {
    return run("ip", "-d", "link", "show", vm.port()).contains(" guard on ");
  }

  private static byte[] bpdu(VirtualNic vm) {
    byte[] frame = new byte[60];
    System.arraycopy(MacAddress.parse("01:80:c2:00:00:00").toBytes(), 0, frame, 0, 6);
    System.arraycopy(vm.mac().toBytes(), 0, frame, 6, 6);
    byte[] rest = HexFormat.of().parseHex(ROOT_BPDU);
    System.arraycopy(rest, 0, frame, 12, rest.length);
    return frame;
  }
}
