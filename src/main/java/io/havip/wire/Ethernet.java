package io.havip.wire;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.nio.ByteBuffer;

/** Ethernet II frames without their checksum (FCS), which the hardware appends. */
public final class Ethernet {
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);
  public static final int IPV4 = 0x0800;
  public static final int ARP = 0x0806;

  /** Two MAC addresses, and what the payload is. */
  public static final int HEADER_OCTETS = 14;

  private static final long IPV4_MULTICAST = 0x0100_5e00_0000L;

  private Ethernet() {}

  /**
   * One frame.
   *
   * @param etherType what the payload is: {@link #IPV4}, {@link #ARP}
   */
  public static byte[] frame(
      MacAddress destination, MacAddress source, int etherType, byte[] payload) {
    return ByteBuffer.allocate(HEADER_OCTETS + payload.length)
        .put(destination.toBytes())
        .put(source.toBytes())
        .putShort((short) etherType)
        .put(payload)
        .array();
  }

  /** The MAC address that packets to an IPv4 multicast group go to: RFC 1112, section 6.4. */
  public static MacAddress ofGroup(Ipv4Address group) {
    return new MacAddress(IPV4_MULTICAST | (group.bits() & 0x7f_ffff));
  }
}
