package io.havip.id;

/** Identifies an account. */
public record AccountId(String value) implements Id {
  public AccountId {
    Id.check(value, "account");
  }

  @Override
  public String toString() {
    return value;
  }
}
