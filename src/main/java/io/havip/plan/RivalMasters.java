package io.havip.plan;

import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.plan.Sighting.Claimant;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which VIPs several VMs advertise at a time, from one sighting to the next.
 *
 * <p>In a handover the loser falls silent as soon as it hears the winner, after one advertisement
 * at most that was under way. One that goes on at its interval has not heard the other: it has
 * returned. Who returns twice, half an interval apart or more, is in a split with whom it returned
 * from; that takes two intervals from the other's first advertisement, and four where one sends
 * every third only, as keepalived does while it refuses what it hears. One that was paused for
 * longer than that and comes back has not returned.
 *
 * <p>A party is out when it has been silent for four intervals, or resigns; not because nobody
 * listens to it any more.
 *
 * <p>keepalived can also fall silent for ten intervals while it refuses what it hears. To ask who
 * has the address finds such a split too. Where nobody can, who does twice within {@link #PATIENCE}
 * intervals what only somebody does who does not hear the other is in a split: advertises between
 * half an interval and three after another of a higher priority did. Who is silent for {@link
 * #PATIENCE} intervals is out.
 */
final class RivalMasters {
  private static final int PATIENCE = 20;

  private static final class Course {
    @Nullable VmId current;
    final Map<VmId, Observed.Advert> last = new HashMap<>();
    final Map<VmId, Instant> ignoredAt = new HashMap<>();
    final Map<VmId, Instant> overtakenAt = new HashMap<>();
    final Map<VmId, Instant> returnedAt = new HashMap<>();
    final Set<VmId> parties = new HashSet<>();
  }

  private final Map<VipId, Course> courses = new HashMap<>();

  /** The last advertisements that were heard, also of those who may not use the VIP now. */
  private final Map<Claimant, Observed.Advert> heard = new HashMap<>();

  private boolean hasSeen;

  /** Takes a sighting; gives those who advertise a VIP together, for each where several do. */
  Map<VipId, Set<VmId>> step(Sighting sighting, Instant now) {
    Map<Claimant, Observed.Advert> adverts = sighting.adverts();
    courses.keySet().removeIf(id -> !sighting.isThere(id));
    courses.forEach((id, course) -> forgetTheGone(course, id, sighting));
    if (hasSeen) {
      adverts.entrySet().stream()
          .filter(it -> isNew(it.getKey(), it.getValue()) && isActive(it.getKey(), sighting))
          .sorted(Map.Entry.comparingByValue(Comparator.comparing(Observed.Advert::at)))
          .forEach(it -> listen(it.getKey(), it.getValue(), sighting));
    }
    hasSeen = true;
    heard.keySet().removeIf(it -> !sighting.isThere(it.vipId()));
    heard.putAll(adverts);
    Map<VipId, Set<VmId>> rivals = new HashMap<>();
    courses.forEach((id, course) -> {
      course.parties.removeIf(vm -> isOut(id, vm, sighting, now));
      if (course.parties.size() < 2) {
        course.parties.clear();
      } else {
        rivals.put(id, Set.copyOf(course.parties));
      }
    });
    return rivals;
  }

  private boolean isNew(Claimant claimant, Observed.Advert advert) {
    Observed.Advert known = heard.get(claimant);
    return known == null || known.count() != advert.count();
  }

  private static boolean isActive(Claimant claimant, Sighting sighting) {
    return sighting.activeMember(claimant.vipId(), claimant.vmId()).isPresent();
  }

  /** When one that advertised is gone, what comes next is a takeover, whoever advertises. */
  private static void forgetTheGone(Course course, VipId id, Sighting sighting) {
    if (course.last.keySet().removeIf(vm -> sighting.activeMember(id, vm).isEmpty())) {
      course.current = null;
      course.ignoredAt.clear();
      course.overtakenAt.clear();
      course.returnedAt.clear();
    }
  }

  private void listen(Claimant claimant, Observed.Advert advert, Sighting sighting) {
    VmId vm = claimant.vmId();
    Course course = courses.computeIfAbsent(claimant.vipId(), _ -> new Course());
    Duration interval = sighting.interval(claimant.vipId()).orElse(advert.interval());
    course.last.put(vm, advert);
    if (!sighting.tellsAnswers()) {
      noteIgnorance(course, vm, advert, interval.multipliedBy(PATIENCE));
    }
    if (advert.priority() == 0) {
      course.overtakenAt.remove(vm);
      course.returnedAt.remove(vm);
      course.ignoredAt.remove(vm);
      course.parties.remove(vm);
      course.current = vm.equals(course.current) ? null : course.current;
      return;
    }
    VmId other = course.current;
    if (vm.equals(other)) {
      return;
    }
    course.current = vm;
    if (other == null) {
      return;
    }
    Duration soon = interval.multipliedBy(3).plus(interval.dividedBy(8)); // no clock is exact
    Instant overtaken = course.overtakenAt.get(vm);
    course.overtakenAt.put(other, advert.at());
    if (overtaken == null || advert.at().isAfter(overtaken.plus(soon))) {
      course.returnedAt.remove(vm);
      return;
    }
    Instant returned = course.returnedAt.get(vm);
    if (returned == null || advert.at().isAfter(returned.plus(soon))) {
      course.returnedAt.put(vm, advert.at());
    } else if (!advert.at().isBefore(returned.plus(interval.dividedBy(2)))) {
      course.returnedAt.put(vm, advert.at());
      course.parties.addAll(List.of(vm, other));
    }
  }

  private static void noteIgnorance(
      Course course, VmId vm, Observed.Advert advert, Duration counts) {
    for (Map.Entry<VmId, Observed.Advert> other : course.last.entrySet()) {
      if (!other.getKey().equals(vm) && ignores(advert, other.getValue())) {
        Instant ignored = course.ignoredAt.put(vm, advert.at());
        if (ignored != null && advert.at().isBefore(ignored.plus(counts))) {
          course.parties.addAll(List.of(vm, other.getKey()));
        }
        return;
      }
    }
  }

  private static boolean ignores(Observed.Advert advert, Observed.Advert other) {
    Duration since = Duration.between(other.at(), advert.at());
    Duration interval = other.interval();
    return advert.priority() > 0
        && advert.priority() < other.priority()
        && since.compareTo(interval.dividedBy(2)) > 0
        && since.compareTo(interval.multipliedBy(5).dividedBy(2)) < 0; // no clock is exact
  }

  private static boolean isOut(VipId id, VmId vm, Sighting sighting, Instant now) {
    return sighting.activeMember(id, vm).isEmpty()
        || (!sighting.isDeaf(id, vm)
            && sighting.advert(id, vm).filter(it -> isLive(it, sighting, now)).isEmpty());
  }

  private static boolean isLive(Observed.Advert advert, Sighting sighting, Instant now) {
    return sighting.tellsAnswers()
        ? advert.isLive(now)
        : now.isBefore(advert.at().plus(advert.interval().multipliedBy(PATIENCE)));
  }
}
