package io.havip.fabric.ovn;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Parts of the matches of access-control lists: ovn-sb(5), Logical_Flow. */
final class Matches {
  private static final int BITS = 48;

  private Matches() {}

  /** A field that holds a port is one of these. */
  static String isOneOf(String field, Collection<String> names) {
    return names.stream()
        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(", ", field + " == {", "}"));
  }

  /** A field that holds an address is one of these. */
  static String isAnyOf(String field, Collection<String> addresses) {
    return addresses.stream().sorted().collect(Collectors.joining(", ", field + " == {", "}"));
  }

  /**
   * An ARP or IP packet is from one of these addresses.
   *
   * @param addresses an address, or the name of a set of them
   */
  static String isFrom(String addresses) {
    return "(arp.spa == %1$s || ip4.src == %1$s)".formatted(addresses);
  }

  /**
   * The same, unless a sender is permitted.
   *
   * @param inArp the MAC addresses whose ARP packets may be from the address
   * @param inIp those whose IP packets may be
   */
  static String isFrom(Ipv4Address address, Set<MacAddress> inArp, Set<MacAddress> inIp) {
    return "((arp.spa == %1$s%2$s) || (ip4.src == %1$s%3$s))"
        .formatted(address, andNoneOf("arp.sha", inArp), andNoneOf("eth.src", inIp));
  }

  /** What follows a condition that holds for all MAC addresses but these. */
  static String andNoneOf(String field, Set<MacAddress> macs) {
    return macs.isEmpty() ? "" : " && " + isNoneOf(field, macs);
  }

  /**
   * A field is none of these MAC addresses. For two and more OVN would make a flow of each
   * combination of bits in which it may differ from each of them, thousands for three; so the match
   * names the blocks of addresses that lie between them instead, at most 48 for each.
   */
  private static String isNoneOf(String field, Set<MacAddress> macs) {
    if (macs.size() == 1) {
      return field + " != " + macs.iterator().next();
    }
    Set<String> blocks = new TreeSet<>();
    for (MacAddress mac : macs) {
      for (int bit = 0; bit < BITS; bit++) {
        long mask = (1L << BITS) - (1L << bit);
        long block = (mac.bits() ^ (1L << bit)) & mask;
        if (macs.stream().noneMatch(it -> (it.bits() & mask) == block)) {
          blocks.add(new MacAddress(block) + "/" + new MacAddress(mask));
        }
      }
    }
    return isAnyOf(field, blocks);
  }
}
