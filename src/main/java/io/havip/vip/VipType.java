package io.havip.vip;

/** Where a VIP's address is from. */
public enum VipType {
  /** An address of a VPC's subnet. */
  INTERNAL,
  /** An address of an external network. */
  EXTERNAL
}
