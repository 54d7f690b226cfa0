package io.havip.inventory;

import io.havip.net.MacAddress;
import java.time.Instant;

/**
 * Another host has the address of a NIC or of a VIP.
 *
 * @param since when the host was first noticed, to the microsecond
 * @param mac the host's MAC address
 * @param port the port at which the host was noticed last
 */
public record AddressConflict(Instant since, MacAddress mac, String port) {}
