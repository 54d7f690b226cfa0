package io.havip.plan;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;

/**
 * Somebody said, when asked, that an address is theirs.
 *
 * @param segment the number of the segment on which they said it
 * @param port through which they said it
 */
public record Answer(int segment, Ipv4Address address, String port, MacAddress mac) {
  /**
   * Whether another host than the NIC has the NIC's address. A NIC whose VM moved to another host
   * answers with its own MAC address from elsewhere, which is no conflict.
   */
  public boolean contests(AskedAddress asked, MacAddress own) {
    return segment == asked.segment() && address.equals(asked.address()) && !mac.equals(own);
  }

  /** Whether this is about a grant's address, and not by one of its members. */
  public boolean contests(Grant grant) {
    return segment == grant.segment()
        && address.equals(grant.address())
        && grant.members().stream().noneMatch(m -> m.isAt(port, mac));
  }
}
