package io.havip.bench;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.linux.LinuxFabric;
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
  private static final int WARM_UP = 100;
  private static final int SEGMENT = 7;

  /** Of a VIP with two members: itself twice, and for each a source, an exit and an advertiser. */
  private static final int ELEMENTS_PER_VIP = 8;

  private static final Segment NETWORK =
      new Segment(new NetworkId(id("subnet", 1)), SEGMENT, null, Enforcement.ENFORCE);

  private BindBench() {}

  public static void main(String[] arguments) throws FabricException {
    List<Double> medians = new ArrayList<>();
    try (Fabric fabric = LinuxFabric.open()) {
      // Forth and back, so that a machine that changes its pace is seen.
      for (int elements : List.of(1_000, 1_000, 100_000, 1_000, 100_000)) {
        medians.add(measure(fabric, elements));
      }
    }
    double few = (medians.get(1) + medians.get(3)) / 2;
    double many = (medians.get(2) + medians.get(4)) / 2;
    System.out.printf(
        Locale.ROOT,
        "| %.2f, %.2f | %.2f, %.2f | %.2f |%n",
        medians.get(1),
        medians.get(3),
        medians.get(2),
        medians.get(4),
        many / few);
  }

  /** The median of binds and unbinds, in ms. */
  private static double measure(Fabric fabric, int elements) throws FabricException {
    Map<NicId, Port> ports = new HashMap<>();
    for (int number = 1; number <= 3; number++) {
      NicId nic = new NicId(id("nic", number));
      ports.put(
          nic,
          new Port(
              nic,
              SEGMENT,
              "p-vm" + number,
              mac(number),
              Ipv4Address.ofLong(0x0a00_0000L + number),
              List.of()));
    }
    Map<VipId, Grant> grants = new HashMap<>();
    for (int number = 1; number <= elements / ELEMENTS_PER_VIP; number++) {
      Grant grant = grant(number, 2);
      grants.put(grant.id(), grant);
    }
    fabric.sync(new Desired(Map.of(NETWORK.id(), NETWORK), ports, grants));

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
    return prefix + "-" + "0".repeat(26 - Integer.toString(number).length()) + number;
  }
}
