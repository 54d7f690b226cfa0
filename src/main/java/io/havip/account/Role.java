package io.havip.account;

/** What a token may do. */
public enum Role {
  /**
   * What a member may, and also manage external networks and tokens, and read the events of the
   * whole installation.
   */
  ADMIN,
  /** Use all that its account has. */
  MEMBER,
  /** Report what is heard on a host, and nothing else. */
  AGENT
}
