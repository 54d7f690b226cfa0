package io.havip.vip;

import io.havip.id.NetworkId;
import io.havip.net.Ipv4Address;

/**
 * A floating address of a VIP: one of an external network that is translated to the VIP's and back.
 */
public record Floating(NetworkId networkId, Ipv4Address address) {}
