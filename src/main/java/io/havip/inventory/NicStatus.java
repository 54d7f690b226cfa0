package io.havip.inventory;

/**
 * What the fabric sees of a NIC's port.
 *
 * @param attached whether the port is there and on its network
 * @param up whether it carries traffic
 */
public record NicStatus(boolean attached, boolean up) {
  /** The status of a port that the fabric has not seen. */
  public static final NicStatus ABSENT = new NicStatus(false, false);
}
