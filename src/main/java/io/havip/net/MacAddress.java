package io.havip.net;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An IEEE 802 MAC-48 address.
 *
 * @param bits the address in the low 48 bits, first octet highest
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
  /** The sender of HAVIP's own questions to VMs; no NIC has it. */
  public static final MacAddress HAVIP = new MacAddress(0x0a68_6176_6970L);

  /** 00:00:5e:00:01:xx of IPv4 and 00:00:5e:00:02:xx of IPv6, without the VRID. */
  private static final long VRRP_IPV4 = 0x0000_5e00_01L;

  private static final long VRRP_IPV6 = 0x0000_5e00_02L;

  private static final Pattern TEXT = Pattern.compile("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
  private static final long MAX_BITS = (1L << 48) - 1;
  private static final long GROUP_BIT = 1L << 40;

  public MacAddress {
    if (bits < 0 || bits > MAX_BITS) {
      throw new IllegalArgumentException(
          "a MAC address has 48 bits, not 0x" + Long.toHexString(bits));
    }
  }

  /**
   * Reads six hexadecimal octets joined by colons, in either case.
   *
   * @throws IllegalArgumentException when the text is anything else; the message says what is
   *     expected
   */
  public static MacAddress parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no MAC address; write six octets like 02:00:00:00:00:11");
    }
    return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
  }

  /** Reads the six octets of {@link #toBytes}. */
  public static MacAddress of(byte[] octets) {
    if (octets.length != 6) {
      throw new IllegalArgumentException("a MAC address has 6 octets, not " + octets.length);
    }
    long bits = 0;
    for (byte octet : octets) {
      bits = (bits << 8) | (octet & 0xff);
    }
    return new MacAddress(bits);
  }

  /** Whether one station alone can own it: the group bit is clear and it is not all zero. */
  public boolean isUnicast() {
    return bits != 0 && (bits & GROUP_BIT) == 0;
  }

  /** Whether it is the address of a virtual router, of any VRID: RFC 9568, section 7.3. */
  public boolean isVirtualRouter() {
    long prefix = bits >>> 8;
    return prefix == VRRP_IPV4 || prefix == VRRP_IPV6;
  }

  /** The six octets as they go on the wire. */
  public byte[] toBytes() {
    byte[] octets = new byte[6];
    for (int i = 0; i < 6; i++) {
      octets[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return octets;
  }

  @Override
  public int compareTo(MacAddress other) {
    return Long.compare(bits, other.bits);
  }

  @Override
  public String toString() {
    String hex = String.format(Locale.ROOT, "%012x", bits);
    return hex.replaceAll("(..)(?!$)", "$1:");
  }
}
