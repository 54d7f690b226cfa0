package io.havip.reconcile;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.inventory.Nic;
import io.havip.plan.Announcement;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fabric as a leader works with it: changes nothing and says nothing without its lease. */
record FencedFabric(Fabric fabric, Lease lease) implements Fabric {
  private void check() throws FabricException {
    if (!lease.isHeld()) {
      throw new FabricException("this server cannot be sure that it still leads");
    }
  }

  @Override
  public List<String> sync(Desired desired) throws FabricException {
    check();
    return fabric.sync(desired);
  }

  @Override
  public void apply(Set<Id> ids, Desired desired) throws FabricException {
    check();
    fabric.apply(ids, desired);
  }

  @Override
  public Optional<Instant> realisedAt() {
    return fabric.realisedAt();
  }

  @Override
  public boolean asks() {
    return fabric.asks();
  }

  @Override
  public Optional<Question> ask(Collection<AskedAddress> addresses) throws FabricException {
    check();
    return fabric.ask(addresses);
  }

  @Override
  public Optional<Question> askMembers(Collection<Grant> grants) throws FabricException {
    check();
    return fabric.askMembers(grants);
  }

  @Override
  public boolean announce(Collection<Announcement> announcements) throws FabricException {
    check();
    return fabric.announce(announcements);
  }

  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    return fabric.whyNotAdopt(logicalSwitch, nic);
  }

  @Override
  public Observed observe() throws FabricException {
    return fabric.observe();
  }

  @Override
  public boolean hear(ChassisReport report) {
    return fabric.hear(report);
  }

  @Override
  public boolean hears(String port) {
    return fabric.hears(port);
  }

  @Override
  public void onForeignChange(Runnable listener) {
    fabric.onForeignChange(listener);
  }

  @Override
  public void onSighting(Runnable listener) {
    fabric.onSighting(listener);
  }

  @Override
  public void close() {
    fabric.close();
  }
}
