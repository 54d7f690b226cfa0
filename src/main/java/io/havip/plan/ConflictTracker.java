package io.havip.plan;

import io.havip.inventory.Reservation;
import io.havip.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows hosts outside HAVIP that use an address which a NIC or a VIP uses already: a host that
 * was off when HAVIP asked, and returned. The fabric refuses what such a host says; that it goes on
 * saying it is the conflict. HAVIP asks for the address every {@link #ASK_EVERY}, so that a host
 * that is still there says it again. Without a word for {@link #GONE_AFTER} the host is gone.
 *
 * <p>Not safe for use by several threads.
 */
public final class ConflictTracker {
  static final Duration ASK_EVERY = Duration.ofSeconds(30);

  /** Two questions, and the time to notice an answer. */
  static final Duration GONE_AFTER = Duration.ofSeconds(65);

  /**
   * A host outside HAVIP used an address.
   *
   * @param reservation the address and the NIC or VIP that has it
   * @param mac the host's MAC address
   * @param port the trusted port at which it was refused
   */
  public record Noticed(Reservation reservation, MacAddress mac, String port) {}

  /**
   * What changed.
   *
   * @param noticed conflicts that are new, or are another host's or at another port than before
   * @param ended addresses that no other host uses any more
   */
  public record Step(List<Noticed> noticed, Set<Reservation> ended) {
    public Step {
      noticed = List.copyOf(noticed);
      ended = Set.copyOf(ended);
    }
  }

  private static final class Conflict {
    @Nullable Noticed last;
    Instant heardAt;
    Instant askedAt;

    Conflict(Instant at) {
      heardAt = at;
      askedAt = at;
    }
  }

  private final Map<Reservation, Conflict> conflicts = new HashMap<>();

  /** Begins with the conflicts that are known, as if they had been noticed now. */
  public ConflictTracker(Collection<Reservation> known, Instant now) {
    known.forEach(reservation -> conflicts.put(reservation, new Conflict(now)));
  }

  /** Takes what was noticed since the last step. */
  public Step step(Collection<Noticed> noticed, Instant now) {
    List<Noticed> changed = new ArrayList<>();
    for (Noticed one : noticed) {
      Conflict conflict = conflicts.computeIfAbsent(one.reservation(), _ -> new Conflict(now));
      conflict.heardAt = now;
      if (!one.equals(conflict.last)) {
        conflict.last = one;
        changed.add(one);
      }
    }
    Set<Reservation> ended = new HashSet<>();
    conflicts.forEach((reservation, conflict) -> {
      if (!now.isBefore(conflict.heardAt.plus(GONE_AFTER))) {
        ended.add(reservation);
      }
    });
    conflicts.keySet().removeAll(ended);
    return new Step(changed, ended);
  }

  /** The addresses for which HAVIP is to ask now; each once in {@link #ASK_EVERY}. */
  public Set<Reservation> due(Instant now) {
    Set<Reservation> due = new HashSet<>();
    conflicts.forEach((reservation, conflict) -> {
      if (!now.isBefore(conflict.askedAt.plus(ASK_EVERY))) {
        conflict.askedAt = now;
        due.add(reservation);
      }
    });
    return due;
  }
}
