package io.havip.inventory;

import io.havip.id.NetworkId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network outside the VPCs; the administrator's, usable by the accounts that it is shared with.
 */
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
    NetworkPolicy policy,
    Sharing sharing,
    long version,
    Instant createdAt,
    Instant updatedAt)
    implements Network {
  public ExternalNetwork {
    reserved = List.copyOf(reserved);
  }

  public ExternalNetwork with(
      String newName,
      Enforcement newEnforcement,
      NetworkPolicy newPolicy,
      Sharing newSharing,
      Instant now) {
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
        newPolicy,
        newSharing,
        version + 1,
        createdAt,
        now);
  }

  /** The same network with another policy; the version stays. */
  public ExternalNetwork withPolicy(NetworkPolicy other) {
    return new ExternalNetwork(
        id,
        segment,
        name,
        cidr,
        gateway,
        reserved,
        uplink,
        logicalSwitch,
        enforcement,
        other,
        sharing,
        version,
        createdAt,
        updatedAt);
  }
}
