package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.error.Refused;
import io.havip.fabric.PacketModel;
import io.havip.fabric.PacketModel.Kind;
import io.havip.fabric.PacketModel.Packet;
import io.havip.fabric.PacketModel.Rule;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.OtherTraffic;
import io.havip.inventory.Sharing;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The property that HAVIP exists for. For any sequence of requests of one account's members, on
 * every joined network and every network of another account:
 *
 * <ul>
 *   <li>No packet begins to pass at a port that is not the other account's, if its sender (Ethernet
 *       source, ARP sender, IP source, advertised address) is a MAC or an address of the other
 *       account, of the gateway, or of a host outside.
 *   <li>No packet that is the other account's, the gateway's or such a host's begins to be refused,
 *       or to leave elsewhere.
 * </ul>
 *
 * <p>An address that was free, and that is reserved for the one account now, is excepted. Bob is
 * the member; the other account is that of Alice, who administers the networks.
 */
class OthersPacketsTest {
  private static final int HISTORIES = 1500;
  private static final int OPERATIONS_MAX = 40;
  private static final MacAddress GATEWAY = MacAddress.parse("00:11:22:33:44:01");
  private static final MacAddress HOST = MacAddress.parse("00:11:22:33:44:02");

  /** The MAC address of a physical pair of routers with VRID 1. */
  private static final MacAddress ROUTERS = MacAddress.parse("00:00:5e:00:01:01");

  private static final Set<Rule> ALL = EnumSet.allOf(Rule.class);

  /** A packet whose fate changed. */
  private record Violation(String network, String port, Packet packet, String what) {}

  /** What a history led to. */
  private record Outcome(long seed, int granted, @Nullable Violation violation) {}

  @Test
  void aMemberNeverChangesHowOthersPacketsAreJudged() {
    long first = new SplittableRandom().nextLong();
    int granted = 0;
    for (int i = 0; i < HISTORIES; i++) {
      Outcome outcome = new History(first + i, ALL, null).play();
      assertThat(outcome.violation()).as("seed %dL", outcome.seed()).isNull();
      granted += outcome.granted();
    }
    System.out.printf(
        "%d histories, %d granted requests, seeds from %d%n", HISTORIES, granted, first);
    assertThat(granted).isGreaterThan(HISTORIES * 3);
  }

  /** A mistake that the property must find. */
  enum Mistake {
    /** A member's NIC has the gateway's MAC address. */
    MAC_OF_GATEWAY(null),
    /** A member's NIC has a VRRP MAC address. */
    MAC_OF_ROUTERS(null),
    /** The same where trusted ports would be refused for it. */
    ROUTERS_REFUSED(Rule.TRUSTED_MAC),
    /** A member's {@code allowedSources} has an address of a host outside. */
    SOURCES_OF_HOSTS(null),
    /** A member's {@code allowedSources} lets VIPs through. */
    SOURCES_OF_VIPS(Rule.ALLOWED_SOURCES),
    /** A member's {@code allowedSources} lets the gateway's address through. */
    SOURCES_OF_GATEWAY(Rule.GATEWAY),
    /** A member's VM gets others' unicast frames. */
    FRAMES_LEAVE(Rule.MAC_EXIT),
    /** A member's VM keeps others from taking their addresses. */
    PROBES(Rule.PROBE);

    private final @Nullable Rule without;

    Mistake(@Nullable Rule without) {
      this.without = without;
    }

    Set<Rule> rules() {
      EnumSet<Rule> rules = EnumSet.allOf(Rule.class);
      if (without != null) {
        rules.remove(without);
      }
      return rules;
    }

    MacAddress mac() {
      return switch (this) {
        case MAC_OF_GATEWAY -> GATEWAY;
        case MAC_OF_ROUTERS, ROUTERS_REFUSED -> ROUTERS;
        default -> MacAddress.parse("02:00:00:00:99:99");
      };
    }

    List<Cidr> sources() {
      return switch (this) {
        case SOURCES_OF_HOSTS, SOURCES_OF_VIPS, SOURCES_OF_GATEWAY ->
            List.of(Cidr.parse("0.0.0.0/0"));
        default -> List.of();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Mistake.class)
  void eachPlantedMistakeIsFound(Mistake mistake) {
    long seed = new SplittableRandom().nextLong();
    assertThat(new History(seed, mistake.rules(), mistake).play().violation())
        .as("seed %dL", seed)
        .isNotNull();
  }

  /** One history, from a furnished cloud on. */
  private static final class History {
    private final long seed;
    private final Set<Rule> rules;
    private final @Nullable Mistake mistake;
    private final SplittableRandom random;
    private final Cloud cloud = new Cloud();
    private final Vpc bobs;
    private final Network external;
    private int granted;

    History(long seed, Set<Rule> rules, @Nullable Mistake mistake) {
      this.seed = seed;
      this.rules = rules;
      this.mistake = mistake;
      random = new SplittableRandom(seed);
      external = open(cloud.external("192.0.2.0/27", "192.0.2.1"));
      Vpc alices = cloud.vpc(cloud.alice);
      bobs = cloud.vpc(cloud.bob);
      Network alicesSubnet = cloud.subnet(cloud.alice, alices, "10.0.100.0/28", "10.0.100.1");
      Network bobsSubnet = cloud.subnet(cloud.bob, bobs, "10.0.100.0/28", "10.0.100.1");
      List<Vm> vms = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        vms.add(cloud.vm(cloud.alice, alices, alicesSubnet));
        cloud.vm(cloud.bob, bobs, bobsSubnet);
      }
      cloud.vip(cloud.alice, alices, alicesSubnet, vms.get(0), vms.get(1));
      cloud.vip(cloud.alice, alices, alicesSubnet, vms.get(0), vms.get(2));
      cloud.vip(cloud.alice, alices, external, vms.get(0), vms.get(1));
      cloud.vip(cloud.bob, bobs, external);
    }

    /** An external network that enforces, knows its gateway, and is open to both accounts. */
    private Network open(Network network) {
      ExternalNetwork before = (ExternalNetwork) network;
      NetworkPolicy policy =
          new NetworkPolicy(
              GATEWAY, List.of(), List.of(), false, List.of(), OtherTraffic.DROP, false);
      ExternalNetwork after =
          before.with(before.name(), Enforcement.ENFORCE, policy, Sharing.WITH_ALL, cloud.now);
      cloud.world = cloud.world.apply(List.of(new Change.PutNetwork(after)));
      return after;
    }

    Outcome play() {
      int operations = 1 + random.nextInt(OPERATIONS_MAX);
      for (int i = 0; i < operations; i++) {
        // First, while what the mistake needs is there for certain.
        Violation violation = step(i == 0 ? mistake : null);
        if (violation != null) {
          return new Outcome(seed, granted, violation);
        }
      }
      return new Outcome(seed, granted, null);
    }

    private @Nullable Violation step(@Nullable Mistake planted) {
      World before = cloud.world;
      cloud.lastCaller = null;
      try {
        if (planted != null) {
          plant(planted);
        } else if (random.nextInt(2) == 0) {
          hostileRequest();
        } else {
          new Operation(any(List.of(Operation.Kind.values())), random.nextLong()).on(cloud);
        }
      } catch (Refused _) {
        return null;
      }
      if (!cloud.bob.equals(cloud.lastCaller)) {
        return null;
      }
      granted++;
      return compare(before, cloud.world);
    }

    /** Adds a NIC to one of Bob's VMs, past all decisions. */
    private void plant(Mistake mistake) {
      Vm vm = cloud.vm(cloud.bob, bobs);
      Nic nic =
          new Nic(
              cloud.ids.nic(),
              vm.id(),
              external.id(),
              null,
              mistake.mac(),
              "planted",
              mistake.sources(),
              false);
      cloud.world = cloud.world.apply(List.of(new Change.AddNic(nic)));
    }

    /** Bob asks for what would harm Alice, the gateway or a host outside. */
    private void hostileRequest() {
      Network network = any(cloud.world.networks());
      List<MacAddress> macs = new ArrayList<>(List.of(GATEWAY, HOST, ROUTERS));
      cloud.world.nics().forEach(nic -> macs.add(nic.mac()));
      List<Ipv4Address> addresses = new ArrayList<>();
      cloud.world.vips().forEach(vip -> addresses.add(vip.address()));
      cloud
          .world
          .nics()
          .forEach(
              nic -> addresses.addAll(nic.address() == null ? List.of() : List.of(nic.address())));
      addresses.add(host(network));
      if (network.gateway() != null) {
        addresses.add(network.gateway());
      }
      Cidr one = Cidr.parse(any(addresses) + "/32");
      Command.NewNic nic =
          new Command.NewNic(
              network.id(),
              random.nextInt(3) == 0 ? any(addresses) : null,
              random.nextInt(2) == 0 ? any(macs) : null,
              null,
              random.nextInt(2) == 0
                  ? List.of(random.nextInt(2) == 0 ? one : Cidr.parse("0.0.0.0/0"))
                  : List.of());
      cloud.as(
          cloud.bob,
          (now, context) ->
              InventoryDecisions.createVm(
                  now,
                  new Command.CreateVm("hostile", bobs.id(), VmState.RUNNING, List.of(nic)),
                  context));
    }

    private <T> T any(List<T> some) {
      return some.get(random.nextInt(some.size()));
    }

    private @Nullable Violation compare(World before, World after) {
      PacketModel modelBefore = new PacketModel(desired(before), rules);
      PacketModel modelAfter = new PacketModel(desired(after), rules);
      for (Network network : before.networks()) {
        boolean concerns = network.isJoined() || !isBobs(network);
        if (!concerns || network.enforcement() == Enforcement.OBSERVE) {
          continue;
        }
        Network now = after.network(network.id()).orElse(null);
        if (now == null) {
          continue;
        }
        Side side = new Side(network, before, after);
        Segment then = Segment.of(network);
        Segment later = Segment.of(now);
        for (String port : side.strangers) {
          for (Packet packet : side.thefts(port)) {
            if (modelAfter.passes(later, port, packet) && !modelBefore.passes(then, port, packet)) {
              return new Violation(network.toString(), port, packet, "begins to pass");
            }
          }
        }
        for (Map.Entry<String, List<Packet>> own : side.own().entrySet()) {
          for (Packet packet : own.getValue()) {
            if (!modelBefore.passes(then, own.getKey(), packet)) {
              continue;
            }
            if (!modelAfter.passes(later, own.getKey(), packet)) {
              return new Violation(network.toString(), own.getKey(), packet, "is refused");
            }
            Set<String> exitsBefore = side.counted(packet, modelBefore.exits(then, packet));
            Set<String> exitsAfter = side.counted(packet, modelAfter.exits(later, packet));
            if (!exitsBefore.equals(exitsAfter)) {
              return new Violation(
                  network.toString(),
                  own.getKey(),
                  packet,
                  "left through " + exitsBefore + " and leaves through " + exitsAfter);
            }
          }
        }
      }
      return null;
    }

    private boolean isBobs(Network network) {
      return network instanceof Subnet subnet && subnet.accountId().equals(cloud.bob.accountId());
    }

    /** The last address of a network: that of a host outside. */
    private static Ipv4Address host(Network network) {
      return Ipv4Address.ofLong(network.cidr().broadcast().toLong() - 1);
    }

    /** Whose packets are on a network. */
    private final class Side {
      private final Network network;
      private final Set<String> strangers = new LinkedHashSet<>();

      /** The ports of strangers, gone ones included. */
      private final Set<String> everStrangers = new HashSet<>();

      private final List<Nic> nics = new ArrayList<>();
      private final List<Vip> vips = new ArrayList<>();
      private final Map<String, MacAddress> macs = new HashMap<>();
      private final Set<Ipv4Address> bobsAddresses = new HashSet<>();
      private final Set<MacAddress> taken = new HashSet<>();

      Side(Network network, World before, World after) {
        this.network = network;
        for (Nic nic : before.nics()) {
          if (nic.networkId().equals(network.id())) {
            taken.add(nic.mac());
          }
          if (nic.networkId().equals(network.id()) && !isBobs(before, nic)) {
            nics.add(nic);
          }
        }
        before.vips().stream()
            .filter(vip -> vip.networkId().equals(network.id()))
            .filter(vip -> !vip.accountId().equals(cloud.bob.accountId()))
            .filter(vip -> vip.state() != VipState.DELETING)
            .forEach(vips::add);
        for (Nic nic : after.nics()) {
          if (nic.networkId().equals(network.id()) && isBobs(after, nic)) {
            strangers.add(nic.port());
            macs.put(nic.port(), nic.mac());
          }
        }
        for (World world : List.of(before, after)) {
          world.nics().stream()
              .filter(nic -> nic.networkId().equals(network.id()) && isBobs(world, nic))
              .peek(nic -> everStrangers.add(nic.port()))
              .map(Nic::address)
              .filter(address -> address != null)
              .forEach(bobsAddresses::add);
          world.vips().stream()
              .filter(vip -> vip.networkId().equals(network.id()))
              .filter(vip -> vip.accountId().equals(cloud.bob.accountId()))
              .map(Vip::address)
              .forEach(bobsAddresses::add);
        }
      }

      private boolean isBobs(World world, Nic nic) {
        return world.vm(nic.vmId()).orElseThrow().accountId().equals(cloud.bob.accountId());
      }

      private Set<Ipv4Address> addresses() {
        Set<Ipv4Address> addresses = new LinkedHashSet<>();
        nics.stream().map(Nic::address).filter(it -> it != null).forEach(addresses::add);
        vips.forEach(vip -> addresses.add(vip.address()));
        if (network.gateway() != null) {
          addresses.add(network.gateway());
        }
        if (network.isJoined()) {
          addresses.add(host(network));
        }
        addresses.removeAll(bobsAddresses);
        return addresses;
      }

      private List<MacAddress> othersMacs() {
        Stream<MacAddress> outside =
            network.isJoined() ? Stream.of(GATEWAY, HOST, ROUTERS) : Stream.of();
        return Stream.concat(nics.stream().map(Nic::mac), outside).toList();
      }

      /** What a stranger's port must not begin to send. */
      private List<Packet> thefts(String port) {
        List<Packet> packets = new ArrayList<>();
        MacAddress own = Objects.requireNonNull(macs.get(port));
        Ipv4Address free = Ipv4Address.ofLong(network.cidr().network().toLong() + 7);
        for (Ipv4Address address : addresses()) {
          for (Kind kind : List.of(Kind.ARP, Kind.IP)) {
            packets.add(new Packet(kind, own, null, address, free, List.of()));
          }
          // HAVIP does not know the hosts outside, so a VM may ask for their addresses.
          if (!address.equals(host(network))) {
            Ipv4Address zero = Ipv4Address.ofLong(0);
            packets.add(new Packet(Kind.ARP_PROBE, own, null, zero, address, List.of()));
          }
          bobsAddresses.forEach(
              from -> packets.add(new Packet(Kind.VRRP, own, null, from, free, List.of(address))));
        }
        for (MacAddress mac : othersMacs()) {
          Set<Ipv4Address> senders = new LinkedHashSet<>(bobsAddresses);
          senders.addAll(addresses());
          for (Ipv4Address sender : senders) {
            packets.add(new Packet(Kind.ARP, mac, null, sender, free, List.of()));
            packets.add(new Packet(Kind.IP, mac, null, sender, free, List.of()));
          }
        }
        return packets;
      }

      /** By port, what others send. */
      private Map<String, List<Packet>> own() {
        List<MacAddress> destinations = othersMacs();
        Map<String, List<Packet>> own = new HashMap<>();
        for (Nic nic : nics) {
          Set<Ipv4Address> senders = new LinkedHashSet<>();
          if (nic.address() != null) {
            senders.add(nic.address());
          }
          List<Ipv4Address> advertised = new ArrayList<>();
          for (Vip vip : vips) {
            vip.binding(nic.vmId())
                .ifPresent(binding -> {
                  senders.add(vip.address());
                  if (binding.vrrpNicId().equals(nic.id())) {
                    advertised.add(vip.address());
                  }
                });
          }
          List<Packet> packets = new ArrayList<>();
          for (Ipv4Address sender : senders) {
            packets.add(new Packet(Kind.ARP, nic.mac(), null, sender, sender, List.of()));
            for (MacAddress to : destinations) {
              for (Ipv4Address target : addresses()) {
                packets.add(new Packet(Kind.IP, nic.mac(), to, sender, target, List.of()));
              }
            }
          }
          if (nic.address() != null) {
            for (Ipv4Address address : advertised) {
              packets.add(
                  new Packet(
                      Kind.VRRP, nic.mac(), null, nic.address(), nic.address(), List.of(address)));
            }
          }
          own.put(nic.port(), packets);
        }
        if (network.isJoined()) {
          own.put(PacketModel.TRUSTED, outside(destinations));
        }
        return own;
      }

      private List<Packet> outside(List<MacAddress> destinations) {
        List<Packet> packets = new ArrayList<>();
        Set<Ipv4Address> senders = new LinkedHashSet<>();
        if (network.gateway() != null) {
          senders.add(network.gateway());
        }
        senders.add(host(network));
        senders.removeAll(bobsAddresses);
        for (Ipv4Address sender : senders) {
          for (MacAddress mac : List.of(GATEWAY, HOST, ROUTERS)) {
            packets.add(new Packet(Kind.ARP, mac, null, sender, sender, List.of()));
            for (MacAddress to : destinations) {
              for (Ipv4Address target : addresses()) {
                packets.add(new Packet(Kind.IP, mac, to, sender, target, List.of()));
              }
            }
          }
        }
        return packets;
      }

      /**
       * The exits that count: a broadcast, or a MAC address that is no NIC's, may reach new VMs.
       */
      private Set<String> counted(Packet packet, Set<String> exits) {
        boolean isDirected =
            packet.kind() == Kind.VRRP
                || (packet.kind() == Kind.IP
                    && (nics.stream().anyMatch(nic -> nic.mac().equals(packet.destination()))
                        || vips.stream().anyMatch(vip -> vip.address().equals(packet.target()))));
        Set<String> counted = new HashSet<>(exits);
        if (!isDirected) {
          counted.removeAll(everStrangers);
        }
        return counted;
      }
    }

    private static Desired desired(World world) {
      Map<NetworkId, Segment> segments = new HashMap<>();
      world.networks().forEach(it -> segments.put(it.id(), Segment.of(it)));
      Map<NicId, Nic> nics = new HashMap<>();
      Map<NicId, Port> ports = new HashMap<>();
      for (Nic nic : world.nics()) {
        nics.put(nic.id(), nic);
        ports.put(nic.id(), Port.of(nic, world.network(nic.networkId()).orElseThrow()));
      }
      Map<VipId, Grant> grants = new HashMap<>();
      for (Vip vip : world.vips()) {
        List<Nic> senders =
            world.nics().stream().filter(nic -> nic.sendsFromVip().contains(vip.id())).toList();
        Grant.of(
                vip,
                world.network(vip.networkId()).orElseThrow(),
                world.virtualRouter(vip.id()),
                id -> Objects.requireNonNull(nics.get(id)),
                senders)
            .ifPresent(grant -> grants.put(vip.id(), grant));
      }
      return new Desired(segments, ports, grants);
    }
  }
}
