package io.havip.inventory;

import io.havip.net.AddressRange;
import io.havip.net.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the packets of a network are judged beyond its addresses. On a joined network only an
 * administrator sets it.
 *
 * @param gatewayMac the gateway's MAC address; null where it is learnt at a trusted port
 * @param reservedVrids VRIDs, 1 to 255, that routers outside HAVIP use there; HAVIP gives none of
 *     them
 * @param trustedPorts on an adopted bridge, the interfaces that lead outside; at most 16
 * @param judgesTrustedPorts whether frames that come in through {@code trustedPorts} are judged as
 *     those of an uplink are
 * @param memberRanges where the fabric cannot ask on the wire, the addresses that HAVIP gives to
 *     members' NICs and VIPs; members get none where it is empty
 * @param otherTraffic frames that are neither ARP nor IPv4
 * @param ipsec whether VMs may exchange AH (IP protocol 51) that does not carry VRRP
 */
public record NetworkPolicy(
    @Nullable MacAddress gatewayMac,
    List<Integer> reservedVrids,
    List<String> trustedPorts,
    boolean judgesTrustedPorts,
    List<AddressRange> memberRanges,
    OtherTraffic otherTraffic,
    boolean ipsec) {
  /** The policy of a network for which none was set. */
  public static final NetworkPolicy DEFAULT =
      new NetworkPolicy(null, List.of(), List.of(), false, List.of(), OtherTraffic.DROP, true);

  public NetworkPolicy {
    reservedVrids = List.copyOf(reservedVrids);
    trustedPorts = List.copyOf(trustedPorts);
    memberRanges = List.copyOf(memberRanges);
  }
}
