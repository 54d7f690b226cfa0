package io.havip.reconcile;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.plan.Announcement;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells neighbours where VIPs are; for any thread. */
public final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  private final Fabric fabric;

  public Announcer(Fabric fabric) {
    this.fabric = fabric;
  }

  /** Whether it was told. */
  public boolean announce(Announcement announcement) {
    return announce(List.of(announcement));
  }

  boolean announce(Collection<Announcement> announcements) {
    if (announcements.isEmpty()) {
      return false;
    }
    try {
      return fabric.announce(announcements);
    } catch (FabricException e) {
      LOG.warn("VIPs were not announced: {}", e.getMessage());
      return false;
    }
  }
}
