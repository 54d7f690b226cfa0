package io.havip.inventory;

import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.id.NetworkId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One layer-2 segment with one CIDR. */
public sealed interface Network permits Subnet, ExternalNetwork {
  NetworkId id();

  /** The fabric's number of the segment, 1 to 65535, unique in the installation. */
  int segment();

  String name();

  Cidr cidr();

  @Nullable Ipv4Address gateway();

  /**
   * The host's interface that joins the network to what is outside HAVIP: an existing bridge, which
   * then is the network's, or any other interface, which becomes a port of it; in OVN the physical
   * network (ovn-architecture(7)); at most 15 characters.
   */
  @Nullable String uplink();

  /** A logical switch of somebody else's in OVN that is the network; at most 255 characters. */
  @Nullable String logicalSwitch();

  Enforcement enforcement();

  NetworkPolicy policy();

  /**
   * Whether the network is joined to something outside HAVIP: it is external, or has an uplink or
   * another owner's logical switch. There only administrators choose what changes how packets of
   * others are judged.
   */
  default boolean isJoined() {
    return this instanceof ExternalNetwork || uplink() != null || logicalSwitch() != null;
  }

  /** Addresses that no NIC and no VIP may have. */
  List<AddressRange> reserved();

  /** Why no NIC or VIP may have this address, or nothing if one may. */
  default Optional<FieldError> refusal(String field, Ipv4Address address) {
    if (!cidr().contains(address)) {
      return Optional.of(
          new FieldError(
              field,
              ErrorCode.ADDRESS_OUTSIDE_NETWORK,
              address + " is outside " + name() + "; choose an address of " + cidr()));
    }
    String role =
        address.equals(cidr().network())
            ? "the network address"
            : address.equals(cidr().broadcast())
                ? "the broadcast address"
                : address.equals(gateway())
                    ? "the gateway's address"
                    : reserved().stream().anyMatch(range -> range.contains(address))
                        ? "a reserved address"
                        : "";
    return role.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FieldError(
                field,
                ErrorCode.ADDRESS_RESERVED,
                address + " is " + role + " of " + name() + "; choose another of " + cidr()));
  }

  /** The addresses that a NIC or VIP may have, in ascending ranges that do not touch. */
  default List<AddressRange> assignable() {
    List<AddressRange> excluded = new ArrayList<>(reserved());
    excluded.add(new AddressRange(cidr().network(), cidr().network()));
    excluded.add(new AddressRange(cidr().broadcast(), cidr().broadcast()));
    Ipv4Address gateway = gateway();
    if (gateway != null) {
      excluded.add(new AddressRange(gateway, gateway));
    }
    excluded.sort(Comparator.comparing(AddressRange::first));
    List<AddressRange> assignable = new ArrayList<>();
    long next = cidr().network().toLong();
    for (AddressRange range : excluded) {
      if (range.first().toLong() > next) {
        assignable.add(range(next, range.first().toLong() - 1));
      }
      next = Math.max(next, range.last().toLong() + 1);
    }
    return assignable;
  }

  /**
   * The addresses that HAVIP gives away by itself where it cannot ask other hosts: those of the
   * policy's {@code memberRanges} that a NIC or VIP may have, or all such addresses where it has
   * none. The ranges are ascending and do not overlap.
   */
  default List<AddressRange> memberAddresses() {
    List<AddressRange> wanted = new ArrayList<>(policy().memberRanges());
    if (wanted.isEmpty()) {
      return assignable();
    }
    wanted.sort(Comparator.comparing(AddressRange::first));
    List<AddressRange> addresses = new ArrayList<>();
    for (AddressRange range : assignable()) {
      long next = range.first().toLong();
      for (AddressRange one : wanted) {
        long first = Math.max(next, one.first().toLong());
        long last = Math.min(range.last().toLong(), one.last().toLong());
        if (first <= last) {
          addresses.add(range(first, last));
          next = last + 1;
        }
      }
    }
    return addresses;
  }

  private static AddressRange range(long first, long last) {
    return new AddressRange(Ipv4Address.ofLong(first), Ipv4Address.ofLong(last));
  }
}
