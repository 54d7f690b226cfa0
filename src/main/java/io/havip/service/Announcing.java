package io.havip.service;

import io.havip.plan.Announcement;

/** Tells neighbours where a VIP is; returns when it was told. */
public interface Announcing {
  /** Whether this server can; if not, the one that leads does. */
  default boolean isHere() {
    return true;
  }

  /** Whether it was told; if not, the fabric cannot, or does not answer now. */
  boolean announce(Announcement announcement);
}
