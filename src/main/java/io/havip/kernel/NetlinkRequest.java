package io.havip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Builds one netlink message: see netlink(7). The header of the family comes first, attributes
 * follow.
 */
final class NetlinkRequest {
  static final int REQUEST = 0x1;
  static final int ACK = 0x4;
  static final int DUMP = 0x300;
  static final int EXCLUSIVE = 0x200;
  static final int CREATE = 0x400;

  private static final int HEADER_OCTETS = 16;
  private static final int ATTRIBUTE_HEADER_OCTETS = 4;
  private static final int NESTED = 0x8000;
  private static final int MAX_OCTETS = 1024;

  private final ByteBuffer message = ByteBuffer.allocate(MAX_OCTETS).order(ByteOrder.nativeOrder());

  NetlinkRequest(int type, int flags) {
    message.putInt(0).putShort((short) type).putShort((short) (flags | REQUEST));
    message.putInt(0).putInt(0);
  }

  NetlinkRequest header(byte[] familyHeader) {
    message.put(familyHeader);
    return this;
  }

  NetlinkRequest octet(int type, int value) {
    return attribute(type, new byte[] {(byte) value});
  }

  NetlinkRequest number(int type, int value) {
    return attribute(
        type, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array());
  }

  NetlinkRequest text(int type, String value) {
    return attribute(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
  }

  /** An attribute that consists of those which {@code inner} adds. */
  NetlinkRequest nested(int type, Runnable inner) {
    int start = message.position();
    message.putShort((short) 0).putShort((short) (type | NESTED));
    inner.run();
    message.putShort(start, (short) (message.position() - start));
    return this;
  }

  NetlinkRequest attribute(int type, byte[] value) {
    message.putShort((short) (ATTRIBUTE_HEADER_OCTETS + value.length)).putShort((short) type);
    message.put(value);
    while (message.position() % 4 != 0) {
      message.put((byte) 0);
    }
    return this;
  }

  byte[] toBytes(int sequence) {
    message.putInt(0, message.position()).putInt(8, sequence);
    byte[] octets = new byte[Math.max(message.position(), HEADER_OCTETS)];
    message.get(0, octets);
    return octets;
  }
}
