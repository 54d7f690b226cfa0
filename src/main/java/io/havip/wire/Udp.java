package io.havip.wire;

import java.nio.ByteBuffer;

/** UDP: RFC 768. */
public final class Udp {
  private static final int HEADER_OCTETS = 8;
  private static final int CHECKSUM_OFFSET = 6;

  private Udp() {}

  /** The whole IPv4 packet; the header's protocol must be UDP. */
  public static byte[] packet(Ipv4 header, int sourcePort, int destinationPort, byte[] payload) {
    if (header.protocol() != Ipv4.UDP) {
      throw new IllegalArgumentException(header + " announces another protocol than UDP");
    }
    int octets = HEADER_OCTETS + payload.length;
    ByteBuffer datagram =
        ByteBuffer.allocate(octets)
            .putShort((short) sourcePort)
            .putShort((short) destinationPort)
            .putShort((short) octets)
            .putShort((short) 0)
            .put(payload);
    int checksum =
        InternetChecksum.of(
            Ipv4.pseudoHeader(header.source(), header.destination(), Ipv4.UDP, octets),
            datagram.array());
    // Zero would say that there is none; 0xffff is the same number in one's complement.
    datagram.putShort(CHECKSUM_OFFSET, (short) (checksum == 0 ? 0xffff : checksum));
    return header.packet(datagram.array());
  }
}
