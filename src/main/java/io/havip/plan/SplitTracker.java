package io.havip.plan;

import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Nic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which VIPs are used by several VMs at a time, from one sighting to the next.
 *
 * <p>After a handover the old holder is silent. In a split it is heard again, because both answer
 * whoever asks for the address. So a claimant that is heard within {@link #RETURNS_WITHIN} after
 * another took over has returned, and one that returns twice is in a split. Once may happen in a
 * handover, when both claim until the loser has heard of the winner, an advertisement's interval at
 * most; all that comes within {@link #HANDOVER} of a return counts as the same, and all is
 * forgotten when one claimant alone is heard for {@link #ALONE}. A VM that fails and takes the VIP
 * back later has not returned, however often that happens; nor has who takes it from one that is
 * gone (its port is down, it may not claim any more, or it resigned), even if several try at once.
 *
 * <p>A split ends when all but one are silent for {@link #QUIET}, or cannot claim any more; not
 * because nobody listens to one of them.
 */
final class SplitTracker {
  static final Duration RETURNS_WITHIN = Duration.ofSeconds(1);
  static final Duration HANDOVER = Duration.ofSeconds(1);
  static final Duration ALONE = Duration.ofSeconds(1);
  static final Duration COUNTED_FOR = Duration.ofSeconds(30);
  static final Duration QUIET = Duration.ofSeconds(10);

  /** What was heard of one VIP. */
  private static final class Course {
    @Nullable VmId current;

    /** Since when only the current claimant has been heard. */
    @Nullable Instant aloneSince;

    final Map<VmId, Instant> heardAt = new HashMap<>();
    final Map<VmId, Instant> overtakenAt = new HashMap<>();

    /** When a VM returned last, of those returns that are not forgotten. */
    final Map<VmId, Instant> returnedAt = new HashMap<>();

    final Set<VmId> parties = new HashSet<>();
  }

  private final Map<VipId, Course> courses = new HashMap<>();
  private final Map<VipId, List<VmId>> before;
  private Map<Sighting.Claimant, Long> counted = Map.of();

  /** When the last sighting was, if there was one: what is heard next was claimed after it. */
  private @Nullable Instant sightedAt;

  /** Begins with the splits that there were before. */
  SplitTracker(Map<VipId, List<VmId>> before) {
    this.before = Map.copyOf(before);
  }

  /** Takes a sighting; gives those who use a VIP together, for each VIP that is split. */
  Map<VipId, List<Nic>> step(Sighting sighting, Instant now) {
    Map<Sighting.Claimant, Long> counts = sighting.claimCounts();
    Instant since = sightedAt;
    if (since == null) {
      before.forEach((id, parties) -> begin(id, parties, now));
    } else {
      courses.forEach((id, course) -> forgetTheGone(course, id, sighting));
      Map<VipId, Nic> last = sighting.claimants();
      heard(counts).forEach((id, vms) -> listen(course(id), vms, last.get(id), since, now));
    }
    sightedAt = now;
    counted = counts;
    return splits(sighting, now);
  }

  private Course course(VipId id) {
    return courses.computeIfAbsent(id, _ -> new Course());
  }

  private void begin(VipId id, List<VmId> parties, Instant now) {
    Course course = course(id);
    course.parties.addAll(parties);
    parties.forEach(vm -> course.heardAt.put(vm, now));
  }

  /** When one that was heard is gone, what comes next is a takeover, whoever claims. */
  private static void forgetTheGone(Course course, VipId id, Sighting sighting) {
    if (course
        .heardAt
        .entrySet()
        .removeIf(it -> isGone(id, it.getKey(), it.getValue(), sighting))) {
      course.current = null;
      course.overtakenAt.clear();
      course.returnedAt.clear();
    }
  }

  private static boolean isGone(VipId id, VmId vm, Instant heardAt, Sighting sighting) {
    return sighting.activeMember(id, vm).isEmpty()
        || sighting
            .advert(id, vm)
            .filter(it -> it.priority() == 0 && it.at().isAfter(heardAt))
            .isPresent();
  }

  /** Who claimed since the last sighting; a smaller count means that counting began anew. */
  private Map<VipId, Set<VmId>> heard(Map<Sighting.Claimant, Long> counts) {
    Map<VipId, Set<VmId>> heard = new HashMap<>();
    counts.forEach((claimant, count) -> {
      if (!count.equals(counted.get(claimant))) {
        heard.computeIfAbsent(claimant.vipId(), _ -> new HashSet<>()).add(claimant.vmId());
      }
    });
    return heard;
  }

  /** Claims of one sighting have no order, but it is known whose was the last. */
  private static void listen(
      Course course, Set<VmId> heard, @Nullable Nic last, Instant since, Instant now) {
    VmId lastVm = last == null ? null : last.vmId();
    List<VmId> order = new ArrayList<>(heard);
    order.remove(course.current);
    order.sort(Comparator.comparing((VmId vm) -> vm.equals(lastVm)).thenComparing(VmId::value));
    if (!order.isEmpty() && heard.contains(course.current) && !order.getLast().equals(lastVm)) {
      order.add(course.current);
    }
    if (!order.isEmpty()) {
      course.aloneSince = null;
    } else if (course.aloneSince == null) {
      course.aloneSince = now;
    } else if (!now.isBefore(course.aloneSince.plus(ALONE))) {
      course.returnedAt.clear();
    }
    order.forEach(vm -> takeOver(course, vm, since, now));
    heard.forEach(vm -> course.heardAt.put(vm, now));
  }

  private static void takeOver(Course course, VmId vm, Instant since, Instant now) {
    if (course.current != null) {
      course.overtakenAt.put(course.current, now);
    }
    course.current = vm;
    Instant overtaken = course.overtakenAt.get(vm);
    if (overtaken == null || now.isAfter(overtaken.plus(RETURNS_WITHIN))) {
      return;
    }
    Instant returned = course.returnedAt.get(vm);
    if (returned == null || now.isAfter(returned.plus(COUNTED_FOR))) {
      course.returnedAt.put(vm, now);
    } else if (since.isAfter(returned.plus(HANDOVER))) {
      course.returnedAt.put(vm, now);
      course.heardAt.put(vm, now);
      course.heardAt.forEach((other, at) -> {
        if (now.isBefore(at.plus(QUIET))) {
          course.parties.add(other);
        }
      });
    }
  }

  private Map<VipId, List<Nic>> splits(Sighting sighting, Instant now) {
    Map<VipId, List<Nic>> splits = new LinkedHashMap<>();
    courses.forEach((id, course) -> {
      // One more that is heard while the VIP is split uses it too.
      if (!course.parties.isEmpty()) {
        course.parties.addAll(course.heardAt.keySet());
      }
      if (course.parties.stream().anyMatch(vm -> sighting.isDeaf(id, vm))) {
        course.parties.forEach(vm -> course.heardAt.put(vm, now));
      }
      course.parties.removeIf(vm -> isOut(course, id, vm, sighting, now));
      course.heardAt.values().removeIf(at -> !now.isBefore(at.plus(QUIET)));
      if (course.parties.size() > 1) {
        splits.put(
            id,
            course.parties.stream()
                .sorted(Comparator.comparing(VmId::value))
                .map(vm -> sighting.activeMember(id, vm).orElseThrow())
                .toList());
      } else {
        if (!course.parties.isEmpty()) {
          course.returnedAt.clear();
        }
        course.parties.clear();
      }
    });
    courses.keySet().removeIf(id -> !sighting.isThere(id));
    return splits;
  }

  private static boolean isOut(Course course, VipId id, VmId vm, Sighting sighting, Instant now) {
    Instant heardAt = course.heardAt.get(vm);
    return heardAt == null
        || !now.isBefore(heardAt.plus(QUIET))
        || sighting.activeMember(id, vm).isEmpty();
  }
}
