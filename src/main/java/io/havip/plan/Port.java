package io.havip.plan;

import io.havip.id.NicId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fabric's end of a NIC and what the NIC may send from, VIPs apart.
 *
 * @param segment the number of the segment that it is on
 * @param name the interface's name on the host
 * @param gateway whether a router is behind it, see {@link Nic#gateway}
 */
public record Port(
    NicId id,
    int segment,
    String name,
    MacAddress mac,
    @Nullable Ipv4Address address,
    List<Cidr> allowedSources,
    boolean gateway) {
  public Port {
    allowedSources = List.copyOf(allowedSources);
  }

  /** The port of a VM that is no router. */
  public Port(
      NicId id,
      int segment,
      String name,
      MacAddress mac,
      @Nullable Ipv4Address address,
      List<Cidr> allowedSources) {
    this(id, segment, name, mac, address, allowedSources, false);
  }

  /**
   * The port of a NIC.
   *
   * @param network the NIC's network
   */
  public static Port of(Nic nic, Network network) {
    return new Port(
        nic.id(),
        network.segment(),
        nic.port(),
        nic.mac(),
        nic.address(),
        nic.allowedSources(),
        nic.gateway());
  }
}
