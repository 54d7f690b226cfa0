package io.havip.wire;

import io.havip.net.Ipv4Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * An IPv4 header without options (RFC 791, section 3.1) that is put before payloads.
 *
 * @param protocol what the payload is: {@link #UDP}, {@link #VRRP}
 * @param timeToLive 0 to 255 hops
 * @param identification 0 to 65535; what the fragments of one packet have in common
 */
public record Ipv4(
    Ipv4Address source, Ipv4Address destination, int protocol, int timeToLive, int identification) {
  public static final int UDP = 17;
  public static final int VRRP = 112;

  private static final int HEADER_OCTETS = 20;
  private static final int VERSION_AND_LENGTH = 0x45;
  private static final int FRAGMENT_OFFSET = 6;
  private static final int CHECKSUM_OFFSET = 10;
  private static final int SOURCE_OFFSET = 12;

  /** More fragments follow, or it is not the first. */
  private static final int ANY_FRAGMENT = 0x3fff;

  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int FRAGMENT_UNIT_OCTETS = 8;

  /** Whether a packet, or its beginning, has a header and is no fragment. */
  public static boolean isWhole(ByteBuffer packet) {
    return packet.remaining() >= HEADER_OCTETS
        && (packet.getShort(packet.position() + FRAGMENT_OFFSET) & ANY_FRAGMENT) == 0;
  }

  /** Who sent a packet that has a header. */
  public static Ipv4Address source(ByteBuffer packet) {
    return new Ipv4Address(packet.getInt(packet.position() + SOURCE_OFFSET));
  }

  /** The whole packet. */
  public byte[] packet(byte[] payload) {
    return packet(payload, 0);
  }

  /**
   * The packet in two fragments, first and rest.
   *
   * @param firstOctets how much of the payload goes into the first: a multiple of 8, less than all
   */
  public List<byte[]> twoFragments(byte[] payload, int firstOctets) {
    if (firstOctets <= 0
        || firstOctets >= payload.length
        || firstOctets % FRAGMENT_UNIT_OCTETS != 0) {
      throw new IllegalArgumentException(
          firstOctets + " of " + payload.length + " octets cannot be a first fragment");
    }
    return List.of(
        packet(Arrays.copyOf(payload, firstOctets), MORE_FRAGMENTS),
        packet(
            Arrays.copyOfRange(payload, firstOctets, payload.length),
            firstOctets / FRAGMENT_UNIT_OCTETS));
  }

  private byte[] packet(byte[] payload, int flagsAndFragmentOffset) {
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_OCTETS)
            .put((byte) VERSION_AND_LENGTH)
            .put((byte) 0) // type of service
            .putShort((short) (HEADER_OCTETS + payload.length))
            .putShort((short) identification)
            .putShort((short) flagsAndFragmentOffset)
            .put((byte) timeToLive)
            .put((byte) protocol)
            .putShort((short) 0)
            .put(source.toBytes())
            .put(destination.toBytes());
    header.putShort(CHECKSUM_OFFSET, (short) InternetChecksum.of(header.array()));
    return ByteBuffer.allocate(HEADER_OCTETS + payload.length)
        .put(header.array())
        .put(payload)
        .array();
  }

  /** What checksums of upper layers include of this header: RFC 9293, section 3.1. */
  public static byte[] pseudoHeader(
      Ipv4Address source, Ipv4Address destination, int protocol, int payloadOctets) {
    return ByteBuffer.allocate(12)
        .put(source.toBytes())
        .put(destination.toBytes())
        .put((byte) 0)
        .put((byte) protocol)
        .putShort((short) payloadOctets)
        .array();
  }
}
