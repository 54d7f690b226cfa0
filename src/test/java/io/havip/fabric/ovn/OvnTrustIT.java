package io.havip.fabric.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.id.Id;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vip.Floating;
import io.havip.vrrp.Advertisement;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks by VMs whose ports may send from addresses of others, in real OVN. Each attack stands
 * beside the same packet from the VM that owns the address, which passes.
 */
class OvnTrustIT extends OvnFixture {
  private static final String CLOUD = "cloud";
  private static final String ROUTER = "router";
  private static final MacAddress ROUTER_MAC = MacAddress.parse("02:00:0c:00:00:01");
  private static final Ipv4Address GATEWAY = Ipv4Address.parse("10.0.0.1");
  private static final Ipv4Address REMOTE = Ipv4Address.parse("198.51.100.7");
  private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");
  private static final String ANY = "0.0.0.0/0";

  /** Each attack is played on both. */
  enum Kind {
    /** A switch that HAVIP made. */
    OWN,
    /** A switch that another owner made, with access-control lists of its own. */
    ADOPTED
  }

  @BeforeEach
  void clean() throws Exception {
    assertThat(ovn().nbctl("ls-list")).isBlank();
  }

  @AfterEach
  void clear() throws Exception {
    ovn().nbctl("--if-exists", "lr-del", ROUTER);
    ovn().nbctl("--if-exists", "lsp-del", "to-router");
    try (Fabric last = open()) {
      last.sync(Desired.NOTHING);
    }
    for (String table : List.of("port_group", "address_set")) {
      assertThat(ovn().nbctl("list", table)).as("rows that HAVIP leaves behind").isBlank();
    }
    ovn().nbctl("--if-exists", "ls-del", CLOUD);
    unplugAll();
  }

  /** The network with a gateway; an adopted one is made first, with all VMs' ports. */
  private Segment network(Kind kind, @Nullable Ipv4Address gateway) throws Exception {
    return network(kind, gateway, NetworkPolicy.DEFAULT);
  }

  private Segment network(Kind kind, @Nullable Ipv4Address gateway, NetworkPolicy policy)
      throws Exception {
    boolean isAdopted = kind == Kind.ADOPTED;
    if (isAdopted) {
      ovn().nbctl("ls-add", CLOUD);
      ovn().nbctl("acl-add", CLOUD, "to-lport", "900", "udp.dst == 22", "drop");
      ovn().nbctl("acl-add", CLOUD, "to-lport", "800", "ip4", "allow-related");
      for (VirtualNic vm : plugged) {
        String own = vm.mac() + " " + vm.address();
        ovn().nbctl("lsp-add", CLOUD, vm.port(), "--", "lsp-set-addresses", vm.port(), own);
      }
      ovn().nbctl("--wait=hv", "sync");
    }
    return new Segment(
        segment(SEGMENT).id(),
        SEGMENT,
        null,
        isAdopted ? CLOUD : null,
        Enforcement.ENFORCE,
        gateway,
        isAdopted,
        policy);
  }

  private static Port router(VirtualNic vm) {
    Port plain = vm.on(SEGMENT);
    return new Port(
        plain.id(), SEGMENT, plain.name(), plain.mac(), plain.address(), List.of(), true);
  }

  private void sync(Object... parts) throws Exception {
    fabric.sync(desired(parts));
    ovn().nbctl("--wait=hv", "sync");
  }

  private void change(Object part, Id id) throws Exception {
    fabric.apply(Set.of(id), desired(part));
    ovn().nbctl("--wait=hv", "sync");
  }

  private static byte[] answer(VirtualNic from, Ipv4Address claimed, VirtualNic to) {
    return Ethernet.frame(
        to.mac(),
        from.mac(),
        Ethernet.ARP,
        new Arp(Arp.Operation.REPLY, from.mac(), claimed, to.mac(), to.address()).toBytes());
  }

  /** Neither ARP nor IP packets from an address pass. */
  private void assertRefused(VirtualNic thief, Ipv4Address address) throws Exception {
    assertThat(thief.reaches(client, thief.claim(address))).as("claim of " + address).isFalse();
    assertThat(thief.reaches(client, answer(thief, address, client)))
        .as("ARP answer from " + address)
        .isFalse();
    assertThat(thief.reaches(client, thief.udp(address, client.address(), "stolen")))
        .as("packet from " + address)
        .isFalse();
  }

  private void assertPasses(VirtualNic owner, Ipv4Address address) throws Exception {
    assertThat(owner.reaches(client, owner.claim(address))).as("claim of " + address).isTrue();
    assertThat(owner.reaches(client, owner.udp(address, client.address(), "own")))
        .as("packet from " + address)
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void allowedSourcesPermitNoAddressThatBelongsToAnother(Kind kind) throws Exception {
    Segment network = network(kind, null);
    Grant vip = grant(1, VIP, vm1);
    sync(network, vm1.on(SEGMENT), client.on(SEGMENT), vm3.on(SEGMENT, ANY), vip);
    assertPasses(vm1, VIP);
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertPasses(vm3, vm3.address());
    assertPasses(vm3, REMOTE);
    assertRefused(vm3, VIP);
    assertRefused(vm3, vm1.address());
    assertThat(fabric.observe().claims()).containsExactly(new Claim(SEGMENT, VIP, vm1.port()));

    assertPasses(vm3, OTHER_VIP);
    change(grant(2, OTHER_VIP, vm1), grant(2, OTHER_VIP).id());
    assertRefused(vm3, OTHER_VIP);
    assertPasses(vm1, OTHER_VIP);

    // OVN itself answers for the address of a port, so that no claim of it is flooded.
    assertThat(vm3.reaches(client, vm3.udp(vm2.address(), client.address(), "no NIC's"))).isTrue();
    change(vm2.on(SEGMENT), vm2.on(SEGMENT).id());
    assertRefused(vm3, vm2.address());
    assertPasses(vm2, vm2.address());
    assertPasses(vm3, REMOTE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void membersWithAllowedSourcesClaimTheirVipsAndNoOthers(Kind kind) throws Exception {
    Segment network = network(kind, null);
    sync(
        network,
        vm1.on(SEGMENT, ANY),
        vm2.on(SEGMENT, ANY),
        vm3.on(SEGMENT, ANY),
        client.on(SEGMENT, "10.0.0.0/24"),
        grant(1, VIP, vm1, vm2),
        grant(2, OTHER_VIP, vm3));
    for (VirtualNic member : List.of(vm1, vm2)) {
      assertPasses(member, VIP);
      assertRefused(member, OTHER_VIP);
    }
    assertPasses(vm3, OTHER_VIP);
    assertRefused(vm3, VIP);
    for (VirtualNic vm : List.of(vm1, vm2, vm3)) {
      assertPasses(vm, vm.address());
      assertRefused(vm, client.address());
    }
    assertRefused(vm1, vm2.address());
    assertRefused(vm2, vm3.address());

    change(grant(1, VIP, vm3), grant(1, VIP).id());
    assertRefused(vm1, VIP);
    assertPasses(vm3, VIP);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void onlyRouterVmsHaveTheGatewaysAddress(Kind kind) throws Exception {
    Segment network = network(kind, GATEWAY);
    sync(
        network,
        router(vm1),
        router(vm2),
        vm3.on(SEGMENT, ANY),
        client.on(SEGMENT),
        grant(1, VIP, client));
    assertPasses(vm1, GATEWAY);
    assertPasses(vm1, REMOTE);
    assertPasses(vm2, GATEWAY);
    assertRefused(vm3, GATEWAY);
    assertPasses(vm3, vm3.address());
    for (VirtualNic router : List.of(vm1, vm2)) {
      assertRefused(router, VIP);
      assertRefused(router, vm3.address());
    }
    assertThat(vm1.reaches(vm2, vm1.advert(GATEWAY))).as("VRRP between the routers").isTrue();
    assertThat(vm2.reaches(vm1, vm2.advert(GATEWAY))).isTrue();
    assertThat(vm3.reaches(vm1, vm3.advert(GATEWAY))).as("a guest's VRRP").isFalse();
    assertThat(client.reaches(vm1, client.advert(VIP))).as("a member's VRRP").isFalse();

    change(vm1.on(SEGMENT), vm1.on(SEGMENT).id());
    assertRefused(vm1, GATEWAY);
    assertRefused(vm1, REMOTE);
    assertPasses(vm2, GATEWAY);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anOvnRouterStaysTheGateway(Kind kind) throws Exception {
    Segment network = network(kind, GATEWAY);
    sync(network, vm1.on(SEGMENT), vm3.on(SEGMENT, ANY), client.on(SEGMENT), grant(1, VIP, vm1));
    String on = kind == Kind.ADOPTED ? CLOUD : network.id().value();
    ovn().nbctl("lr-add", ROUTER);
    ovn().nbctl("lrp-add", ROUTER, "inner", ROUTER_MAC.toString(), GATEWAY + "/24");
    ovn().nbctl("lsp-add", on, "to-router");
    ovn().nbctl("lsp-set-type", "to-router", "router");
    ovn().nbctl("lsp-set-addresses", "to-router", "router");
    ovn().nbctl("lsp-set-options", "to-router", "router-port=inner");
    ovn().nbctl("--wait=hv", "sync");
    assertRefused(vm3, GATEWAY);
    byte[] question =
        Ethernet.frame(
            Ethernet.BROADCAST,
            client.mac(),
            Ethernet.ARP,
            new Arp(
                    Arp.Operation.REQUEST,
                    client.mac(),
                    client.address(),
                    MacAddress.parse("00:00:00:00:00:00"),
                    GATEWAY)
                .toBytes());
    byte[] answer =
        Ethernet.frame(
            client.mac(),
            ROUTER_MAC,
            Ethernet.ARP,
            new Arp(Arp.Operation.REPLY, ROUTER_MAC, GATEWAY, client.mac(), client.address())
                .toBytes());
    client.send(question);
    client.receive(answer);
    assertPasses(vm1, VIP);
  }

  @Test
  void anOwnersListStillRefuses() throws Exception {
    Segment network = network(Kind.ADOPTED, GATEWAY);
    sync(network, router(vm1), vm2.on(SEGMENT, ANY), client.on(SEGMENT), grant(1, VIP, vm2));
    byte[] web = vm1.udp(GATEWAY, 5000, client.address(), 22, "refused by the owner");
    assertThat(vm1.reaches(client, web)).isFalse();
    assertThat(vm2.reaches(client, vm2.udp(VIP, 5000, client.address(), 22, "too"))).isFalse();
    assertThat(vm2.reaches(client, vm2.udp(VIP, 5000, client.address(), 23, "passes"))).isTrue();
    ovn().nbctl("acl-add", CLOUD, "from-lport", "1", "ip4.src == " + VIP, "drop");
    ovn().nbctl("--wait=hv", "sync");
    assertThat(vm2.reaches(client, vm2.udp(VIP, client.address(), "refused"))).isFalse();
  }

  @Test
  void aPortThatItsOwnerLeavesOpenTakesNothing() throws Exception {
    Segment network = network(Kind.ADOPTED, GATEWAY);
    ovn().nbctl("lsp-set-port-security", vm3.port(), vm3.mac().toString());
    ovn().nbctl("--wait=hv", "sync");
    Desired desired =
        desired(
            network,
            vm1.on(SEGMENT),
            vm2.on(SEGMENT),
            vm3.on(SEGMENT),
            client.on(SEGMENT),
            grant(1, VIP, vm1));
    fabric.sync(desired);
    ovn().nbctl("--wait=hv", "sync");
    assertPasses(vm3, REMOTE);
    assertPasses(vm1, VIP);
    for (Ipv4Address address : List.of(VIP, GATEWAY, vm1.address(), vm2.address())) {
      assertRefused(vm3, address);
    }
    assertRefused(vm2, VIP);

    repairAfter(
        () -> ovn().nbctl("lsp-set-port-security", vm2.port(), vm2.mac().toString()), desired);
    ovn().nbctl("--wait=hv", "sync");
    assertPasses(vm2, REMOTE);
    assertRefused(vm2, VIP);
    assertRefused(vm2, vm3.address());
    assertRefused(vm3, vm2.address());
    assertPasses(vm2, vm2.address());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aRealServerAnswersFromTheVipAndNeverClaimsIt(Kind kind) throws Exception {
    Segment network = network(kind, null);
    Grant plain = grant(1, VIP, vm1);
    Grant grant =
        new Grant(
            plain.id(),
            SEGMENT,
            VIP,
            null,
            plain.members(),
            Set.of(),
            List.of(new Grant.Sender(vm2.port(), vm2.mac())));
    sync(
        network, vm1.on(SEGMENT, ANY), vm2.on(SEGMENT), vm3.on(SEGMENT), client.on(SEGMENT), grant);
    assertPasses(vm1, VIP);
    awaitClaims(new Claim(SEGMENT, VIP, vm1.port()));
    assertThat(vm2.reaches(client, vm2.udp(VIP, client.address(), "an answer"))).isTrue();
    assertThat(vm2.reaches(client, vm2.claim(VIP))).isFalse();
    assertThat(vm2.reaches(client, answer(vm2, VIP, client))).isFalse();
    assertThat(vm2.reaches(vm1, vm2.advert(VIP))).isFalse();
    byte[] byVip =
        vm2.frame(
            new Ipv4(VIP, Advertisement.GROUP, Ipv4.VRRP, Advertisement.TIME_TO_LIVE, 7)
                .packet(vm2.advertisement(VIP)));
    assertThat(vm2.reaches(vm1, byVip)).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(VIP, client.address(), "stolen"))).isFalse();

    byte[] forwarded = vm1.udp(REMOTE, VIP, "by the director");
    System.arraycopy(vm2.mac().toBytes(), 0, forwarded, 0, 6);
    assertThat(vm1.reaches(vm2, forwarded)).as("by the director").isTrue();
    assertThat(fabric.observe().claims()).containsExactly(new Claim(SEGMENT, VIP, vm1.port()));

    change(plain, plain.id());
    assertThat(vm2.reaches(client, vm2.udp(VIP, client.address(), "no more"))).isFalse();
    assertPasses(vm1, VIP);
  }

  @Test
  void aFloatingAddressIsNobodysOnItsNetwork() throws Exception {
    int outer = SEGMENT + 1;
    Grant plain = grant(1, VIP);
    Floating floating = new Floating(segment(outer).id(), OTHER_VIP);
    sync(
        segment(SEGMENT),
        segment(outer),
        vm3.on(outer, ANY),
        client.on(outer),
        new Grant(plain.id(), SEGMENT, VIP, floating, List.of()));
    assertRefused(vm3, OTHER_VIP);
    assertPasses(vm3, VIP);
    change(plain, plain.id());
    assertPasses(vm3, OTHER_VIP);
  }

  @Test
  void onlyRouterVmsAnswerDhcp() throws Exception {
    Segment network = network(Kind.OWN, GATEWAY);
    sync(network, router(vm1), router(vm2), vm3.on(SEGMENT, ANY), client.on(SEGMENT));
    for (int source : new int[] {67, 68, 1067, 4011}) {
      for (VirtualNic server : List.of(vm1, vm2)) {
        byte[] offer = server.udp(server.address(), source, EVERYBODY, 68, "an offer");
        assertThat(server.reaches(client, offer)).as("a router's from " + source).isTrue();
      }
      byte[] offer = vm3.udp(vm3.address(), source, EVERYBODY, 68, "an offer");
      assertThat(vm3.reaches(client, offer)).as("another's from " + source).isFalse();
    }
    byte[] relayed = vm3.udp(vm3.address(), 67, client.address(), 67, "relayed");
    assertThat(vm3.reaches(client, relayed)).isTrue();
    byte[] request = vm3.udp(vm3.address(), 68, EVERYBODY, 67, "a request");
    assertThat(vm3.reaches(vm1, request)).isTrue();
  }

  private static byte[] ah(VirtualNic from, VirtualNic to, Ipv4Address destination) {
    byte[] header = new byte[24];
    header[0] = 112;
    header[1] = 4;
    byte[] advertisement = from.advertisement(VIP);
    byte[] payload = Arrays.copyOf(header, header.length + advertisement.length);
    System.arraycopy(advertisement, 0, payload, header.length, advertisement.length);
    return Ethernet.frame(
        destination.equals(to.address()) ? to.mac() : Ethernet.ofGroup(destination),
        from.mac(),
        Ethernet.IPV4,
        new Ipv4(from.address(), destination, 51, 255, 7).packet(payload));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void vrrpInAhReachesMembersFromMembersOnly(Kind kind) throws Exception {
    Segment network = network(kind, null);
    sync(
        network,
        vm1.on(SEGMENT),
        vm2.on(SEGMENT),
        vm3.on(SEGMENT),
        client.on(SEGMENT),
        grant(1, VIP, vm1, vm2));
    for (Ipv4Address to : List.of(Advertisement.GROUP, vm2.address())) {
      assertThat(vm1.reaches(vm2, ah(vm1, vm2, to))).isTrue();
      assertThat(vm3.reaches(vm2, ah(vm3, vm2, to))).isFalse();
    }
    assertThat(vm3.reaches(client, ah(vm3, client, client.address()))).as("IPsec").isTrue();
    assertThat(client.reaches(vm2, ah(client, vm2, vm2.address()))).isFalse();
  }

  @Test
  void ahOfVmsThatAreNoMembersIsASwitchOfTheNetwork() throws Exception {
    NetworkPolicy plain = NetworkPolicy.DEFAULT;
    NetworkPolicy without =
        new NetworkPolicy(
            plain.gatewayMac(),
            plain.reservedVrids(),
            plain.trustedPorts(),
            plain.judgesTrustedPorts(),
            plain.memberRanges(),
            plain.otherTraffic(),
            false);
    sync(network(Kind.OWN, null, without), vm1.on(SEGMENT), vm3.on(SEGMENT), client.on(SEGMENT));
    assertThat(vm3.reaches(client, ah(vm3, client, client.address()))).isFalse();
    assertThat(vm3.reaches(client, vm3.udp(vm3.address(), client.address(), "UDP"))).isTrue();
  }

  private static byte[] ipv6(VirtualNic from, int nextHeader, byte[] payload) {
    byte[] packet = new byte[40 + payload.length];
    packet[0] = 0x60;
    packet[5] = (byte) payload.length;
    packet[6] = (byte) nextHeader;
    packet[7] = (byte) 255;
    packet[8] = (byte) 0xfe;
    packet[9] = (byte) 0x80;
    packet[23] = (byte) from.number();
    packet[24] = (byte) 0xff;
    packet[25] = 2;
    packet[39] = 1;
    System.arraycopy(payload, 0, packet, 40, payload.length);
    return Ethernet.frame(MacAddress.parse("33:33:00:00:00:01"), from.mac(), 0x86dd, packet);
  }

  /** OVN's lists let router advertisements pass whatever they say, so nothing of IPv6 may. */
  @Test
  void otherTrafficIsDroppedAndToldWhereItShouldPass() throws Exception {
    NetworkPolicy plain = NetworkPolicy.DEFAULT;
    NetworkPolicy passing =
        new NetworkPolicy(
            plain.gatewayMac(),
            plain.reservedVrids(),
            plain.trustedPorts(),
            plain.judgesTrustedPorts(),
            plain.memberRanges(),
            OtherTraffic.PASS,
            plain.ipsec());
    byte[] udp = {0, 9, 0, 9, 0, 8, 0, 0};
    byte[] routerAdvertisement = new byte[16];
    routerAdvertisement[0] = (byte) 134;
    Segment network = network(Kind.OWN, null, passing);
    for (Segment one : List.of(network, network(Kind.OWN, null))) {
      sync(one, vm1.on(SEGMENT), vm3.on(SEGMENT), client.on(SEGMENT));
      assertThat(vm3.reaches(client, ipv6(vm3, 17, udp))).isFalse();
      assertThat(vm3.reaches(client, ipv6(vm3, 58, routerAdvertisement))).isFalse();
      for (int tag : new int[] {0, 5}) {
        byte[] inVlan = tagged(vm3.claim(vm3.address()), tag);
        assertThat(vm3.reaches(client, inVlan)).as("ARP in a VLAN").isFalse();
      }
      assertThat(fabric.observe().obstacles().containsKey(network.id()))
          .isEqualTo(one.equals(network));
    }
  }

  private static byte[] tagged(byte[] frame, int tag) {
    byte[] tagged = new byte[frame.length + 4];
    System.arraycopy(frame, 0, tagged, 0, 12);
    tagged[12] = (byte) 0x81;
    tagged[15] = (byte) tag;
    System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
    return tagged;
  }

  @Test
  void aMemberOfOneVipIsNotHeardByMembersOfAnother() throws Exception {
    Segment network = network(Kind.OWN, null);
    sync(
        network,
        vm1.on(SEGMENT),
        vm2.on(SEGMENT),
        vm3.on(SEGMENT),
        client.on(SEGMENT),
        grant(1, VIP, vm1, vm2),
        grant(2, OTHER_VIP, vm3, client));
    assertThat(vm3.reaches(client, vm3.advert(OTHER_VIP))).isTrue();
    assertThat(vm1.reaches(vm2, vm1.advert(VIP))).isTrue();
    for (Ipv4Address named : List.of(VIP, OTHER_VIP)) {
      assertThat(vm3.reaches(vm1, vm3.advert(named))).isFalse();
      assertThat(vm3.reaches(vm2, vm3.advert(named))).isFalse();
    }
  }

  @Test
  void groupsAndSetsAreRepairedAndGoWithTheNetwork() throws Exception {
    Segment network = network(Kind.OWN, GATEWAY);
    Desired desired =
        desired(
            network,
            vm1.on(SEGMENT),
            vm2.on(SEGMENT),
            vm3.on(SEGMENT, ANY),
            client.on(SEGMENT),
            grant(1, VIP, vm1));
    fabric.sync(desired);
    String id = network.id().value();
    for (String table : List.of("port_group", "address_set")) {
      String[] rows =
          ovn()
              .nbctl("--bare", "--columns=_uuid", "list", table)
              .lines()
              .filter(line -> !line.isBlank())
              .toArray(String[]::new);
      assertThat(rows).isNotEmpty();
      String content = table.equals("port_group") ? "ports" : "addresses";
      for (String row : rows) {
        assertThat(repairAfter(() -> ovn().nbctl("clear", table, row, content), desired))
            .allMatch(text -> text.startsWith(id + " was different in OVN: "))
            .isNotEmpty();
        ovn().nbctl("--wait=hv", "sync");
        assertRefused(vm3, vm2.address());
        assertRefused(vm3, GATEWAY);
        assertRefused(vm3, VIP);
        repairAfter(() -> ovn().nbctl("destroy", table, row), desired);
        ovn().nbctl("--wait=hv", "sync");
        assertRefused(vm3, vm2.address());
        assertRefused(vm3, GATEWAY);
        assertRefused(vm3, VIP);
      }
    }
    assertThat(fabric.sync(desired)).isEmpty();
    fabric.close();
    fabric = open();
    assertThat(fabric.sync(desired)).as("another server finds its rows").isEmpty();
    repairAfter(() -> ovn().nbctl("lsp-del", vm3.port()), desired);
    ovn().nbctl("--wait=hv", "sync");
    assertRefused(vm3, VIP);
    assertPasses(vm3, REMOTE);
  }

  @Test
  void aNicWithTheGatewaysMacAddressGetsNothingAndSendsNothing() throws Exception {
    NetworkPolicy plain = NetworkPolicy.DEFAULT;
    NetworkPolicy policy =
        new NetworkPolicy(
            vm3.mac(),
            plain.reservedVrids(),
            plain.trustedPorts(),
            plain.judgesTrustedPorts(),
            plain.memberRanges(),
            plain.otherTraffic(),
            plain.ipsec());
    byte[] toGateway = client.udp(client.address(), REMOTE, "for the gateway");
    System.arraycopy(vm3.mac().toBytes(), 0, toGateway, 0, 6);
    sync(network(Kind.OWN, GATEWAY), vm1.on(SEGMENT), vm3.on(SEGMENT), client.on(SEGMENT));
    assertThat(vm3.reaches(client, vm3.claim(vm3.address()))).as("without gatewayMac").isTrue();

    Segment network = network(Kind.OWN, GATEWAY, policy);
    sync(network, vm1.on(SEGMENT), vm3.on(SEGMENT), client.on(SEGMENT));
    assertThat(client.reaches(vm3, toGateway)).isFalse();
    vm3.send(vm3.claim(vm3.address()));
    assertThat(vm1.reaches(client, vm3.claim(vm3.address()))).isFalse();
    assertThat(fabric.observe().obstacles()).containsOnlyKeys(vm3.on(SEGMENT).id());

    sync(network, vm1.on(SEGMENT), router(vm3), client.on(SEGMENT));
    assertPasses(vm3, GATEWAY);
    assertThat(fabric.observe().obstacles()).isEmpty();
  }

  private static List<String> rows() throws Exception {
    List<String> all = new ArrayList<>();
    for (String table :
        List.of("ACL", "Logical_Switch_Port", "Port_Group", "Address_Set", "Logical_Switch")) {
      String list = ovn().nbctl("--format=csv", "--no-headings", "list", table);
      list.lines().forEach(line -> all.add(table + "," + line));
    }
    return all;
  }

  /** What a change makes different in the northbound database, by table. */
  private List<String> touchedBy(Action change) throws Exception {
    List<String> before = rows();
    change.run();
    List<String> after = rows();
    after.removeAll(before);
    return after.stream().map(row -> row.substring(0, row.indexOf(','))).sorted().toList();
  }

  @Test
  void aBindingChangesTheRowsOfItsVipAndItsMembersPortsOnly() throws Exception {
    List<Object> parts =
        new ArrayList<>(
            List.of(
                network(Kind.OWN, GATEWAY),
                vm1.on(SEGMENT, ANY),
                vm2.on(SEGMENT),
                vm3.on(SEGMENT, ANY),
                client.on(SEGMENT)));
    for (int number = 1; number <= 20; number++) {
      parts.add(grant(number, Ipv4Address.ofLong(VIP.toLong() + number), vm1, vm2));
    }
    sync(parts.toArray());
    Grant bound = grant(7, Ipv4Address.ofLong(VIP.toLong() + 7), vm2, vm3);
    assertThat(touchedBy(() -> change(bound, bound.id())))
        .as("the VIP's lists and virtual port, and the ports of the VMs bound and unbound")
        .containsExactly(
            "ACL",
            "ACL",
            "ACL",
            "ACL",
            "Logical_Switch_Port",
            "Logical_Switch_Port",
            "Logical_Switch_Port");
    assertThat(touchedBy(() -> change(client.on(SEGMENT, ANY), client.on(SEGMENT).id())))
        .as("its port, its list, the switch that names the list, both groups and the set")
        .containsExactly(
            "ACL",
            "Address_Set",
            "Logical_Switch",
            "Logical_Switch_Port",
            "Port_Group",
            "Port_Group");
  }
}
