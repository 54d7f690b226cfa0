package io.havip.plan;

import io.havip.id.NetworkId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import org.jspecify.annotations.Nullable;

/**
 * A layer-2 segment.
 *
 * @param number 1 to 65535; names the segment where the fabric has no room for an id
 * @param uplink an interface of the host that joins it to what is outside: a bridge, which then is
 *     the segment, or another, which becomes a trusted port of it
 * @param logicalSwitch a switch of somebody else's in OVN, which then is the segment
 * @param enforcement whether what is refused is dropped
 * @param gateway the gateway's address, which is protected like a VIP
 * @param joined whether something outside HAVIP is on the segment, see {@link Network#isJoined}
 * @param cidr the network's addresses; null where they are not known
 */
public record Segment(
    NetworkId id,
    int number,
    @Nullable String uplink,
    @Nullable String logicalSwitch,
    Enforcement enforcement,
    @Nullable Ipv4Address gateway,
    boolean joined,
    NetworkPolicy policy,
    @Nullable Cidr cidr) {
  /** A segment of which the CIDR is not known. */
  public Segment(
      NetworkId id,
      int number,
      @Nullable String uplink,
      @Nullable String logicalSwitch,
      Enforcement enforcement,
      @Nullable Ipv4Address gateway,
      boolean joined,
      NetworkPolicy policy) {
    this(id, number, uplink, logicalSwitch, enforcement, gateway, joined, policy, null);
  }

  /** A segment without a gateway, with the default policy. */
  public Segment(
      NetworkId id,
      int number,
      @Nullable String uplink,
      @Nullable String logicalSwitch,
      Enforcement enforcement) {
    this(
        id,
        number,
        uplink,
        logicalSwitch,
        enforcement,
        null,
        id.isExternal() || uplink != null || logicalSwitch != null,
        NetworkPolicy.DEFAULT);
  }

  public static Segment of(Network network) {
    return new Segment(
        network.id(),
        network.segment(),
        network.uplink(),
        network.logicalSwitch(),
        network.enforcement(),
        network.gateway(),
        network.isJoined(),
        network.policy(),
        network.cidr());
  }
}
