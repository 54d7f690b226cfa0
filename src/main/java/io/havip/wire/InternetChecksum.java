package io.havip.wire;

/** The checksum of IPv4, UDP and VRRP: RFC 1071. */
public final class InternetChecksum {
  private InternetChecksum() {}

  /**
   * The one's complement of the one's complement sum, 0 to 0xffff, over the parts as if they were
   * one; every part but the last must have an even number of octets. Over octets that contain their
   * own right checksum it is 0.
   */
  public static int of(byte[]... parts) {
    long sum = 0;
    for (byte[] part : parts) {
      for (int i = 0; i < part.length; i++) {
        sum += (part[i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
      }
    }
    while (sum > 0xffff) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) ~sum & 0xffff;
  }
}
