package io.havip.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.net.Ipv4Address;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Four VMs and a fabric, and what a test says of them. */
public abstract class FabricFixture {
  protected static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  protected static final Ipv4Address OTHER_VIP = Ipv4Address.parse("10.0.0.101");
  protected static final int SEGMENT = 7;
  protected static final long PATIENCE_SECONDS = 30;
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(3);

  protected Fabric fabric;
  protected VirtualNic vm1;
  protected VirtualNic vm2;
  protected VirtualNic vm3;
  protected VirtualNic client;

  /** Whether a claim may have to be made again to be seen, as HA software does. */
  protected boolean mayMissAClaim() {
    return false;
  }

  /** Waits until what the fabric itself says on the segment reaches the VMs. */
  protected void awaitVoice() throws Exception {}

  /** Opens the fabric over whatever is in force. */
  protected abstract Fabric open() throws Exception;

  /** Makes a VM whose port nobody has attached. */
  protected abstract VirtualNic plug(int number, Ipv4Address address) throws Exception;

  /** Takes the VM away, port and all. */
  protected abstract void unplug(VirtualNic vm) throws Exception;

  @BeforeEach
  void build() throws Exception {
    vm1 = plug(1, Ipv4Address.parse("10.0.0.11"));
    vm2 = plug(2, Ipv4Address.parse("10.0.0.12"));
    vm3 = plug(3, Ipv4Address.parse("10.0.0.13"));
    client = plug(9, Ipv4Address.parse("10.0.0.19"));
    fabric = open();
  }

  @AfterEach
  void tearDown() throws Exception {
    fabric.close();
    for (VirtualNic vm : List.of(vm1, vm2, vm3, client)) {
      vm.socket().close();
    }
  }

  protected static Grant grant(int number, Ipv4Address address, VirtualNic... members) {
    return grant(number, SEGMENT, address, members);
  }

  protected static Grant grant(
      int number, int segment, Ipv4Address address, VirtualNic... members) {
    return new Grant(
        new VipId(VirtualNic.id("vip", number)),
        segment,
        address,
        Arrays.stream(members).map(VirtualNic::member).toList());
  }

  protected static Segment segment(int number) {
    return segment(number, null, Enforcement.ENFORCE);
  }

  protected static Segment segment(int number, @Nullable String uplink, Enforcement enforcement) {
    return new Segment(
        new NetworkId(VirtualNic.id("subnet", number)), number, uplink, null, enforcement);
  }

  /** Segments, ports and grants in one. */
  protected static Desired desired(Object... parts) {
    Map<NetworkId, Segment> segments = new HashMap<>();
    Map<NicId, Port> ports = new HashMap<>();
    Map<VipId, Grant> grants = new HashMap<>();
    for (Object part : parts) {
      switch (part) {
        case Segment s -> segments.put(s.id(), s);
        case Port p -> ports.put(p.id(), p);
        case Grant g -> grants.put(g.id(), g);
        default -> throw new IllegalArgumentException(part.toString());
      }
    }
    return new Desired(segments, ports, grants);
  }

  /** All four VMs on the segment, and these grants. */
  protected Desired everybody(Grant... grants) {
    Desired vms =
        desired(
            segment(SEGMENT),
            vm1.on(SEGMENT),
            vm2.on(SEGMENT),
            vm3.on(SEGMENT),
            client.on(SEGMENT));
    return new Desired(vms.segments(), vms.ports(), desired((Object[]) grants).grants());
  }

  protected void apply(Grant grant) throws FabricException {
    fabric.apply(Set.of(grant.id()), desired(grant));
  }

  /** Waits until these are the claims that the fabric follows: it may be behind the frames. */
  protected void awaitClaims(Claim... expected) throws Exception {
    awaitClaims(() -> repeat(expected), expected);
  }

  /**
   * The same.
   *
   * @param again makes the claims again, which is done where one may be missed
   */
  protected void awaitClaims(Action again, Claim... expected) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    long next = System.nanoTime() + AGAIN_AFTER.toNanos();
    while (!Set.copyOf(fabric.observe().claims()).equals(Set.of(expected))
        && System.nanoTime() < end) {
      Thread.sleep(5);
      if (mayMissAClaim() && System.nanoTime() > next) {
        again.run();
        forgetFrames();
        next = System.nanoTime() + AGAIN_AFTER.toNanos();
      }
    }
    assertThat(fabric.observe().claims()).containsExactlyInAnyOrder(expected);
  }

  private void repeat(Claim... claims) throws IOException {
    for (Claim claim : claims) {
      for (VirtualNic vm : List.of(vm1, vm2, vm3, client)) {
        if (vm.port().equals(claim.port())) {
          vm.send(vm.claim(claim.address()));
        }
      }
    }
  }

  /** Nobody shall take a repeated claim for a later one. */
  private void forgetFrames() throws IOException {
    for (VirtualNic vm : List.of(vm1, vm2, vm3, client)) {
      while (vm.socket().receive(Duration.ofMillis(100)).isPresent()) {
        // more of them
      }
    }
  }

  /** What was refused, which not every fabric tells. */
  protected boolean tellsRefusals() throws FabricException {
    return fabric.observe().refusals().isPresent();
  }

  protected long refused(ClaimKind kind, VirtualNic vm, Ipv4Address address)
      throws FabricException {
    return fabric.observe().refusals().orElseThrow().stream()
        .filter(r -> r.kind() == kind && r.port().equals(vm.port()))
        .filter(r -> address.equals(r.address()))
        .mapToLong(Observed.Refusal::packets)
        .sum();
  }

  /** Does something and waits until the fabric calls for a sync; then does that. */
  protected List<String> repairAfter(Action foreign, Desired desired) throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    fabric.onForeignChange(called::countDown);
    foreign.run();
    assertThat(called.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("noticed").isTrue();
    return fabric.sync(desired);
  }

  /** Something done to the fabric by others. */
  protected interface Action {
    void run() throws Exception;
  }
}
