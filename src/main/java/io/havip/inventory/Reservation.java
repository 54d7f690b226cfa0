package io.havip.inventory;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.net.Ipv4Address;

/**
 * One address of one network, held by one resource.
 *
 * @param holder the NIC or VIP that has the address
 */
public record Reservation(NetworkId networkId, Ipv4Address address, Id holder) {}
