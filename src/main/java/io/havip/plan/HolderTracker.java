package io.havip.plan;

import io.havip.event.Happening;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.vip.Holder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which VIP, from one sighting to the next.
 *
 * <p>The holder of a VIP is the bound VM that claimed it last, as long as its port is up. Two
 * things hold a change back: a port that went down is given {@link #GRACE}, because a successor's
 * claim usually follows within it and "from A to B" tells more than "from A to nobody to B"; and a
 * VIP changes at most once in {@link #AT_MOST_EVERY}, so that two VMs which fight for it cannot
 * flood the history. What is held back comes with a later step, if it is still so.
 *
 * <p>Of a holder whose port is up but that answers no more ({@link Liveness}), the VIP is taken
 * too, and given to the one who answers instead of it, if one does.
 *
 * <p>While a VIP is split, all who use it hold it, and that they take turns is no change. Splits
 * are found three ways: by claims, by advertisements, and by who answers when asked.
 */
public final class HolderTracker {
  static final Duration GRACE = Duration.ofSeconds(1);
  static final Duration AT_MOST_EVERY = Duration.ofSeconds(1);

  /**
   * A VIP changed hands, or is in more hands or fewer.
   *
   * @param at when it happened, which may be a moment before it was seen
   * @param needsAnnouncing whether neighbours may believe something else, because the last claim
   *     that they heard is another's
   */
  public record Drift(
      VipId vipId, List<Holder> holders, Happening what, Instant at, boolean needsAnnouncing) {
    public Drift {
      holders = List.copyOf(holders);
    }
  }

  private final Map<VipId, List<Holder>> holders = new HashMap<>();
  private final Map<VipId, Instant> changedAt = new HashMap<>();
  private final Map<VipId, Instant> silentSince = new HashMap<>();

  /** Since when the holder before is known to be gone. */
  private final Map<VipId, Instant> vacantSince = new HashMap<>();

  /** Who takes a VIP, and since when, while that is held back. */
  private final Map<VipId, Holder> takers = new HashMap<>();

  private final SplitTracker splits;
  private final RivalMasters rivals = new RivalMasters();
  private final Liveness liveness;
  private boolean holdsBack;

  /**
   * Begins with what was believed before.
   *
   * @param silentWithin within which a holder that answers no more is noticed; at least 3 s
   */
  public HolderTracker(Map<VipId, List<Holder>> believed, Duration silentWithin) {
    liveness = new Liveness(silentWithin);
    Map<VipId, List<VmId>> split = new HashMap<>();
    believed.forEach((id, held) -> {
      if (!held.isEmpty()) {
        holders.put(id, List.copyOf(held));
      }
      if (held.size() > 1) {
        split.put(id, held.stream().map(Holder::vmId).toList());
      }
    });
    splits = new SplitTracker(split);
  }

  /** Whether the next step should come soon: something was held back, or answers are awaited. */
  public boolean holdsBack() {
    return holdsBack || liveness.isCurious();
  }

  /** The VIPs whose members are to be asked now; they count as asked. */
  public Set<VipId> due(Instant now) {
    return liveness.due(now);
  }

  /** Takes a sighting and says which VIPs drifted. */
  public List<Drift> step(Sighting sighting, Instant now) {
    Map<VipId, Nic> claimants = sighting.claimants();
    Map<VipId, VmId> claiming = new HashMap<>();
    claimants.forEach((id, nic) -> claiming.put(id, nic.vmId()));
    liveness.step(sighting, claiming, now);
    Map<VipId, List<Nic>> parties = parties(sighting, now);
    Map<NicId, NicStatus> status = sighting.nicStatus();
    Set<VipId> ids = new HashSet<>(holders.keySet());
    ids.addAll(claimants.keySet());
    ids.addAll(parties.keySet());
    ids.addAll(sighting.vipIds());
    vacantSince.keySet().retainAll(ids);
    takers.keySet().retainAll(ids);
    List<Drift> drifts = new ArrayList<>();
    holdsBack = false;
    for (VipId id : ids) {
      Nic claimant = claimants.get(id);
      List<Holder> held = holders.getOrDefault(id, List.of());
      boolean isSilent = claimant != null && liveness.isSilent(id, claimant.vmId());
      boolean up =
          claimant != null
              && !isSilent
              && status.getOrDefault(claimant.id(), NicStatus.ABSENT).up();
      if (parties.containsKey(id)) {
        List<Holder> all = together(held, parties.get(id), now);
        if (!vms(all).equals(vms(held))) {
          drifts.add(drift(id, all, new Happening.SplitBegan(vms(all)), now, false));
        }
        continue;
      }
      if (held.size() > 1) {
        Nic rest = remaining(id, held, up ? claimant : null, sighting, now);
        List<Holder> left = rest == null ? List.of() : together(held, List.of(rest), now);
        drifts.add(drift(id, left, splitEnded(held, left, now), now, true));
        continue;
      }
      Holder before = held.isEmpty() ? null : held.getFirst();
      Nic found = up ? null : found(id, claimant, sighting);
      if (before != null) {
        noteVacancy(
            id, before, found == null ? claimant : found, up || found != null, sighting, now);
      }
      if (up || held.isEmpty()) {
        silentSince.remove(id);
      }
      if (found == null
          && !up
          && !isSilent
          && !held.isEmpty()
          && claimant != null
          && isWithinGrace(id, now)) {
        holdsBack = true;
        continue;
      }
      Nic next = up ? claimant : found;
      if (isSame(before, next)) {
        takers.remove(id);
        continue;
      }
      Holder taker = next == null ? null : taker(id, before, next, found != null, sighting, now);
      if (changesTooOften(id, now)) {
        takers.compute(id, (_, _) -> taker);
        holdsBack = true;
        continue;
      }
      drifts.add(
          next == null || taker == null
              ? drift(id, List.of(), lost(before), now, false)
              : taken(id, before, next, taker, found != null, sighting));
    }
    drifts.forEach(drift -> changedAt.put(drift.vipId(), now));
    return drifts;
  }

  /** Those who use a VIP together, for each VIP that is split, in the order of their ids. */
  private Map<VipId, List<Nic>> parties(Sighting sighting, Instant now) {
    Map<VipId, Set<VmId>> all = new HashMap<>();
    splits
        .step(sighting, now)
        .forEach((id, nics) -> nics.forEach(nic -> add(all, id, Set.of(nic.vmId()))));
    rivals.step(sighting, now).forEach((id, vms) -> add(all, id, vms));
    sighting.vipIds().forEach(id -> add(all, id, liveness.together(id)));
    Map<VipId, List<Nic>> parties = new HashMap<>();
    all.forEach((id, vms) -> {
      List<Nic> nics =
          vms.stream()
              .sorted(Comparator.comparing(VmId::value))
              .flatMap(vm -> sighting.activeMember(id, vm).stream())
              .toList();
      if (nics.size() > 1) {
        parties.put(id, nics);
      }
    });
    return parties;
  }

  private static void add(Map<VipId, Set<VmId>> all, VipId id, Set<VmId> vms) {
    if (!vms.isEmpty()) {
      all.computeIfAbsent(id, _ -> new HashSet<>()).addAll(vms);
    }
  }

  /** Who has the VIP after a split: who advertises it, or claimed it last, or answers. */
  private @Nullable Nic remaining(
      VipId id, List<Holder> held, @Nullable Nic claimant, Sighting sighting, Instant now) {
    List<Nic> advertising =
        held.stream()
            .filter(it -> sighting.advertising(id, it.vmId(), now).interval().isPresent())
            .flatMap(it -> sighting.activeMember(id, it.vmId()).stream())
            .toList();
    if (advertising.size() == 1) {
      return advertising.getFirst();
    }
    return claimant != null ? claimant : found(id, null, sighting);
  }

  /** Who answers for a VIP instead of the one that claimed it last. */
  private @Nullable Nic found(VipId id, @Nullable Nic claimant, Sighting sighting) {
    return liveness
        .alone(id)
        .filter(vm -> claimant == null || !vm.equals(claimant.vmId()))
        .flatMap(vm -> sighting.activeMember(id, vm))
        .orElse(null);
  }

  /** Takes notice of when the holder went, or that it is still there. */
  private void noteVacancy(
      VipId id,
      Holder holder,
      @Nullable Nic next,
      boolean isThere,
      Sighting sighting,
      Instant now) {
    Instant resigned =
        sighting
            .advert(id, holder.vmId())
            .filter(advert -> advert.priority() == 0 && !advert.at().isBefore(holder.since()))
            .map(Observed.Advert::at)
            .orElse(null);
    if (resigned != null) {
      vacantSince.put(id, resigned);
    } else if (isThere && isSame(holder, next)) {
      vacantSince.remove(id);
    } else if (!isThere) {
      vacantSince.computeIfAbsent(
          id,
          _ ->
              liveness.isSilent(id, holder.vmId())
                  ? sighting.lastSign(id, holder.vmId()).orElse(now)
                  : sighting.downSince(id, holder.vmId()).orElse(now));
    }
  }

  private static Happening lost(@Nullable Holder before) {
    return new Happening.HolderChanged(
        before == null ? null : before.vmId(), null, null, null, null);
  }

  /** Who takes a VIP, since the claim by which that was first seen: it may claim again soon. */
  private Holder taker(
      VipId id,
      @Nullable Holder before,
      Nic next,
      boolean wasFound,
      Sighting sighting,
      Instant now) {
    Holder seen = takers.get(id);
    if (seen != null && isSame(seen, next)) {
      return seen;
    }
    Instant vacant = vacantSince.get(id);
    Instant notBefore = vacant != null ? vacant : before == null ? Instant.MIN : before.since();
    Instant at =
        sighting
            .claimedAt(id, next.vmId())
            .filter(claimed -> !wasFound && !claimed.isBefore(notBefore) && !claimed.isAfter(now))
            .orElse(now);
    return new Holder(next.vmId(), next.mac(), at);
  }

  private Drift taken(
      VipId id,
      @Nullable Holder before,
      Nic next,
      Holder taker,
      boolean wasFound,
      Sighting sighting) {
    Instant at = taker.since();
    Instant vacant = vacantSince.remove(id);
    if (vacant == null && before != null) {
      vacant = lastSeen(id, before, at, sighting);
    }
    VmId from = before == null ? null : before.vmId();
    Long outageMillis =
        vacant == null ? null : Math.max(0, Duration.between(vacant, at).toMillis());
    return drift(
        id,
        List.of(taker),
        new Happening.HolderChanged(from, next.vmId(), next.mac(), next.port(), outageMillis),
        at,
        wasFound);
  }

  /**
   * When a holder was last seen to have the VIP that never said that it had not: the moment of the
   * takeover if it advertised until then; unknown if it never advertised.
   */
  private static @Nullable Instant lastSeen(
      VipId id, Holder holder, Instant takenAt, Sighting sighting) {
    Observed.Advert advert = sighting.advert(id, holder.vmId()).orElse(null);
    if (advert == null) {
      return null;
    }
    Instant due = advert.at().plus(advert.interval().multipliedBy(2));
    return takenAt.isBefore(due)
        ? takenAt
        : sighting
            .lastSign(id, holder.vmId())
            .filter(sign -> sign.isBefore(takenAt))
            .orElse(takenAt);
  }

  private Drift drift(
      VipId id, List<Holder> next, Happening what, Instant at, boolean needsAnnouncing) {
    takers.remove(id);
    if (next.isEmpty()) {
      holders.remove(id);
    } else {
      holders.put(id, next);
    }
    return new Drift(id, next, what, at, needsAnnouncing && next.size() == 1);
  }

  /** These NICs as holders, in the order in which they came to hold it. */
  private static List<Holder> together(List<Holder> held, List<Nic> nics, Instant now) {
    List<Holder> next = new ArrayList<>();
    for (Holder holder : held) {
      if (nics.stream().anyMatch(nic -> isSame(holder, nic))) {
        next.add(holder);
      }
    }
    for (Nic nic : nics) {
      if (held.stream().noneMatch(holder -> isSame(holder, nic))) {
        next.add(new Holder(nic.vmId(), nic.mac(), now));
      }
    }
    return List.copyOf(next);
  }

  private static List<VmId> vms(List<Holder> holders) {
    return holders.stream().map(Holder::vmId).toList();
  }

  /** It began when the second came. */
  private static Happening.SplitEnded splitEnded(
      List<Holder> held, List<Holder> left, Instant now) {
    Duration length = Duration.between(held.get(1).since(), now);
    VmId to = left.isEmpty() ? null : left.getFirst().vmId();
    return new Happening.SplitEnded(vms(held), to, length.toMillis());
  }

  private boolean isWithinGrace(VipId id, Instant now) {
    return now.isBefore(silentSince.computeIfAbsent(id, _ -> now).plus(GRACE));
  }

  private boolean changesTooOften(VipId id, Instant now) {
    Instant last = changedAt.get(id);
    return last != null && now.isBefore(last.plus(AT_MOST_EVERY));
  }

  private static boolean isSame(@Nullable Holder held, @Nullable Nic next) {
    if (held == null || next == null) {
      return held == null && next == null;
    }
    return held.vmId().equals(next.vmId()) && held.mac().equals(next.mac());
  }
}
