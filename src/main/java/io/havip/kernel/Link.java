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
 * @param operational whether the kernel passes packets to it and from it (IF_OPER_UP of RFC 2863),
 *     which follows the carrier a moment later
 * @param bridge how it behaves, if it is a bridge
 * @param port what its bridge does with it, if it is a port of one
 */
public record Link(
    int index,
    String name,
    String kind,
    OptionalInt master,
    boolean up,
    boolean carrier,
    boolean operational,
    @Nullable BridgeOptions bridge,
    @Nullable BridgePort port) {}
