package io.havip.service;

import io.havip.decision.Context;
import io.havip.decision.Ids;
import io.havip.vip.Limits;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Makes what a decision is told besides snapshot and command. */
public final class Contexts {
  private final Clock clock;
  private final Ids ids;
  private final Limits limits;

  public Contexts(Clock clock, Ids ids, Limits limits) {
    this.clock = clock;
    this.ids = ids;
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  Context of(Request request) {
    return new Context(request.caller(), now(clock), ids, limits, request.expected());
  }

  /** The time as stores keep it: to the microsecond. */
  public static Instant now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
