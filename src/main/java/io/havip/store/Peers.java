package io.havip.store;

import io.havip.decision.Leader;
import io.havip.id.Id;
import java.util.Set;

/**
 * What the servers of one database tell each other. The leader's lease is kept on a connection of
 * its own, so that it waits for no other read or write; a database that does not answer within two
 * seconds counts as lost.
 */
public interface Peers {
  /** Which server leads, as the database says now. */
  Leader leader();

  /** Says that this server goes on leading; returns false when a newer one does. */
  boolean renew(long generation);

  /** Says that nobody leads, unless a newer one does. */
  void release(long generation);

  /** Calls after commits; instead of whom it called before. */
  void onChange(Listener listener);

  /** Is called by a thread of the store's; returns at once. */
  interface Listener {
    /**
     * A server has committed, this one or another.
     *
     * @param revision the last of the commit
     * @param woken what another server's commit wakes; nothing for one of this server
     */
    void committed(long revision, Set<Id> woken);

    /** Commits of others may have been missed, or wake too much to say what. */
    void missed();
  }
}
