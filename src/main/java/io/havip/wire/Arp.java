package io.havip.wire;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.nio.ByteBuffer;

/** ARP for IPv4 on Ethernet: RFC 826, and RFC 5227 for its uses. */
public record Arp(
    Operation operation,
    MacAddress senderMac,
    Ipv4Address senderAddress,
    MacAddress targetMac,
    Ipv4Address targetAddress) {
  /** What is said: "who has the target address?" or "the sender has its address". */
  public enum Operation {
    REQUEST,
    REPLY
  }

  private static final int OCTETS = 28;
  private static final int HARDWARE_ETHERNET = 1;

  /** Tells everybody that the address is at the MAC: an announcement, or gratuitous ARP. */
  public static Arp gratuitous(Operation operation, MacAddress mac, Ipv4Address address) {
    return new Arp(operation, mac, address, Ethernet.BROADCAST, address);
  }

  /** Asks whether anybody has the address, without claiming it: RFC 5227, section 2.1.1. */
  public static Arp probe(MacAddress mac, Ipv4Address address) {
    return new Arp(Operation.REQUEST, mac, Ipv4Address.ofLong(0), new MacAddress(0), address);
  }

  /** The packet, without its Ethernet header. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(OCTETS)
        .putShort((short) HARDWARE_ETHERNET)
        .putShort((short) Ethernet.IPV4)
        .put((byte) 6)
        .put((byte) 4)
        .putShort(
            switch (operation) {
              case REQUEST -> (short) 1;
              case REPLY -> (short) 2;
            })
        .put(senderMac.toBytes())
        .put(senderAddress.toBytes())
        .put(targetMac.toBytes())
        .put(targetAddress.toBytes())
        .array();
  }
}
