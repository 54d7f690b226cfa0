package io.havip.inventory;

/** What happens to frames that are neither ARP nor IPv4: IPv6, VLAN tags, other protocols. */
public enum OtherTraffic {
  /** They are dropped, counted and reported. */
  DROP,
  /**
   * They pass between the network's ports. IPv6 addresses are not protected then. ARP, IPv4 and
   * VRRP inside a VLAN tag, router advertisements, DHCP servers and frames with another NIC's MAC
   * address are dropped all the same.
   */
  PASS
}
