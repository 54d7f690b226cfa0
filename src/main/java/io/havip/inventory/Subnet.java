package io.havip.inventory;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.VpcId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A network of one VPC. */
public record Subnet(
    NetworkId id,
    AccountId accountId,
    VpcId vpcId,
    int segment,
    String name,
    Cidr cidr,
    @Nullable Ipv4Address gateway,
    List<AddressRange> reserved,
    @Nullable String uplink,
    @Nullable String logicalSwitch,
    Enforcement enforcement,
    NetworkPolicy policy,
    long version,
    Instant createdAt,
    Instant updatedAt)
    implements Network {
  public Subnet {
    reserved = List.copyOf(reserved);
  }

  public Subnet with(
      String newName, Enforcement newEnforcement, NetworkPolicy newPolicy, Instant now) {
    return new Subnet(
        id,
        accountId,
        vpcId,
        segment,
        newName,
        cidr,
        gateway,
        reserved,
        uplink,
        logicalSwitch,
        newEnforcement,
        newPolicy,
        version + 1,
        createdAt,
        now);
  }

  /** The same subnet with another policy; the version stays. */
  public Subnet withPolicy(NetworkPolicy other) {
    return new Subnet(
        id,
        accountId,
        vpcId,
        segment,
        name,
        cidr,
        gateway,
        reserved,
        uplink,
        logicalSwitch,
        enforcement,
        other,
        version,
        createdAt,
        updatedAt);
  }
}
