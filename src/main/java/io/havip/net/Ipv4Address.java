package io.havip.net;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address; ordered as the unsigned number it is.
 *
 * @param bits the 32 bits, first octet highest
 */
public record Ipv4Address(int bits) implements Comparable<Ipv4Address> {
  private static final String OCTET = "(0|[1-9][0-9]{0,2})";
  private static final Pattern TEXT =
      Pattern.compile(OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET);

  /**
   * Reads dotted-decimal notation, four octets without leading zeros.
   *
   * @throws IllegalArgumentException when the text is anything else; the message says what is
   *     expected
   */
  public static Ipv4Address parse(String text) {
    Matcher octets = TEXT.matcher(text);
    int bits = 0;
    boolean valid = octets.matches();
    for (int i = 1; valid && i <= 4; i++) {
      int octet = Integer.parseInt(octets.group(i));
      valid = octet <= 255;
      bits = bits << 8 | octet;
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "'" + text + "' is no IPv4 address; write four numbers from 0 to 255 like 10.0.0.10");
    }
    return new Ipv4Address(bits);
  }

  /**
   * The address with this unsigned value.
   *
   * @throws IllegalArgumentException when the value does not fit into 32 bits
   */
  public static Ipv4Address ofLong(long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw new IllegalArgumentException(value + " does not fit into an IPv4 address");
    }
    return new Ipv4Address((int) value);
  }

  /** The address as an unsigned number, 0 to 2^32-1. */
  public long toLong() {
    return Integer.toUnsignedLong(bits);
  }

  /** The four octets as they go on the wire. */
  public byte[] toBytes() {
    return new byte[] {
      (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
    };
  }

  @Override
  public int compareTo(Ipv4Address other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }
}
