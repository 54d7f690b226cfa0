package io.havip.server;

import io.havip.deliver.Deliverer;
import io.havip.fabric.Fabric;
import io.havip.reconcile.Drills;
import io.havip.reconcile.Observer;
import io.havip.reconcile.Reconciler;
import io.havip.service.Retention;
import io.havip.service.Revisions;
import io.havip.store.Store;
import java.time.Clock;

/** What one of the servers does for all, from when it begins to lead until it ends. */
record LeadersWork(
    Reconciler reconciler,
    Observer observer,
    Drills drills,
    Deliverer deliverer,
    Retention retention)
    implements AutoCloseable {

  /** Begins all of it. */
  static LeadersWork begin(
      Store store,
      Fabric fabric,
      Clock clock,
      Settings settings,
      Revisions revisions,
      Deliverer.Listener calls) {
    Observer observer = new Observer(store, fabric, clock, settings.probePeriod());
    Reconciler reconciler = new Reconciler(store, fabric, clock, observer);
    Drills drills = new Drills(store, fabric, clock, reconciler::wake);
    Deliverer deliverer =
        new Deliverer(store, revisions, clock, settings.webhooksToThisHost(), calls);
    Retention retention = new Retention(store, clock, settings.eventsPerVip());
    drills.start(); // the one that may fail, before there is anything to stop
    reconciler.start();
    deliverer.start();
    retention.start();
    return new LeadersWork(reconciler, observer, drills, deliverer, retention);
  }

  @Override
  public void close() {
    deliverer.close();
    retention.close();
    drills.close();
    observer.close();
    reconciler.close();
  }
}
