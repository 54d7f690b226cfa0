package io.havip.plan;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.time.Duration;
import java.util.List;

/**
 * What {@code havip agent} has heard VMs say on a host until now. It tells what was said, not
 * whether that was allowed. Of a port that is not among these nothing is known.
 *
 * @param chassis the host, as OVN knows it
 * @param ports all at which the agent listens, each once
 */
public record ChassisReport(String chassis, List<Port> ports) {
  public ChassisReport {
    ports = List.copyOf(ports);
  }

  /**
   * What came out of one VM's NIC, the last of each kind.
   *
   * @param name of the logical port
   * @param arps each with another pair of MAC and address
   * @param adverts each from another sender or with another VRID
   */
  public record Port(String name, List<Arp> arps, List<Advert> adverts) {
    public Port {
      arps = List.copyOf(arps);
      adverts = List.copyOf(adverts);
    }
  }

  /** Something that was said. */
  public sealed interface Said {
    MacAddress mac();

    /** How often so far; a smaller number than before means that counting began anew. */
    long count();

    /** How long before the report was sent the last came. */
    Duration ago();
  }

  /**
   * ARP that says that an address is at a MAC: requests and replies alike.
   *
   * @param mac that the packet names as its sender
   */
  public record Arp(MacAddress mac, Ipv4Address address, long count, Duration ago)
      implements Said {}

  /**
   * An advertisement (RFC 9568, section 5.2), as the last was.
   *
   * @param mac from which the frame came
   * @param source from which the packet came
   * @param interval between advertisements, as the sender says
   */
  public record Advert(
      MacAddress mac,
      Ipv4Address source,
      int virtualRouterId,
      int priority,
      Duration interval,
      List<Ipv4Address> addresses,
      long count,
      Duration ago)
      implements Said {
    public Advert {
      addresses = List.copyOf(addresses);
    }
  }
}
