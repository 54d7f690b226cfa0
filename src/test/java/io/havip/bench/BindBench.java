package io.havip.bench;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How long the fabric takes to bind a VM to a VIP and to unbind it, with few and with many elements
 * in its nftables sets.
 */
public final class BindBench {
  private static final int ROUNDS = 300;
  private static final int WARM_UP = 500;
  private static final int SEGMENT = 7;
  private static final int STEP = 100;

  /** Of a VIP with two members: itself twice, and for each a source, an exit and an advertiser. */
  private static final int ELEMENTS_PER_VIP = 8;

  private static final Segment NETWORK =
      new Segment(new NetworkId(id("subnet", 1)), SEGMENT, null, null, Enforcement.ENFORCE);

  private BindBench() {}

  public static void main(String[] arguments) throws FabricException {
    List<Double> medians = new ArrayList<>();
    try (Fabric fabric = LinuxFabric.open()) {
      fabric.sync(new Desired(Map.of(NETWORK.id(), NETWORK), ports(), Map.of()));
      int vips = 0;
      // Forth and back, so that a machine that changes its pace is seen.
      for (int elements : List.of(1_000, 100_000, 1_000, 100_000)) {
        int wanted = elements / ELEMENTS_PER_VIP;
        while (vips != wanted) {
          // A sandbox has no room for all of them in one transaction.
          int next = Math.clamp(wanted, vips - STEP, vips + STEP);
          fill(fabric, vips, next);
          vips = next;
        }
        medians.add(measure(fabric));
      }
    }
    double few = (medians.get(0) + medians.get(2)) / 2;
    double many = (medians.get(1) + medians.get(3)) / 2;
    System.out.printf(
        Locale.ROOT,
        "| %.2f, %.2f | %.2f, %.2f | %.2f |%n",
        medians.get(0),
        medians.get(2),
        medians.get(1),
        medians.get(3),
        many / few);
  }

  private static Map<NicId, Port> ports() {
    Map<NicId, Port> ports = new HashMap<>();
    for (int number = 1; number <= 3; number++) {
      NicId nic = new NicId(id("nic", number));
      Ipv4Address address = Ipv4Address.ofLong(0x0a00_0000L + number);
      ports.put(nic, new Port(nic, SEGMENT, "p-vm" + number, mac(number), address, List.of()));
    }
    return ports;
  }

  /** Grants more VIPs, or takes some away. */
  private static void fill(Fabric fabric, int from, int to) throws FabricException {
    Set<Id> changed = new HashSet<>();
    Map<VipId, Grant> grants = new HashMap<>();
    for (int number = Math.min(from, to) + 1; number <= Math.max(from, to); number++) {
      Grant grant = grant(number, 2);
      changed.add(grant.id());
      if (to > from) {
        grants.put(grant.id(), grant);
      }
    }
    fabric.apply(changed, new Desired(Map.of(), Map.of(), grants));
  }

  /** The median of binds and unbinds, in ms. */
  private static double measure(Fabric fabric) throws FabricException {
    List<Double> times = new ArrayList<>();
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
      for (int members : List.of(3, 2)) {
        Grant grant = grant(1 + round % 100, members);
        Desired desired = new Desired(Map.of(), Map.of(), Map.of(grant.id(), grant));
        long start = System.nanoTime();
        fabric.apply(Set.of(grant.id()), desired);
        if (round >= WARM_UP) {
          times.add((System.nanoTime() - start) / 1e6);
        }
      }
    }
    times.sort(null);
    return times.get(times.size() / 2);
  }

  private static Grant grant(int number, int members) {
    List<Grant.Member> granted = new ArrayList<>();
    for (int member = 1; member <= members; member++) {
      String port = "p-vm" + member;
      granted.add(new Grant.Member(port, mac(member), port, null));
    }
    Ipv4Address address = Ipv4Address.ofLong(0x0a00_0100L + number);
    return new Grant(new VipId(id("vip", number)), SEGMENT, address, granted);
  }

  private static MacAddress mac(int number) {
    return new MacAddress(0x0200_0000_0000L + number);
  }

  private static String id(String prefix, int number) {
    return prefix + String.format(Locale.ROOT, "-%026d", number);
  }
}
