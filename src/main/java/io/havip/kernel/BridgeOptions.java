package io.havip.kernel;

/**
 * How a bridge behaves: see the bridge type in ip-link(8).
 *
 * @param forwardDelayCentiseconds how long a new port waits before it forwards
 * @param spanningTree whether the bridge speaks STP
 * @param multicastSnooping whether the bridge limits multicast to ports that asked for it
 * @param linkLocalLearning whether frames to 01:80:c2:00:00:0X, which are never forwarded, teach
 *     the bridge where their sender is
 */
public record BridgeOptions(
    int forwardDelayCentiseconds,
    boolean spanningTree,
    boolean multicastSnooping,
    boolean linkLocalLearning) {}
