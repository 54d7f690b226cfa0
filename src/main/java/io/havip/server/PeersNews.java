package io.havip.server;

import io.havip.id.Id;
import io.havip.reconcile.Leadership;
import io.havip.service.Revisions;
import io.havip.store.Peers;
import java.util.Set;

/**
 * Passes on what other servers committed: to followers of events, and to the work on the fabric.
 */
record PeersNews(Revisions revisions, Leadership<LeadersWork> leadership)
    implements Peers.Listener {
  @Override
  public void committed(long revision, Set<Id> woken) {
    revisions.publish(revision);
    if (!woken.isEmpty()) {
      leadership
          .work()
          .ifPresent(work -> {
            work.reconciler().wake(woken);
            work.drills().begun();
          });
    }
  }

  @Override
  public void missed() {
    leadership
        .work()
        .ifPresent(work -> {
          work.reconciler().wakeAll();
          work.drills().begun();
        });
  }
}
