package io.havip.fabric.ovn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.demo.Ovn;
import io.havip.demo.Ovn.Chassis;
import io.havip.fabric.Fabric;
import io.havip.fabric.FabricContract;
import io.havip.fabric.FabricException;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.id.Id;
import io.havip.inventory.Enforcement;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.ovsdb.OvsdbServer;
import io.havip.ovsdb.Remote;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vip.Floating;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import io.havip.wire.Udp;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract with real OVN, on two chassis between which the VMs are spread; and what others do
 * to the northbound database, and what becomes of it.
 */
class OvnFabricIT extends FabricContract {
  private static final String PHYSICAL_NETWORK = "physnet";

  /** A router of the operator's, and the address that it translates. */
  private static final String ROUTER = "router";

  private static final MacAddress INNER_MAC = MacAddress.parse("02:00:0c:00:00:01");
  private static final MacAddress OUTER_MAC = MacAddress.parse("02:00:0c:00:00:02");
  private static final Ipv4Address FLOATING_ADDRESS = Ipv4Address.parse("203.0.113.100");

  @TempDir private static Path directory;
  private static @Nullable Ovn started;
  private final List<VirtualNic> plugged = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    OvsdbServer.assumeInstalled();
    started = Ovn.start(directory);
    started.layPhysicalNetwork(PHYSICAL_NETWORK);
  }

  @AfterAll
  static void end() throws Exception {
    if (started != null) {
      started.close();
    }
  }

  private static Ovn ovn() {
    return Objects.requireNonNull(started);
  }

  private static Fabric openAlone() {
    return OvnFabric.open(
        List.of(Remote.parse(ovn().northbound())), List.of(Remote.parse(ovn().southbound())), null);
  }

  @Override
  protected Fabric open() {
    Fabric fabric = openAlone();
    return (Fabric)
        Proxy.newProxyInstance(
            Fabric.class.getClassLoader(),
            new Class<?>[] {Fabric.class},
            (_, method, arguments) -> settled(fabric, method, arguments));
  }

  /**
   * Each chassis knows what it is told when a change is realised, but a moment later only where the
   * others have put their ports; a test sends its first frame after that.
   */
  private static @Nullable Object settled(
      Fabric fabric, Method method, @Nullable Object[] arguments) throws Throwable {
    try {
      return method.invoke(fabric, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (Set.of("sync", "apply").contains(method.getName())) {
        ovn().nbctl("--wait=hv", "sync");
      }
    }
  }

  private static Chassis chassisOf(int number) {
    return number % 2 == 1 ? Chassis.FIRST : Chassis.SECOND;
  }

  /** ovn-controller gets them as copies of packets, of which some are dropped when many come. */
  @Override
  protected boolean mayMissAClaim() {
    return true;
  }

  @Override
  protected VirtualNic plug(int number, Ipv4Address address) throws Exception {
    VirtualNic vm = LinuxLab.plug(number, address);
    ovn().plug(chassisOf(number), vm.port());
    plugged.add(vm);
    return vm;
  }

  @Override
  protected void unplug(VirtualNic vm) throws Exception {
    ovn().unplug(chassisOf(vm.number()), vm.port());
    plugged.remove(vm);
  }

  @AfterEach
  void clear() throws Exception {
    try (Fabric last = open()) {
      last.sync(Desired.NOTHING);
    }
    for (VirtualNic vm : plugged) {
      ovn().unplug(chassisOf(vm.number()), vm.port());
    }
    plugged.clear();
  }

  private void assertInForce() throws Exception {
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
  }

  @Test
  void whatOthersDeleteIsRepaired() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    fabric.sync(desired);
    assertInForce();
    String virtual = virtualPorts();
    String members = members(virtual);
    assertThat(repairAfter(() -> ovn().nbctl("lsp-del", vm1.port()), desired))
        .containsExactly(vm1.on(SEGMENT).id() + " was missing in OVN: port");
    assertThat(virtualPorts()).as("OVN keeps its holder").isEqualTo(virtual);
    assertThat(members(virtual)).as("northd computes its flows again").isNotEqualTo(members);
    assertInForce();
    assertThat(repairAfter(() -> ovn().nbctl("acl-del", segment(SEGMENT).id().value()), desired))
        .isNotEmpty();
    assertInForce();
    assertThat(fabric.sync(desired)).isEmpty();
  }

  @Test
  void whatOthersPermitIsForbiddenAgain() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    fabric.sync(desired);
    assertThat(repairAfter(() -> ovn().nbctl("lsp-set-port-security", vm3.port()), desired))
        .containsExactly(vm3.on(SEGMENT).id() + " was different in OVN: port");
    assertInForce();
  }

  @Test
  void whatOthersHaveIsLeftAlone() throws Exception {
    String theirs = "theirs";
    ovn().nbctl("ls-add", theirs);
    ovn().nbctl("lsp-add", theirs, vm3.port());
    ovn().nbctl("lsp-set-addresses", vm3.port(), "unknown");
    ovn().nbctl("acl-add", theirs, "to-lport", "7", "ip4", "drop");
    try {
      String before = ovn().nbctl("show", theirs) + ovn().nbctl("acl-list", theirs);
      fabric.sync(everybody(grant(1, VIP, vm1)));
      assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
      String ours = segment(SEGMENT).id().value();
      ovn().nbctl("lsp-add", ours, "their-port");

      fabric.sync(Desired.NOTHING);
      assertThat(ovn().nbctl("show", theirs) + ovn().nbctl("acl-list", theirs)).isEqualTo(before);
      assertThat(ovn().nbctl("lsp-list", ours)).as("it stays with it").contains("their-port");
      assertThat(ovn().nbctl("lsp-list", ours)).doesNotContain(vm1.port());
      assertThat(fabric.sync(Desired.NOTHING)).isEmpty();

      ovn().nbctl("lsp-del", "their-port");
      fabric.sync(Desired.NOTHING);
      assertThat(ovn().nbctl("ls-list")).doesNotContain(ours);
    } finally {
      ovn().nbctl("--if-exists", "lsp-del", "their-port");
      ovn().nbctl("ls-del", theirs);
    }
  }

  @Test
  void whoLedBeforeChangesNothingAnyMore() throws Exception {
    try (Fabric later = open()) {
      fabric.lead(1);
      fabric.sync(everybody(grant(1, VIP, vm1)));
      assertInForce();
      later.lead(2);
      assertThat(later.sync(everybody(grant(1, VIP, vm1)))).as("all was right").isEmpty();
      Grant late = grant(1, VIP, vm3);
      assertThatExceptionOfType(FabricException.class)
          .isThrownBy(() -> fabric.apply(Set.of(late.id()), desired(late)))
          .withMessageContaining("generation 2");
      assertThatExceptionOfType(FabricException.class)
          .isThrownBy(() -> fabric.sync(everybody(late)));
      assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
      assertThat(vm3.reaches(client, vm3.claim(VIP))).isFalse();
      assertThat(later.sync(everybody(grant(1, VIP, vm1)))).as("nothing was done").isEmpty();
    } finally {
      ovn().nbctl("remove", "NB_Global", ".", "external_ids", "havip-generation");
    }
  }

  @Test
  void nobodyButMembersIsHeardByMembersInVrrp() throws Exception {
    fabric.sync(everybody());
    assertThat(vm3.reaches(vm1, vm3.advert(VIP))).as("before anything is bound").isFalse();

    fabric.sync(everybody(grant(1, VIP, vm1, vm2), grant(2, OTHER_VIP, vm3)));
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isTrue();
    assertThat(vm3.reaches(vm1, vm3.advert(OTHER_VIP))).as("of another VIP").isFalse();
    for (byte[] fragment : client.advertInFragments(VIP)) {
      assertThat(client.reaches(vm1, fragment)).isFalse();
    }
    apply(grant(1, VIP, vm1));
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).as("bound no more").isFalse();
  }

  @Test
  void anExternalVipIsAdvertisedOverAnotherSegment() throws Exception {
    int external = SEGMENT + 1;
    // vm1 and vm3 are the NICs of one VM, vm2 and the client those of another.
    Grant grant =
        new Grant(
            grant(1, VIP).id(),
            external,
            VIP,
            List.of(
                new Grant.Member(vm1.port(), vm1.mac(), vm3.port(), null),
                new Grant.Member(vm2.port(), vm2.mac(), client.port(), null)));
    fabric.sync(
        desired(
            segment(SEGMENT),
            vm3.on(SEGMENT),
            client.on(SEGMENT),
            segment(external),
            withoutAddress(vm1.on(external)),
            withoutAddress(vm2.on(external)),
            grant));
    assertThat(vm3.reaches(client, vm3.advert(VIP))).isTrue();

    vm1.send(vm1.claim(VIP));
    vm2.receive(vm1.claim(VIP));
    awaitClaims(new Claim(external, VIP, vm1.port()));
    vm1.send(vm1.udp(vm1.address(), VIP, "not its own"));
    byte[] last = vm1.udp(VIP, vm2.address(), "its own");
    Optional<byte[]> first = Optional.empty();
    // OVS may drop what comes while it takes the flows that the claim made.
    for (int sent = 0; sent < 3 && first.isEmpty(); sent++) {
      vm1.send(last);
      first = vm2.socket().receive(Duration.ofSeconds(5));
    }
    assertThat(first).as("an address-less NIC sends from its VIP alone").hasValue(last);
  }

  @Test
  void anUplinkIsThePhysicalNetworkThatASwitchIsJoinedTo() throws Exception {
    VirtualNic gateway = LinuxLab.plug(5, Ipv4Address.parse("10.0.0.1"));
    ovn().plugOutside(Chassis.FIRST, gateway.port());
    plugged.add(gateway);
    Desired vms = everybody(grant(1, VIP, vm1, vm2));
    fabric.sync(
        new Desired(
            desired(segment(SEGMENT, PHYSICAL_NETWORK, Enforcement.ENFORCE)).segments(),
            vms.ports(),
            vms.grants()));
    // vm1 is on the first chassis, vm2 on the second: what they say to each other goes outside too.
    assertThat(vm2.reaches(gateway, vm2.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isTrue();
    assertThat(gateway.reaches(vm2, gateway.udp(gateway.address(), VIP, "to the VIP"))).isTrue();
    assertThat(vm1.reaches(vm2, vm1.udp(vm1.address(), VIP, "to the VIP"))).isTrue();

    assertThat(gateway.reaches(vm1, gateway.advert(VIP))).as("VRRP from outside").isFalse();
    assertThat(vm3.reaches(gateway, vm3.claim(VIP))).isFalse();
    assertThat(gateway.reaches(vm3, gateway.udp(gateway.address(), VIP, "to the VIP"))).isFalse();
  }

  private static Port withoutAddress(Port port) {
    return new Port(port.id(), port.segment(), port.name(), port.mac(), null, List.of());
  }

  @Test
  void whatAnotherServerWroteIsRealisedOnlyWhenNorthdHasDoneIt() throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1));
    try (Fabric one = openAlone();
        Fabric other = openAlone();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      other.sync(everybody()); // it led before
      ovn().kill(Ovn.Part.NORTHD);
      Future<List<String>> first;
      Future<List<String>> second;
      try {
        first = threads.submit(() -> one.sync(desired));
        await(() -> !virtualPorts().isEmpty());
        second = threads.submit(() -> other.sync(desired));
        assertThatThrownBy(() -> second.get(2, TimeUnit.SECONDS))
            .isInstanceOf(TimeoutException.class);
      } finally {
        ovn().restart(Ovn.Part.NORTHD);
      }
      assertThat(first.get()).isNotEmpty();
      assertThat(second.get()).isEmpty();
    }
  }

  private static String virtualPorts() throws Exception {
    return ovn()
        .nbctl("--bare", "--columns=name", "find", "Logical_Switch_Port", "type=virtual")
        .strip();
  }

  private static String members(String virtualPort) throws Exception {
    return ovn().nbctl("get", "Logical_Switch_Port", virtualPort, "external_ids:havip-members");
  }

  @Test
  void aVipMovesWhileTheNorthboundDatabaseAndNorthdAreDead() throws Exception {
    movesWhileTheseAreDead(Ovn.Part.NORTHBOUND, Ovn.Part.NORTHD);
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));
  }

  @Test
  void aVipMovesWhileTheSouthboundDatabaseIsDead() throws Exception {
    movesWhileTheseAreDead(Ovn.Part.SOUTHBOUND);
    awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));
  }

  @Test
  void aVipMovesWhileTheControllersAreDead() throws Exception {
    movesWhileTheseAreDead(Ovn.Part.FIRST_CONTROLLER, Ovn.Part.SECOND_CONTROLLER);
  }

  /** From vm1 on the first chassis to vm2 on the second. */
  private void movesWhileTheseAreDead(Ovn.Part... parts) throws Exception {
    Desired desired = everybody(grant(1, VIP, vm1, vm2));
    fabric.sync(desired);
    assertThat(vm1.reaches(client, vm1.claim(VIP))).isTrue();
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    for (Ovn.Part part : parts) {
      ovn().kill(part);
    }
    try {
      assertThat(vm2.reaches(client, vm2.claim(VIP))).as("its gratuitous ARP").isTrue();
      assertThat(client.reaches(vm2, udp(client, vm2.mac(), VIP))).as("traffic").isTrue();
      assertThat(vm3.reaches(client, vm3.claim(VIP))).as("a stranger").isFalse();
    } finally {
      for (Ovn.Part part : parts) {
        ovn().restart(part);
      }
      await(this::isConnected);
    }
    assertThat(fabric.sync(desired)).isEmpty();
  }

  private boolean isConnected() {
    try {
      fabric.observe();
      return true;
    } catch (FabricException _) {
      return false;
    }
  }

  private static byte[] udp(VirtualNic from, MacAddress to, Ipv4Address address) {
    return udp(from.mac(), from.address(), to, address, 64);
  }

  private static byte[] udp(
      MacAddress from, Ipv4Address source, MacAddress to, Ipv4Address destination, int hops) {
    Ipv4 header = new Ipv4(source, destination, Ipv4.UDP, hops, 0);
    return Ethernet.frame(to, from, Ethernet.IPV4, Udp.packet(header, 5000, 5000, new byte[] {1}));
  }

  @Test
  void theMacAddressOfTheVridIsForWhoMayUseIt() throws Exception {
    MacAddress shared = MacAddress.parse("00:00:5e:00:01:33");
    Grant.Member member =
        new Grant.Member(vm1.port(), vm1.mac(), vm1.port(), new Grant.Vmac(shared, vm1.address()));
    Grant grant = new Grant(grant(1, VIP).id(), SEGMENT, VIP, List.of(member, vm2.member()));
    fabric.sync(everybody(grant));
    assertThat(vm1.reaches(client, claimFrom(shared))).isTrue();
    assertThat(vm2.reaches(client, claimFrom(shared))).isFalse();
    awaitClaims(() -> vm1.send(claimFrom(shared)), new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(client.reaches(vm1, udp(client, shared, VIP))).isTrue();
  }

  @Test
  void aFloatingAddressLeadsToWhoeverHoldsTheVip() throws Exception {
    Segment outer = segment(SEGMENT + 1, PHYSICAL_NETWORK, Enforcement.ENFORCE);
    VirtualNic outside = LinuxLab.plug(6, Ipv4Address.parse("203.0.113.9"));
    ovn().plugOutside(chassisOf(outside.number()), outside.port());
    plugged.add(outside);
    Grant plain = grant(1, VIP, vm1, vm2);
    Floating floating = new Floating(outer.id(), FLOATING_ADDRESS);
    Grant grant = new Grant(plain.id(), SEGMENT, VIP, floating, plain.members());
    Desired desired = desired(segment(SEGMENT), outer, vm1.on(SEGMENT), vm2.on(SEGMENT), grant);
    fabric.sync(desired);
    assertThat(fabric.sync(desired)).as("while it waits for a router").isEmpty();
    assertThat(fabric.observe().obstacles()).containsOnlyKeys(grant.id());
    try {
      attachRouter(segment(SEGMENT).id(), outer.id());
      assertThat(fabric.sync(desired)).as("it had only waited").isEmpty();
      assertThat(fabric.observe().obstacles()).isEmpty();

      vm2.send(vm2.claim(VIP));
      awaitClaims(new Claim(SEGMENT, VIP, vm2.port()));
      assertTranslated(outside, vm2);
      vm1.send(vm1.claim(VIP));
      awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
      assertTranslated(outside, vm1);

      assertThat(repairAfter(() -> ovn().nbctl("lr-nat-del", ROUTER), desired))
          .containsExactly(plain.id() + " was different in OVN: floating");
      assertTranslated(outside, vm1);

      fabric.apply(Set.of(plain.id()), desired(plain));
      assertThat(ovn().nbctl("lr-nat-list", ROUTER)).isBlank();
    } finally {
      ovn().nbctl("--if-exists", "lr-del", ROUTER);
      ovn().nbctl("--if-exists", "lsp-del", "to-inner");
      ovn().nbctl("--if-exists", "lsp-del", "to-outer");
    }
  }

  /** As an operator would, with the gateway on the first chassis. */
  private static void attachRouter(Id inner, Id outer) throws Exception {
    ovn().nbctl("lr-add", ROUTER);
    ovn().nbctl("lrp-add", ROUTER, "inner", INNER_MAC.toString(), "10.0.0.1/24");
    ovn().nbctl("lrp-add", ROUTER, "outer", OUTER_MAC.toString(), "203.0.113.1/24");
    ovn().nbctl("lrp-set-gateway-chassis", "outer", Chassis.FIRST.ns());
    attach(inner, "inner");
    attach(outer, "outer");
    ovn().nbctl("--wait=hv", "sync");
  }

  private static void attach(Id network, String routerPort) throws Exception {
    String port = "to-" + routerPort;
    ovn().nbctl("lsp-add", network.value(), port);
    ovn().nbctl("lsp-set-type", port, "router");
    ovn().nbctl("lsp-set-addresses", port, "router");
    ovn().nbctl("lsp-set-options", port, "router-port=" + routerPort);
  }

  /** A question to the floating address arrives at the holder, and its answer comes from it. */
  private static void assertTranslated(VirtualNic outside, VirtualNic holder) throws Exception {
    Ipv4Address client = outside.address();
    outside.send(outside.claim(client)); // or the router would ask who that is
    assertComesOut(
        outside,
        udp(outside.mac(), client, OUTER_MAC, FLOATING_ADDRESS, 64),
        holder,
        udp(INNER_MAC, client, holder.mac(), VIP, 63));
    assertComesOut(
        holder,
        udp(holder.mac(), VIP, INNER_MAC, client, 64),
        outside,
        udp(OUTER_MAC, FLOATING_ADDRESS, outside.mac(), client, 63));
  }

  private static void assertComesOut(VirtualNic from, byte[] sent, VirtualNic at, byte[] expected)
      throws IOException {
    // OVS may drop what comes while it takes new flows.
    for (int i = 0; i < PATIENCE_SECONDS; i++) {
      from.send(sent);
      Optional<byte[]> next = at.socket().receive(Duration.ofSeconds(1));
      while (next.isPresent()) {
        if (Arrays.equals(next.get(), expected)) {
          return;
        }
        next = at.socket().receive(Duration.ofSeconds(1));
      }
    }
    throw new AssertionError("what " + from.port() + " sent did not come out at " + at.port());
  }

  private static byte[] claimFrom(MacAddress mac) {
    return Ethernet.frame(
        Ethernet.BROADCAST,
        mac,
        Ethernet.ARP,
        Arp.gratuitous(Arp.Operation.REQUEST, mac, VIP).toBytes());
  }
}
