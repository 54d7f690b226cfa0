package io.havip.id;

/** Identifies a VIP. */
public record VipId(String value) implements Id {
  public VipId {
    Id.check(value, "vip");
  }

  @Override
  public String toString() {
    return value;
  }
}
