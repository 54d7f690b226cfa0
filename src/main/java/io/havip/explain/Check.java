package io.havip.explain;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param evidence what was seen, for people
 * @param next what to do about it; absent when there is nothing to do
 */
public record Check(Topic topic, Status status, String evidence, @Nullable String next) {
  /** What was looked at, in the order in which one thing rests on another. */
  public enum Topic {
    /** The VIP's state. */
    STATE,
    /** Whether the fabric does what is stored. */
    FABRIC,
    /** Who may use it. */
    BINDINGS,
    /** Whether their ports carry traffic. */
    PORTS,
    /** Whether packets of theirs that belong to it are dropped. */
    VRRP,
    /** Who advertises it. */
    ADVERTISEMENTS,
    /** Who uses it. */
    HOLDER,
    /** How old the holder's claim is. */
    CLAIM,
    /** Whether it was refused to somebody within the last hour. */
    REFUSED_CLAIMS,
    /** Whether somebody else has the address. */
    DUPLICATE_ADDRESS,
    /** Whether the VMs' configurations fit the bindings. */
    CONFIGURATION,
    /** Whether the network's gateway answers. */
    GATEWAY
  }

  /** How it is, from good to bad, and not known. */
  public enum Status {
    OK,
    WARNING,
    PROBLEM,
    /** It cannot be seen; it may be right or wrong. */
    UNKNOWN
  }

  static Check ok(Topic topic, String evidence) {
    return new Check(topic, Status.OK, evidence, null);
  }

  static Check warning(Topic topic, String evidence, String next) {
    return new Check(topic, Status.WARNING, evidence, next);
  }

  static Check problem(Topic topic, String evidence, String next) {
    return new Check(topic, Status.PROBLEM, evidence, next);
  }

  static Check unknown(Topic topic, String evidence) {
    return new Check(topic, Status.UNKNOWN, evidence, null);
  }
}
