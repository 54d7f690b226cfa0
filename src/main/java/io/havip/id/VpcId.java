package io.havip.id;

/** Identifies a VPC. */
public record VpcId(String value) implements Id {
  public VpcId {
    Id.check(value, "vpc");
  }

  @Override
  public String toString() {
    return value;
  }
}
