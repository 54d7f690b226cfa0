package io.havip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A netlink message as it came from the kernel: see netlink(7).
 *
 * @param payload the family's header and the attributes
 */
record NetlinkMessage(int type, int flags, int sequence, ByteBuffer payload) {
  static final int ERROR = 2;
  static final int DONE = 3;
  static final int DUMP_INTERRUPTED = 0x10;

  private static final int HEADER_OCTETS = 16;
  private static final int ATTRIBUTE_HEADER_OCTETS = 4;
  private static final int ATTRIBUTE_TYPE_MASK = 0x3fff;

  /** The messages of one datagram. */
  static List<NetlinkMessage> parse(ByteBuffer datagram) {
    List<NetlinkMessage> messages = new ArrayList<>();
    int at = 0;
    while (datagram.limit() - at >= HEADER_OCTETS) {
      int length = datagram.getInt(at);
      if (length < HEADER_OCTETS || length > datagram.limit() - at) {
        throw new IllegalStateException("a netlink message is cut short");
      }
      messages.add(
          new NetlinkMessage(
              Short.toUnsignedInt(datagram.getShort(at + 4)),
              Short.toUnsignedInt(datagram.getShort(at + 6)),
              datagram.getInt(at + 8),
              slice(datagram, at + HEADER_OCTETS, length - HEADER_OCTETS)));
      at += aligned(length);
    }
    return messages;
  }

  /** The attributes behind a family header of this size, by type. */
  Map<Integer, ByteBuffer> attributes(int familyHeaderOctets) {
    return attributes(
        slice(payload, familyHeaderOctets, Math.max(0, payload.limit() - familyHeaderOctets)));
  }

  /** The attributes inside an attribute, by type. */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer octets) {
    Map<Integer, ByteBuffer> attributes = new HashMap<>();
    int at = 0;
    while (octets.limit() - at >= ATTRIBUTE_HEADER_OCTETS) {
      int length = Short.toUnsignedInt(octets.getShort(at));
      int type = octets.getShort(at + 2) & ATTRIBUTE_TYPE_MASK;
      if (length < ATTRIBUTE_HEADER_OCTETS || length > octets.limit() - at) {
        throw new IllegalStateException("a netlink attribute is cut short");
      }
      attributes.put(
          type, slice(octets, at + ATTRIBUTE_HEADER_OCTETS, length - ATTRIBUTE_HEADER_OCTETS));
      at += aligned(length);
    }
    return attributes;
  }

  /** The text of an attribute, which a zero octet ends. */
  static String text(ByteBuffer value) {
    byte[] octets = new byte[Math.max(0, value.limit() - 1)];
    value.get(0, octets);
    return new String(octets, StandardCharsets.US_ASCII);
  }

  private static ByteBuffer slice(ByteBuffer octets, int from, int length) {
    return octets.slice(from, length).order(ByteOrder.nativeOrder());
  }

  private static int aligned(int length) {
    return length + 3 & ~3;
  }
}
