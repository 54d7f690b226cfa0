package io.havip.id;

/** Identifies a token; it is no secret. */
public record TokenId(String value) implements Id {
  public TokenId {
    Id.check(value, "token");
  }

  @Override
  public String toString() {
    return value;
  }
}
