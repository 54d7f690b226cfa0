package io.havip.fabric.linux;

import static io.havip.fabric.linux.LinuxLab.nft;
import static io.havip.fabric.linux.LinuxLab.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricContract;
import io.havip.fabric.FabricException;
import io.havip.fabric.VirtualNic;
import io.havip.net.Ipv4Address;
import io.havip.plan.Desired;
import io.havip.plan.Observed.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Beside the contract: what others do to bridges and tables, and what becomes of it. */
class LinuxFabricIT extends FabricContract {
  private Desired desired;

  @Override
  protected Fabric open() throws FabricException {
    return LinuxFabric.open();
  }

  @Override
  protected VirtualNic plug(int number, Ipv4Address address) throws Exception {
    return LinuxLab.plug(number, address);
  }

  @Override
  protected void unplug(VirtualNic vm) throws Exception {
    LinuxLab.unplug(vm);
  }

  @Override
  protected void awaitVoice() throws Exception {
    LinuxLab.awaitUp("havip" + SEGMENT);
  }

  @BeforeEach
  void describe() {
    desired = everybody(grant(1, VIP, vm1));
  }

  @AfterEach
  void clear() throws Exception {
    LinuxLab.clear();
  }

  private void assertInForce() throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(fabric.sync(desired)).isEmpty();
  }

  @Test
  void aFlushedRulesetIsRepaired() throws Exception {
    fabric.sync(desired);
    assertInForce();
    assertThat(repairAfter(() -> nft("flush ruleset"), desired))
        .containsExactly("the nftables table bridge havip was missing");
    assertInForce();
  }

  @Test
  void aDeletedTableIsRepaired() throws Exception {
    fabric.sync(desired);
    assertThat(repairAfter(() -> nft("delete table bridge havip"), desired))
        .containsExactly("the nftables table bridge havip was missing");
    assertInForce();
  }

  @Test
  void aFlushedTableIsRepairedAndWhatWasSeenIsKept() throws Exception {
    fabric.sync(desired);
    assertInForce();
    assertThat(repairAfter(() -> nft("flush table bridge havip"), desired))
        .containsExactly("the rules of the nftables table bridge havip had been changed");
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertInForce();
  }

  @Test
  void anAddedRuleIsTakenOut() throws Exception {
    fabric.sync(desired);
    assertThat(repairAfter(() -> nft("insert rule bridge havip prerouting accept"), desired))
        .containsExactly("the rules of the nftables table bridge havip had been changed");
    assertInForce();
  }

  @Test
  void anAddedChainIsTakenOut() throws Exception {
    fabric.sync(desired);
    assertThat(
            repairAfter(
                () ->
                    nft(
                        "add chain bridge havip x"
                            + " { type filter hook prerouting priority -400; policy drop; }"),
                desired))
        .containsExactly("the rules of the nftables table bridge havip had been changed");
    assertInForce();
  }

  @Test
  void elementsAddedOrRemovedByHandAreRepaired() throws Exception {
    fabric.sync(desired);
    assertThat(
            repairAfter(
                () ->
                    nft(
                        "delete element bridge havip exits { \"p-vm1\" . 10.0.0.100 };"
                            + " add element bridge havip sources"
                            + " { \"p-vm3\" . 02:00:00:00:00:03 . 10.0.0.100 }"),
                desired))
        .containsExactlyInAnyOrder(
            "\"p-vm1\" . 10.0.0.100 was missing from the nftables set exits",
            "\"p-vm3\" . 02:00:00:00:00:03 . 10.0.0.100 had been added to the nftables set"
                + " sources");
    assertInForce();
  }

  @Test
  void aTableOfAnotherMakeIsReplaced() throws Exception {
    nft("add table bridge havip; add set bridge havip vips { type ifname; }");
    fabric.sync(desired);
    assertInForce();
  }

  @Test
  void aPartLeftInTheTableWhileNobodyRanIsTakenOut() throws Exception {
    fabric.sync(desired);
    fabric.close();
    nft("add chain bridge havip x { type filter hook prerouting priority -400; policy drop; }");
    fabric = open();
    assertThat(fabric.sync(desired))
        .containsExactly("the rules of the nftables table bridge havip had been changed");
    assertInForce();
  }

  @Test
  void aChangeOverATableEditedByHandFailsAndChangesNothing() throws Exception {
    fabric.sync(desired);
    nft("delete element bridge havip exits { \"p-vm1\" . 10.0.0.100 }");
    assertThatThrownBy(() -> apply(grant(1, VIP, vm2)))
        .isInstanceOf(FabricException.class)
        .hasMessageContaining("No such file or directory");
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isFalse();
    assertThat(fabric.sync(everybody(grant(1, VIP, vm2)))).isNotEmpty();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isTrue();
  }

  @Test
  void aPortTakenOffItsBridgeIsPutBack() throws Exception {
    fabric.sync(desired);
    assertThat(repairAfter(() -> run("ip", "link", "set", "p-vm1", "nomaster"), desired))
        .containsExactly("the port p-vm1 was off its bridge or down");
    assertInForce();
  }

  @Test
  void aDeletedBridgeIsMadeAgain() throws Exception {
    fabric.sync(desired);
    assertThat(repairAfter(() -> run("ip", "link", "del", "havip7"), desired))
        .contains("the bridge havip7 was missing");
    assertInForce();
  }

  @Test
  void aForeignPortOnTheBridgeIsTakenOff() throws Exception {
    fabric.sync(desired);
    VirtualNic stranger = plug(30, VIP);
    assertThat(
            repairAfter(
                () -> run("ip", "link", "set", stranger.port(), "master", "havip7", "up"), desired))
        .containsExactly("p-vm30 was on the bridge havip7");
    stranger.send(stranger.claim(VIP));
    assertThat(vm1.reaches(client, stranger.claim(VIP))).isFalse();
    stranger.socket().close();
  }

  @Test
  void theBridgeForwardsAtOnceAndLearnsFromDataOnly() throws Exception {
    fabric.sync(desired);
    assertThat(run("ip", "-d", "link", "show", "havip7"))
        .contains("forward_delay 0 ", "stp_state 0 ", "mcast_snooping 0 ", "no_linklocal_learn 1");
    assertThat(run("ip", "-6", "addr")).doesNotContain("havip7", "p-vm");
    repairAfter(
        () -> run("ip", "link", "set", "havip7", "type", "bridge", "no_linklocal_learn", "0"),
        desired);
    assertThat(run("ip", "-d", "link", "show", "havip7")).contains("no_linklocal_learn 1");
  }

  @Test
  void theBridgeOfARemovedSegmentIsDeleted() throws Exception {
    fabric.sync(desired);
    Desired nothing = Desired.NOTHING;
    fabric.apply(
        Set.of(segment(SEGMENT).id(), vm1.on(SEGMENT).id(), vm2.on(SEGMENT).id()), nothing);
    assertThat(run("ip", "-br", "link")).doesNotContain("havip7");
    fabric.sync(nothing);
    assertThat(run("ip", "-br", "link")).doesNotContain("havip7").contains("p-vm1");
  }

  @Test
  void whatIsNotHavipsStaysUndisturbed() throws Exception {
    nft(
        "add table bridge other; add chain bridge other c { type filter hook forward priority 0; }");
    nft("add rule bridge other c counter");
    run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0");
    VirtualNic a = plug(20, VIP);
    VirtualNic b = plug(21, Ipv4Address.parse("10.0.0.21"));
    for (String name : Set.of("br0", a.port(), b.port())) {
      run("ip", "link", "set", name, "up");
    }
    run("ip", "link", "set", a.port(), "master", "br0");
    run("ip", "link", "set", b.port(), "master", "br0");
    fabric.sync(desired);

    // A VIP of a segment means nothing there, and neither does anybody's MAC address.
    assertThat(a.reaches(b, a.claim(VIP))).isTrue();
    assertThat(b.reaches(a, b.udp(vm1.address(), VIP, "anything"))).isTrue();
    assertThat(nft("list table bridge other")).contains("counter packets");
    fabric.sync(Desired.NOTHING);
    assertThat(a.reaches(b, a.claim(vm1.address()))).isTrue();
    assertThat(run("ip", "-br", "link")).contains("br0");
    a.socket().close();
    b.socket().close();
  }

  @Test
  void anInterfaceOfTheHostIsNeverAPort() throws Exception {
    run("ip", "link", "add", "p-vm40", "type", "bridge");
    VirtualNic bridge = new VirtualNic(40, "p-vm40", vm1.mac(), vm1.address(), vm1.socket());
    fabric.sync(desired(segment(SEGMENT), bridge.on(SEGMENT)));
    assertThat(run("ip", "link", "show", "p-vm40")).doesNotContain("master");
  }

  @Test
  void noPacketIsLostWhenTheServerStartsAgain() throws Exception {
    fabric.sync(desired);
    int packets = 2000;
    Semaphore room = new Semaphore(100); // in the socket's buffer
    FutureTask<Integer> arrivals = new FutureTask<>(() -> arrivals(vm3, packets, room));
    FutureTask<Integer> flow = new FutureTask<>(() -> send(vm2, vm3, packets, room));
    Thread.ofPlatform().start(arrivals);
    Thread.ofPlatform().start(flow);

    int restarts = 0;
    while (!flow.isDone()) {
      fabric.close();
      fabric = open();
      assertThat(fabric.sync(desired)).isEmpty();
      apply(grant(2, OTHER_VIP, vm1));
      assertThat(fabric.sync(desired)).as("nobody else changed anything").isEmpty();
      restarts++;
    }

    assertThat(restarts).isGreaterThan(1);
    assertThat(flow.get()).isEqualTo(packets);
    assertThat(arrivals.get()).isEqualTo(packets);
  }

  private static int send(VirtualNic from, VirtualNic to, int packets, Semaphore room)
      throws Exception {
    for (int i = 0; i < packets; i++) {
      assertThat(room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("packet %d", i).isTrue();
      from.send(from.udp(from.address(), to.address(), "packet " + i));
      Thread.sleep(Duration.ofMillis(1));
    }
    return packets;
  }

  /** How many different packets arrive until all are there or none has come for a while. */
  private static int arrivals(VirtualNic to, int packets, Semaphore room) throws Exception {
    Set<String> arrived = new HashSet<>();
    while (arrived.size() < packets) {
      Optional<byte[]> frame = to.socket().receive(Duration.ofSeconds(PATIENCE_SECONDS));
      if (frame.isEmpty()) {
        break;
      }
      room.release();
      arrived.add(new String(frame.get(), StandardCharsets.ISO_8859_1));
    }
    return arrived.size();
  }
}
