package io.havip.server;

import io.havip.decision.Decision;
import io.havip.decision.HaDecisions;
import io.havip.deliver.Deliverer;
import io.havip.fabric.Fabric;
import io.havip.id.VipId;
import io.havip.reconcile.Drills;
import io.havip.reconcile.Observer;
import io.havip.reconcile.Reconciler;
import io.havip.service.Retention;
import io.havip.service.Revisions;
import io.havip.service.TimeOrderedIds;
import io.havip.store.Store;
import io.havip.vip.Vip;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    observer.onWake(reconciler::wake);
    Drills drills = new Drills(store, fabric, clock, reconciler::wake);
    Deliverer deliverer =
        new Deliverer(store, revisions, clock, settings.webhooksToThisHost(), calls);
    giveRouters(store, new TimeOrderedIds(clock));
    Retention retention = new Retention(store, clock, settings.eventsPerVip());
    drills.start(); // the one that may fail, before there is anything to stop
    reconciler.start();
    deliverer.start();
    retention.start();
    return new LeadersWork(reconciler, observer, drills, deliverer, retention);
  }

  /** VIPs that older releases stored got their VRID with the first configuration that was read. */
  private static void giveRouters(Store store, TimeOrderedIds ids) {
    List<VipId> without =
        store.read(reader -> {
          Set<VipId> given = reader.allVirtualRouters().keySet();
          return reader.allVips().stream()
              .filter(vip -> !vip.bindings().isEmpty())
              .map(Vip::id)
              .filter(id -> !given.contains(id))
              .toList();
        });
    for (VipId id : without) {
      Decision<Optional<Vip>> _ =
          store.write(now ->
              now.vip(id)
                  .map(found ->
                      HaDecisions.giveRouter(now, found, ids::authPass)
                          .answering(Optional.of(found)))
                  .orElseGet(() -> new Decision<>(List.of(), Set.of(), Optional.empty())));
    }
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
