package io.havip.vip;

import io.havip.id.VmId;
import io.havip.net.MacAddress;
import java.time.Instant;

/**
 * A VM that is believed to use a VIP now: observed, never a wish.
 *
 * @param mac the address at which the VIP was claimed
 * @param since when the fabric was seen to forward to it
 */
public record Holder(VmId vmId, MacAddress mac, Instant since) {}
