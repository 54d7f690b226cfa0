package io.havip.vrrp;

/** Which document an advertisement follows. */
public enum VrrpVersion {
  /** RFC 3768: intervals of whole seconds, eight octets of unused authentication data. */
  V2(2),
  /** RFC 9568: intervals of hundredths of a second, a checksum that includes the addresses. */
  V3(3);

  private final int number;

  VrrpVersion(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }
}
