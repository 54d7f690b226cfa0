package io.havip.net;

/**
 * An IPv4 prefix (RFC 4632) whose host bits are zero.
 *
 * @param network the prefix, which is also the network address
 * @param prefixLength 0 to 32
 */
public record Cidr(Ipv4Address network, int prefixLength) {
  public Cidr {
    if (prefixLength < 0 || prefixLength > 32) {
      throw new IllegalArgumentException("a prefix length is 0 to 32, not " + prefixLength);
    }
    if ((network.bits() & ~mask(prefixLength)) != 0) {
      Ipv4Address cut = new Ipv4Address(network.bits() & mask(prefixLength));
      throw new IllegalArgumentException(
          network
              + "/"
              + prefixLength
              + " has host bits set; did you mean "
              + cut
              + "/"
              + prefixLength
              + "?");
    }
  }

  /**
   * Reads {@code address/length}, like 10.0.0.0/24.
   *
   * @throws IllegalArgumentException when the text is anything else; the message says what is
   *     expected
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9][0-9]?")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no CIDR; write a prefix like 10.0.0.0/24");
    }
    return new Cidr(
        Ipv4Address.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /** The highest address of the prefix. */
  public Ipv4Address broadcast() {
    return new Ipv4Address(network.bits() | ~mask(prefixLength));
  }

  public boolean contains(Ipv4Address address) {
    return (address.bits() & mask(prefixLength)) == network.bits();
  }

  public boolean contains(Cidr other) {
    return other.prefixLength >= prefixLength && contains(other.network);
  }

  public boolean overlaps(Cidr other) {
    return contains(other.network) || other.contains(network);
  }

  private static int mask(int prefixLength) {
    return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }
}
