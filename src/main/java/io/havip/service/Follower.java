package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.TokenDecisions;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.id.VipId;
import io.havip.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a history on and on. It holds a place and nothing else; it is used by one thread. */
public final class Follower {
  private static final int TOGETHER_MAX = 100;

  private final Store store;
  private final Revisions revisions;
  private final Caller caller;
  private final @Nullable VipId vipId;
  private EventPlace place;
  private long readUpTo;
  private boolean isOut;

  Follower(
      Store store, Revisions revisions, Caller caller, @Nullable VipId vipId, EventPlace place) {
    this.store = store;
    this.revisions = revisions;
    this.caller = caller;
    this.vipId = vipId;
    this.place = place;
  }

  /** Behind what was read last. */
  public EventPlace place() {
    return place;
  }

  /**
   * Up to where events may be missing that were behind its place: they are no longer kept. Those
   * that are will come.
   */
  public Optional<EventPlace> missing() {
    return store
        .read(reader -> History.prunedUpTo(reader, caller, vipId))
        .filter(pruned -> place.compareTo(pruned) < 0);
  }

  /**
   * The next events, oldest first, at most 100; waits for some.
   *
   * @return none when there were none for so long, or when following has ended
   */
  public List<RecordedEvent> next(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      long upTo = revisions.latest();
      List<RecordedEvent> events = upTo == readUpTo ? List.of() : read();
      if (events.size() < TOGETHER_MAX) {
        readUpTo = upTo;
      }
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!events.isEmpty() || !left.isPositive() || hasEnded()) {
        return events;
      }
      revisions.awaitOtherThan(upTo, left);
    }
  }

  /** Whether there will be nothing more: the server stops, or the caller's token was deleted. */
  public boolean hasEnded() {
    return isOut || revisions.isClosed();
  }

  private List<RecordedEvent> read() {
    List<RecordedEvent> events =
        store.read(reader -> {
          isOut = TokenDecisions.isOut(reader, caller);
          return isOut
              ? List.of()
              : History.behind(reader, caller, vipId, EventFilter.ALL, place, TOGETHER_MAX);
        });
    if (!events.isEmpty()) {
      place = EventPlace.of(events.getLast());
    }
    return events;
  }
}
