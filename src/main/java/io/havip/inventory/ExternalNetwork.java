package io.havip.inventory;

import io.havip.id.NetworkId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A network outside the VPCs; the administrator's, usable by every account. */
public record ExternalNetwork(
    NetworkId id,
    int segment,
    String name,
    Cidr cidr,
    Ipv4Address gateway,
    List<AddressRange> reserved,
    @Nullable String uplink,
    @Nullable String logicalSwitch,
    Enforcement enforcement,
    long version,
    Instant createdAt,
    Instant updatedAt)
    implements Network {
  public ExternalNetwork {
    reserved = List.copyOf(reserved);
  }

  public ExternalNetwork with(String newName, Enforcement newEnforcement, Instant now) {
    return new ExternalNetwork(
        id,
        segment,
        newName,
        cidr,
        gateway,
        reserved,
        uplink,
        logicalSwitch,
        newEnforcement,
        version + 1,
        createdAt,
        now);
  }
}
