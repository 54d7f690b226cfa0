package io.havip.id;

/** Identifies a VM. */
public record VmId(String value) implements Id {
  public VmId {
    Id.check(value, "vm");
  }

  @Override
  public String toString() {
    return value;
  }
}
