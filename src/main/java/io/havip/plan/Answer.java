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
  /** Whether this is about a grant's address, and not by one of its members. */
  public boolean contests(Grant grant) {
    return segment == grant.segment()
        && address.equals(grant.address())
        && grant.members().stream().noneMatch(m -> m.isAt(port, mac));
  }
}
