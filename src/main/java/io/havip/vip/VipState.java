package io.havip.vip;

/** How far the fabric is with a VIP. */
public enum VipState {
  CREATING,
  UPDATING,
  DELETING,
  AVAILABLE,
  FAILED
}
