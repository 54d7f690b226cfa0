package io.havip.account;

/** What a key may do beyond its account's own resources. */
public enum Role {
  /** May also manage external networks and read the events of the whole installation. */
  ADMIN,
  MEMBER
}
