package io.havip.id;

/** Identifies a NIC. */
public record NicId(String value) implements Id {
  public NicId {
    Id.check(value, "nic");
  }

  @Override
  public String toString() {
    return value;
  }
}
