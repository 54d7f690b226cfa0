package io.havip.ha;

import io.havip.id.VmId;
import io.havip.net.Ipv4Address;

/**
 * A VM that takes part in the election of a VIP's holder.
 *
 * @param name what people call the VM
 * @param address of its VRRP NIC
 */
public record Member(VmId id, String name, Ipv4Address address) {}
