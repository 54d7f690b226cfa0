package io.havip.decision;

import io.havip.account.Caller;
import io.havip.vip.Limits;
import java.time.Instant;

/**
 * What a decision is told besides snapshot and command.
 *
 * @param now to the microsecond
 * @param expected in which version the resource that is changed must be
 */
public record Context(Caller caller, Instant now, Ids ids, Limits limits, Expected expected) {

  /** For a change that may be made whatever the resource's version is. */
  public Context(Caller caller, Instant now, Ids ids, Limits limits) {
    this(caller, now, ids, limits, Expected.any());
  }
}
