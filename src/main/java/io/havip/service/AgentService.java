package io.havip.service;

import io.havip.account.Caller;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.plan.ChassisReport;

/** What agents on the hosts of VMs tell. Nothing of it is stored. */
public final class AgentService {
  private final Ears ears;

  public AgentService(Ears ears) {
    this.ears = ears;
  }

  /**
   * Takes a report at its word.
   *
   * @throws Refused when the caller is neither an agent nor an administrator, or nobody wants
   *     reports here
   */
  public void report(Caller caller, ChassisReport report) {
    boolean mayReport =
        switch (caller.role()) {
          case ADMIN, AGENT -> true;
          case MEMBER -> false;
        };
    if (!mayReport) {
      throw Refused.of(
          ErrorCode.FORBIDDEN,
          "only an agent's or an administrator's token may report what hosts hear");
    }
    if (!ears.hear(report)) {
      throw Refused.of(
          ErrorCode.WRONG_STATE,
          "this server hears its VMs by itself; it needs no agents, stop it");
    }
  }
}
