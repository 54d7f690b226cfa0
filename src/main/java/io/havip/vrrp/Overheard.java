package io.havip.vrrp;

import io.havip.net.Ipv4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What can be read of an advertisement by one for whom it is not: no sum and no authentication is
 * checked, and version 2 with authentication (RFC 2338) is read too.
 *
 * @param virtualRouterId VRID, 0 to 255
 * @param priority 0 (the sender resigns) to 255
 * @param interval between advertisements
 */
public record Overheard(
    int virtualRouterId, int priority, Duration interval, List<Ipv4Address> addresses) {
  private static final int HEADER_OCTETS = 8;

  public Overheard {
    addresses = List.copyOf(addresses);
  }

  /**
   * Reads an IPv4 packet that is one, or its beginning; addresses that are cut off are left out.
   *
   * @return nothing when it is too short, or of another version
   */
  public static Optional<Overheard> read(ByteBuffer packet) {
    ByteBuffer rest = packet.duplicate();
    if (!rest.hasRemaining()) {
      return Optional.empty();
    }
    int headerOctets = (rest.get(rest.position()) & 0xf) * Integer.BYTES;
    if (rest.remaining() < headerOctets + HEADER_OCTETS) {
      return Optional.empty();
    }
    rest.position(rest.position() + headerOctets);
    int version = Byte.toUnsignedInt(rest.get()) >>> 4;
    int virtualRouterId = Byte.toUnsignedInt(rest.get());
    int priority = Byte.toUnsignedInt(rest.get());
    int count = Byte.toUnsignedInt(rest.get());
    int rawInterval = Short.toUnsignedInt(rest.getShort());
    rest.getShort();
    if (version != VrrpVersion.V2.number() && version != VrrpVersion.V3.number()) {
      return Optional.empty();
    }
    Duration interval =
        version == VrrpVersion.V2.number()
            ? Duration.ofSeconds(rawInterval & 0xff) // the upper octet is the authentication's type
            : Duration.ofMillis(10L * (rawInterval & 0xfff));
    List<Ipv4Address> addresses = new ArrayList<>();
    while (addresses.size() < count && rest.remaining() >= Integer.BYTES) {
      addresses.add(new Ipv4Address(rest.getInt()));
    }
    return Optional.of(new Overheard(virtualRouterId, priority, interval, addresses));
  }
}
