package io.havip.event;

/** How an address was used. */
public enum ClaimKind {
  /** The sender of an ARP packet (RFC 826). */
  ARP,
  /** The source of an IPv4 packet. */
  IP,
  /** Named in a VRRP advertisement (RFC 9568, section 5.2.9), or an advertisement in fragments. */
  VRRP
}
