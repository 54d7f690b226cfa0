package io.havip.service;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.id.VipId;
import io.havip.store.Reader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a caller may know of the past. */
final class History {
  private History() {}

  /**
   * The history of one VIP, which outlives it, or of all of the caller's account; the latter is for
   * administrators together with what concerns the whole installation.
   */
  static List<RecordedEvent> behind(
      Reader reader,
      Caller caller,
      @Nullable VipId id,
      EventFilter filter,
      EventPlace place,
      int limit) {
    return seesInstallation(caller, id)
        ? reader.eventsWithInstallation(
            caller.accountId(), filter, place.revision(), place.index(), limit)
        : reader.events(caller.accountId(), id, filter, place.revision(), place.index(), limit);
  }

  /** Up to where some of it is no longer kept. */
  static Optional<EventPlace> prunedUpTo(Reader reader, Caller caller, @Nullable VipId id) {
    return reader.prunedUpTo(caller.accountId(), id, seesInstallation(caller, id));
  }

  private static boolean seesInstallation(Caller caller, @Nullable VipId id) {
    return id == null && caller.role() == Role.ADMIN;
  }
}
