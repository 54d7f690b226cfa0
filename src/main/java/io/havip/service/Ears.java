package io.havip.service;

import io.havip.plan.ChassisReport;

/** Where reports of agents go. */
public interface Ears {
  /**
   * Takes a report, which counts for some seconds.
   *
   * @return whether anybody wants it; no where the fabric hears everything by itself
   */
  boolean hear(ChassisReport report);
}
