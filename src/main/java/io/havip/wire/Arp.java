package io.havip.wire;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

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
  private static final int MAC_OCTETS = 6;
  private static final int ADDRESS_OCTETS = 4;

  /** Tells everybody that the address is at the MAC: an announcement, or gratuitous ARP. */
  public static Arp gratuitous(Operation operation, MacAddress mac, Ipv4Address address) {
    return new Arp(operation, mac, address, Ethernet.BROADCAST, address);
  }

  /**
   * Asks whether a host has the address. A host that is about to use the address does not take it
   * for a conflict, as it would a {@link #probe}.
   *
   * @param sender not 0.0.0.0; hosts that answer note that it is at {@code mac}
   */
  public static Arp question(MacAddress mac, Ipv4Address sender, Ipv4Address address) {
    return new Arp(Operation.REQUEST, mac, sender, new MacAddress(0), address);
  }

  /**
   * Says that the sender is about to use the address unless another host has it: RFC 5227, section
   * 2.1.1.
   */
  public static Arp probe(MacAddress mac, Ipv4Address address) {
    return new Arp(Operation.REQUEST, mac, Ipv4Address.ofLong(0), new MacAddress(0), address);
  }

  /**
   * Reads the packet at a buffer's position, which stays there.
   *
   * @return nothing when it is cut off, or about anything else than IPv4 addresses on Ethernet
   */
  public static Optional<Arp> read(ByteBuffer packet) {
    ByteBuffer rest = packet.slice();
    if (rest.remaining() < OCTETS
        || rest.getShort() != HARDWARE_ETHERNET
        || rest.getShort() != Ethernet.IPV4
        || rest.get() != MAC_OCTETS
        || rest.get() != ADDRESS_OCTETS) {
      return Optional.empty();
    }
    int operation = rest.getShort();
    if (operation != 1 && operation != 2) {
      return Optional.empty();
    }
    return Optional.of(
        new Arp(
            operation == 1 ? Operation.REQUEST : Operation.REPLY,
            mac(rest),
            new Ipv4Address(rest.getInt()),
            mac(rest),
            new Ipv4Address(rest.getInt())));
  }

  private static MacAddress mac(ByteBuffer packet) {
    byte[] octets = new byte[MAC_OCTETS];
    packet.get(octets);
    return MacAddress.of(octets);
  }

  /** Whether nobody asked: its sender speaks of its own address. */
  public boolean isGratuitous() {
    return senderAddress.equals(targetAddress);
  }

  /** The packet, without its Ethernet header. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(OCTETS)
        .putShort((short) HARDWARE_ETHERNET)
        .putShort((short) Ethernet.IPV4)
        .put((byte) MAC_OCTETS)
        .put((byte) ADDRESS_OCTETS)
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
