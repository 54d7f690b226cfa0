package io.havip.kernel;

/**
 * What a bridge does with one of its ports: see the type bridge_slave in ip-link(8).
 *
 * @param state the port's state in STP (IEEE 802.1D)
 * @param guard whether the bridge disables the port when a BPDU comes in through it
 */
public record BridgePort(State state, boolean guard) {
  /** In the kernel's order, BR_STATE_DISABLED first. */
  public enum State {
    DISABLED,
    LISTENING,
    LEARNING,
    FORWARDING,
    BLOCKING
  }
}
