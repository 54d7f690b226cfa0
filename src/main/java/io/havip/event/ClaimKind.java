package io.havip.event;

/** How an address was used, or what else was refused. */
public enum ClaimKind {
  /** The sender of an ARP packet (RFC 826). */
  ARP,
  /** The source of an IPv4 packet. */
  IP,
  /** Named in a VRRP advertisement (RFC 9568, section 5.2.9), or an advertisement in fragments. */
  VRRP,
  /** An answer to DHCP clients (RFC 2131) from a NIC that is no gateway. */
  DHCP,
  /** A frame that is neither ARP nor IPv4: IPv6, or with a VLAN tag. */
  OTHER
}
