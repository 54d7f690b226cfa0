package io.havip.vrrp;

import io.havip.net.Ipv4Address;
import io.havip.wire.InternetChecksum;
import io.havip.wire.Ipv4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an Active router says, in one version of the protocol: RFC 9568, section 5.2, and RFC 3768,
 * section 5.3. Authentication, which RFC 3768 withdrew, is neither sent nor accepted.
 *
 * @param virtualRouterId VRID, 1 to 255
 * @param priority 0 (the sender resigns) to 255 (it owns the addresses)
 * @param interval between advertisements: version 2 whole seconds, 1 to 255; version 3 hundredths
 *     of a second, 1 to 4095
 * @param addresses 1 to 255 addresses of the virtual router, in the order of the packet
 */
public record Advertisement(
    VrrpVersion version,
    int virtualRouterId,
    int priority,
    Duration interval,
    List<Ipv4Address> addresses) {
  /** Where advertisements go that are not unicast: RFC 9568, section 5.1.1.2. */
  public static final Ipv4Address GROUP = Ipv4Address.parse("224.0.0.18");

  /** The only time to live that receivers accept: RFC 9568, section 5.1.1.3. */
  public static final int TIME_TO_LIVE = 255;

  private static final int TYPE_ADVERTISEMENT = 1;
  private static final int HEADER_OCTETS = 8;
  private static final int CHECKSUM_OFFSET = 6;
  private static final int AUTHENTICATION_DATA_OCTETS = 8;
  private static final Duration CENTISECOND = Duration.ofMillis(10);

  public Advertisement {
    addresses = List.copyOf(addresses);
    requireWithin("the virtual router id", virtualRouterId, 1, 255);
    requireWithin("the priority", priority, 0, 255);
    requireWithin("the number of addresses", addresses.size(), 1, 255);
    Duration unit = unit(version);
    requireWithin("the interval in units of " + unit, interval.dividedBy(unit), 1, max(version));
    if (!unit.multipliedBy(interval.dividedBy(unit)).equals(interval)) {
      throw new IllegalArgumentException(interval + " is no multiple of " + unit);
    }
  }

  /**
   * The payload of an IPv4 packet between the two addresses, which version 3 includes in its sum.
   */
  public byte[] toBytes(Ipv4Address source, Ipv4Address destination) {
    int octets = octets(version, addresses.size());
    ByteBuffer message =
        ByteBuffer.allocate(octets)
            .put((byte) (version.number() << 4 | TYPE_ADVERTISEMENT))
            .put((byte) virtualRouterId)
            .put((byte) priority)
            .put((byte) addresses.size())
            .putShort((short) interval.dividedBy(unit(version)))
            .putShort((short) 0);
    addresses.forEach(address -> message.put(address.toBytes()));
    message.putShort(
        CHECKSUM_OFFSET, (short) checksum(version, message.array(), source, destination));
    return message.array();
  }

  /**
   * Reads the payload of an IPv4 packet, and checks all that RFC 9568, section 7.1, wants checked
   * in it; the packet's time to live is for the caller to check.
   */
  public static Advertisement parse(byte[] payload, Ipv4Address source, Ipv4Address destination)
      throws MalformedAdvertisementException {
    if (payload.length < HEADER_OCTETS) {
      throw new MalformedAdvertisementException(
          payload.length + " octets are too few for an advertisement");
    }
    ByteBuffer message = ByteBuffer.wrap(payload);
    int versionAndType = Byte.toUnsignedInt(message.get());
    VrrpVersion version =
        switch (versionAndType >>> 4) {
          case 2 -> VrrpVersion.V2;
          case 3 -> VrrpVersion.V3;
          default ->
              throw new MalformedAdvertisementException(
                  "version " + (versionAndType >>> 4) + " is neither 2 nor 3");
        };
    if ((versionAndType & 0xf) != TYPE_ADVERTISEMENT) {
      throw new MalformedAdvertisementException(
          "type " + (versionAndType & 0xf) + " is no advertisement");
    }
    int virtualRouterId = Byte.toUnsignedInt(message.get());
    int priority = Byte.toUnsignedInt(message.get());
    int count = Byte.toUnsignedInt(message.get());
    int rawInterval = Short.toUnsignedInt(message.getShort());
    message.getShort();
    if (payload.length != octets(version, count)) {
      throw new MalformedAdvertisementException(
          "with %d addresses it should have %d octets, not %d"
              .formatted(count, octets(version, count), payload.length));
    }
    if (checksum(version, payload, source, destination) != 0) {
      throw new MalformedAdvertisementException("the checksum is wrong");
    }
    if (version == VrrpVersion.V2 && rawInterval > 255) {
      throw new MalformedAdvertisementException(
          "authentication type " + (rawInterval >>> 8) + " is not supported");
    }
    List<Ipv4Address> addresses = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      addresses.add(new Ipv4Address(message.getInt()));
    }
    // Version 3 reserves the four bits above the interval, and receivers ignore them.
    Duration interval = unit(version).multipliedBy(rawInterval & max(version));
    try {
      return new Advertisement(version, virtualRouterId, priority, interval, addresses);
    } catch (IllegalArgumentException e) {
      throw new MalformedAdvertisementException(String.valueOf(e.getMessage()));
    }
  }

  private static int octets(VrrpVersion version, int addresses) {
    return HEADER_OCTETS
        + addresses * Integer.BYTES
        + switch (version) {
          case V2 -> AUTHENTICATION_DATA_OCTETS;
          case V3 -> 0;
        };
  }

  private static int checksum(
      VrrpVersion version, byte[] message, Ipv4Address source, Ipv4Address destination) {
    return switch (version) {
      case V2 -> InternetChecksum.of(message);
      case V3 ->
          InternetChecksum.of(
              Ipv4.pseudoHeader(source, destination, Ipv4.VRRP, message.length), message);
    };
  }

  private static Duration unit(VrrpVersion version) {
    return switch (version) {
      case V2 -> Duration.ofSeconds(1);
      case V3 -> CENTISECOND;
    };
  }

  /** The highest number of units; also the mask of their bits. */
  private static int max(VrrpVersion version) {
    return switch (version) {
      case V2 -> 0xff;
      case V3 -> 0xfff;
    };
  }

  private static void requireWithin(String what, long value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d, not %d".formatted(what, least, most, value));
    }
  }
}
