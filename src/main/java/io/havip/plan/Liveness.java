package io.havip.plan;

import io.havip.id.VipId;
import io.havip.id.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who still answers for which VIP when its members are asked, and when to ask them.
 *
 * <p>A VM that answered once and then neither answers three questions nor gives another sign for
 * {@link #SILENT_AFTER} is silent; of one that never answered, silence says nothing. Members are
 * asked from time to time, again soon when one does not answer, and several times when a VIP has
 * just changed hands: who still answers then besides the winner has not given the VIP up. Where
 * that goes on for as long as a handover may take, both use it.
 */
final class Liveness {
  static final Duration SILENT_AFTER = Duration.ofSeconds(1);

  /** A kernel that has the address answers within a millisecond. */
  static final Duration ANSWERED_WITHIN = Duration.ofMillis(30);

  private static final Duration AGAIN_AFTER = Duration.ofMillis(300);
  private static final Duration WHEN_IT_CHANGED = Duration.ofMillis(100);
  private static final Duration CHANGED_FOR = Duration.ofMillis(1_600);
  private static final Duration WHILE_SPLIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_HANDOVER = Duration.ofSeconds(1);
  private static final Duration SHORTEST_HANDOVER = Duration.ofMillis(300);

  /**
   * Where nothing happens, those whose turn comes within this are asked together: each time that
   * somebody is asked, all is looked at again.
   */
  private static final long ROUND_MILLIS = 250;

  private static final int QUESTIONS = 3;

  /** How many rounds in which nobody else answers make somebody the only one. */
  private static final int ROUNDS_ALONE = 2;

  /** How many rounds without an answer take a party out of a split. */
  private static final int ROUNDS_OUT = 3;

  private static final class Course {
    @Nullable VmId claimant;
    Instant changing = Instant.MIN;
    Instant askAt = Instant.MIN;
    @Nullable Instant askedAt;
    boolean isOpen;
    @Nullable Instant togetherSince;
    @Nullable VmId alone;
    int roundsAlone;
    final Map<VmId, Instant> unansweredSince = new HashMap<>();
    final Map<VmId, Integer> unanswered = new HashMap<>();
    final Set<VmId> silent = new HashSet<>();
    final Set<VmId> parties = new HashSet<>();
  }

  private final Map<VipId, Course> courses = new HashMap<>();
  private final Duration every;
  private boolean isCurious;

  /**
   * Nobody was asked yet.
   *
   * @param noticedWithin how long a silent holder may go unnoticed, at least three seconds
   */
  Liveness(Duration noticedWithin) {
    // What remains is for a look that comes late, and for asking again.
    every = noticedWithin.minus(SILENT_AFTER).minus(Duration.ofMillis(1_300));
  }

  /** Whether the next sighting should come soon, because of answers that are awaited. */
  boolean isCurious() {
    return isCurious;
  }

  /** Takes a sighting. */
  void step(Sighting sighting, Map<VipId, VmId> claimants, Instant now) {
    isCurious = false;
    courses.keySet().removeIf(id -> !sighting.isThere(id));
    for (VipId id : sighting.vipIds()) {
      Course course = courses.computeIfAbsent(id, _ -> begin(id, now));
      if (course.alone != null && sighting.activeMember(id, course.alone).isEmpty()) {
        course.alone = null; // it may come back without the VIP
      }
      VmId claimant = claimants.get(id);
      if (claimant != null && !claimant.equals(course.claimant)) {
        course.changing = now.plus(CHANGED_FOR);
        course.askAt = earlier(course.askAt, now);
      }
      course.claimant = claimant;
      if (claimant != null && isOverdue(id, claimant, sighting, now)) {
        course.changing = later(course.changing, now.plus(WHEN_IT_CHANGED));
        course.askAt = earlier(course.askAt, now);
      }
      Instant askedAt = course.askedAt;
      if (course.isOpen && askedAt != null && !now.isBefore(askedAt.plus(ANSWERED_WITHIN))) {
        course.isOpen = false;
        close(id, course, askedAt, sighting, now);
      }
      isCurious |=
          course.isOpen
              || now.isBefore(course.changing)
              || mayBeSplit(course)
              || isSuspicious(course);
    }
  }

  /**
   * Whether an advertisement of the holder's did not come: either it is gone, or its software only.
   * A successor is there after three intervals and a bit.
   */
  private static boolean isOverdue(VipId id, VmId vm, Sighting sighting, Instant now) {
    return sighting
        .advert(id, vm)
        .filter(it -> it.priority() > 0)
        .filter(it -> now.isAfter(it.at().plus(it.interval().multipliedBy(3).dividedBy(2))))
        .filter(it -> now.isBefore(it.at().plus(it.interval().multipliedBy(5))))
        .isPresent();
  }

  /** So that not all are asked at a time. */
  private Course begin(VipId id, Instant now) {
    Course course = new Course();
    course.askAt = inRound(now.plusMillis(Math.floorMod(id.hashCode(), every.toMillis())));
    return course;
  }

  /** A bit earlier, at a moment at which others are asked too. */
  private static Instant inRound(Instant at) {
    return Instant.ofEpochMilli(at.toEpochMilli() / ROUND_MILLIS * ROUND_MILLIS);
  }

  /** The VIPs whose members are to be asked now; they count as asked. */
  Set<VipId> due(Instant now) {
    Set<VipId> due = new HashSet<>();
    courses.forEach((id, course) -> {
      if (!course.isOpen && !now.isBefore(course.askAt)) {
        due.add(id);
        course.isOpen = true;
        course.askedAt = now;
        course.askAt = inRound(now.plus(every));
      }
    });
    return due;
  }

  private void close(VipId id, Course course, Instant askedAt, Sighting sighting, Instant now) {
    List<VmId> members = sighting.activeMembers(id);
    Set<VmId> answering = new HashSet<>();
    for (VmId vm : members) {
      Optional<Instant> answeredAt = sighting.answeredAt(id, vm);
      if (answeredAt.filter(at -> !at.isBefore(askedAt)).isPresent()) {
        answering.add(vm);
        course.unansweredSince.remove(vm);
        course.unanswered.remove(vm);
        course.silent.remove(vm);
      } else if (answeredAt.isPresent()) {
        count(id, vm, course, askedAt, sighting, now);
      }
    }
    course.unanswered.keySet().retainAll(members);
    course.unansweredSince.keySet().retainAll(members);
    course.silent.retainAll(members);
    together(id, course, answering, askedAt, sighting);
    VmId only = answering.size() == 1 ? answering.iterator().next() : null;
    course.roundsAlone = only != null && only.equals(course.alone) ? course.roundsAlone + 1 : 1;
    course.alone = only;
    Duration pause = pause(course, now);
    Instant next = askedAt.plus(pause);
    course.askAt = pause.equals(every) ? inRound(next) : next;
  }

  private Duration pause(Course course, Instant now) {
    if (mayBeSplit(course) || now.isBefore(course.changing)) {
      return WHEN_IT_CHANGED;
    }
    VmId only = course.alone;
    boolean isFound =
        only != null && !only.equals(course.claimant) && course.roundsAlone < ROUNDS_ALONE;
    if (isFound || isSuspicious(course)) {
      return AGAIN_AFTER;
    }
    return course.parties.isEmpty() ? every : WHILE_SPLIT;
  }

  private static void count(
      VipId id, VmId vm, Course course, Instant askedAt, Sighting sighting, Instant now) {
    Instant since = course.unansweredSince.computeIfAbsent(vm, _ -> askedAt);
    if (sighting.lastSign(id, vm).filter(at -> at.isAfter(since)).isPresent()) {
      course.unansweredSince.put(vm, askedAt);
      course.unanswered.put(vm, 1);
      course.silent.remove(vm);
      return;
    }
    int questions = course.unanswered.merge(vm, 1, Integer::sum);
    if (questions >= QUESTIONS && !now.isBefore(since.plus(SILENT_AFTER))) {
      course.silent.add(vm);
    }
  }

  private static void together(
      VipId id, Course course, Set<VmId> answering, Instant askedAt, Sighting sighting) {
    if (answering.size() < 2) {
      course.togetherSince = null;
    } else {
      Instant since = course.togetherSince == null ? askedAt : course.togetherSince;
      course.togetherSince = since;
      if (!askedAt.isBefore(since.plus(longestHandover(id, sighting)))) {
        course.parties.addAll(answering);
      }
    }
    course.parties.removeIf(vm ->
        sighting.activeMember(id, vm).isEmpty()
            || course.unanswered.getOrDefault(vm, 0) >= ROUNDS_OUT);
    if (course.parties.size() < 2) {
      course.parties.clear();
    }
  }

  /** The loser of a handover gives the address up when it hears the winner. */
  private static Duration longestHandover(VipId id, Sighting sighting) {
    Duration twoIntervals =
        sighting.interval(id).map(it -> it.multipliedBy(2)).orElse(LONGEST_HANDOVER);
    if (twoIntervals.compareTo(SHORTEST_HANDOVER) < 0) {
      return SHORTEST_HANDOVER;
    }
    return twoIntervals.compareTo(LONGEST_HANDOVER) > 0 ? LONGEST_HANDOVER : twoIntervals;
  }

  /** Whether several answered last, for no longer than in a handover. */
  private static boolean mayBeSplit(Course course) {
    return course.togetherSince != null && course.parties.isEmpty();
  }

  /** Whether the holder, or who may be, did not answer and is not known to be silent yet. */
  private static boolean isSuspicious(Course course) {
    VmId claimant = course.claimant;
    return claimant != null
        && course.unansweredSince.containsKey(claimant)
        && !course.silent.contains(claimant);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** Whether a VM is known to be silent about a VIP. */
  boolean isSilent(VipId id, VmId vm) {
    Course course = courses.get(id);
    return course != null && course.silent.contains(vm);
  }

  /** Who alone answers for a VIP when its members are asked. */
  Optional<VmId> alone(VipId id) {
    return Optional.ofNullable(courses.get(id))
        .filter(course -> course.roundsAlone >= ROUNDS_ALONE)
        .map(course -> course.alone);
  }

  /** Those who use a VIP together. */
  Set<VmId> together(VipId id) {
    Course course = courses.get(id);
    return course == null ? Set.of() : Set.copyOf(course.parties);
  }
}
