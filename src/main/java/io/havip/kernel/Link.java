package io.havip.kernel;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A network interface: see rtnetlink(7).
 *
 * @param kind what made it: veth, tun (also for a tap), bridge, …; empty for hardware
 * @param master the index of the bridge that it is a port of
 * @param up whether it is administratively up
 * @param carrier whether the other end is there and up
 * @param bridge how it behaves, if it is a bridge
 */
public record Link(
    int index,
    String name,
    String kind,
    OptionalInt master,
    boolean up,
    boolean carrier,
    @Nullable BridgeOptions bridge) {}
