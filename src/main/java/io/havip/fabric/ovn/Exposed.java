package io.havip.fabric.ovn;

import io.havip.net.Ipv4Address;
import io.havip.plan.Port;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The ports of a segment that may send from more addresses than their NICs' own and their VIPs':
 * ports with {@code allowedSources}, routers' ports, LVS real servers' ports, and ports of another
 * owner who lets them send from more. Port security cannot keep these from the addresses of others,
 * so access-control lists do. All other ports need none.
 *
 * @param ports sorted by name
 * @param others the addresses of the NICs at the segment's other ports; empty where they are not
 *     asked for
 */
record Exposed(List<Port> ports, Set<Ipv4Address> others) {
  Exposed {
    ports = List.copyOf(ports);
    others = Set.copyOf(others);
  }

  boolean isNone() {
    return ports.isEmpty();
  }

  boolean has(String port) {
    return ports.stream().anyMatch(it -> it.name().equals(port));
  }

  /** Ports of routers. */
  List<Port> gateways() {
    return ports.stream().filter(Port::gateway).toList();
  }

  /** Ports of VMs that are no routers. */
  List<Port> guests() {
    return ports.stream().filter(port -> !port.gateway()).toList();
  }

  static List<String> names(List<Port> ports) {
    return ports.stream().map(Port::name).toList();
  }

  static Set<String> addresses(List<Port> ports) {
    Set<String> addresses = new TreeSet<>();
    ports.stream()
        .map(Port::address)
        .filter(Objects::nonNull)
        .forEach(address -> addresses.add(address.toString()));
    return addresses;
  }
}
