package io.havip.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.Nic;
import io.havip.inventory.Subnet;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** After any changes it is as if all had been taken anew. */
class InventoryTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");
  private static final AccountId ACCOUNT = new AccountId("account-" + tail(1));
  private static final VpcId VPC = new VpcId("vpc-" + tail(1));
  private static final int NETWORKS = 2;
  private static final int NICS = 6;
  private static final int VIPS = 5;

  private final Map<Integer, Network> networks = new TreeMap<>();
  private final Map<Integer, Nic> nics = new TreeMap<>();
  private final Map<Integer, Vip> vips = new TreeMap<>();
  private final Set<Id> changed = new HashSet<>();

  @Property(tries = 200)
  void isAsIfTakenAnew(@ForAll long seed) {
    networks.clear();
    nics.clear();
    vips.clear();
    SplittableRandom random = new SplittableRandom(seed);
    Inventory inventory = Inventory.of(List.of(), List.of(), List.of());
    for (int round = 0; round < 30; round++) {
      changed.clear();
      IntStream.rangeClosed(0, random.nextInt(4)).forEach(_ -> change(random));
      inventory.replace(changed, only(networks, changed), only(nics, changed), only(vips, changed));
      assertThat(inventory)
          .as("seed %s", seed)
          .usingRecursiveComparison()
          .isEqualTo(Inventory.of(networks.values(), nics.values(), vips.values()));
    }
  }

  private static <T> List<T> only(Map<Integer, T> all, Set<Id> changed) {
    return all.values().stream().filter(it -> changed.contains(idOf(it))).toList();
  }

  private static Id idOf(Object thing) {
    return switch (thing) {
      case Network network -> network.id();
      case Nic nic -> nic.id();
      case Vip vip -> vip.id();
      default -> throw new AssertionError(thing);
    };
  }

  private void change(SplittableRandom random) {
    int network = random.nextInt(NETWORKS);
    boolean isUsed =
        nics.values().stream().anyMatch(nic -> nic.networkId().equals(networkId(network)))
            || vips.values().stream().anyMatch(vip -> vip.networkId().equals(networkId(network)));
    switch (random.nextInt(3)) {
      case 0 -> {
        changed.add(networkId(network));
        if (isUsed || random.nextBoolean()) {
          networks.put(network, network(network, random.nextInt(3)));
        } else {
          networks.remove(network);
        }
      }
      case 1 -> {
        int nic = random.nextInt(NICS);
        if (nics.remove(nic) == null && networks.containsKey(network)) {
          nics.put(nic, nic(nic, network, random.nextInt(20)));
        }
        changed.add(nicId(nic));
      }
      default -> {
        int vip = random.nextInt(VIPS);
        if ((vips.remove(vip) == null || random.nextBoolean()) && networks.containsKey(network)) {
          vips.put(vip, vip(vip, network, List.copyOf(nics.keySet()).subList(0, nics.size() / 2)));
        }
        changed.add(vipId(vip));
      }
    }
  }

  private static String tail(int number) {
    return "0".repeat(25) + number;
  }

  private static NetworkId networkId(int number) {
    return new NetworkId("subnet-" + tail(number));
  }

  private static NicId nicId(int number) {
    return new NicId("nic-" + tail(number));
  }

  private static VipId vipId(int number) {
    return new VipId("vip-" + tail(number));
  }

  /** Of a segment that stays; its uplink is one of few, or none. */
  private static Network network(int number, int uplink) {
    return new Subnet(
        networkId(number),
        ACCOUNT,
        VPC,
        number,
        "s",
        Cidr.parse("10.0.0.0/24"),
        null,
        List.of(),
        uplink == 0 ? null : "uplink" + number + uplink,
        null,
        Enforcement.ENFORCE,
        NetworkPolicy.DEFAULT,
        1,
        NOW,
        NOW);
  }

  /** Of a VM with others, at an address that is its own in the network, or without one. */
  private static Nic nic(int number, int network, int address) {
    return new Nic(
        nicId(number),
        new VmId("vm-" + tail(number / 2)),
        networkId(network),
        address == 0 ? null : Ipv4Address.ofLong(0x0a00_0000L + 20L * (number + 1) + address),
        new MacAddress(0x0200_0000_0000L + number),
        "p" + number,
        List.of(),
        false);
  }

  private static Vip vip(int number, int network, List<Integer> members) {
    return new Vip(
        vipId(number),
        ACCOUNT,
        "v",
        "",
        VipType.INTERNAL,
        VPC,
        networkId(network),
        Ipv4Address.ofLong(0x0a00_00f0L + number),
        null,
        members.stream()
            .map(nic -> new Binding(new VmId("vm-" + tail(nic)), nicId(nic), nicId(nic)))
            .toList(),
        VipState.AVAILABLE,
        null,
        1,
        1,
        1,
        NOW,
        NOW,
        NOW);
  }
}
