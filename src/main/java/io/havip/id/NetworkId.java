package io.havip.id;

/** Identifies a network: a subnet or an external network. */
public record NetworkId(String value) implements Id {
  public NetworkId {
    Id.check(value, "subnet", "extnet");
  }

  /** Whether it is an external network's. */
  public boolean isExternal() {
    return value.startsWith("extnet-");
  }

  @Override
  public String toString() {
    return value;
  }
}
