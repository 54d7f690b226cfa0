package io.havip.reconcile;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.Id;
import io.havip.id.VipId;
import io.havip.inventory.Nic;
import io.havip.net.Ipv4Address;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.Grant;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Asks whether another host has the address of a VIP or of a NIC before a VM may use it. Any number
 * of addresses is asked for at a time, and no thread waits for the answers meanwhile. Not safe for
 * use by several threads.
 */
final class Probes {
  /** A host that is up answers within a millisecond; RFC 5227 would wait seconds. */
  static final Duration ANSWERED_WITHIN = Duration.ofMillis(20);

  /** How often an address is asked for that another host has. */
  static final Duration AGAIN_AFTER = Duration.ofSeconds(30);

  private final Fabric fabric;
  private final LongSupplier nanoTime;
  private final Map<Id, Asked> asked = new HashMap<>();
  private final Map<Id, Long> contested = new HashMap<>();
  private final Set<VipId> free = new HashSet<>();
  private final Deque<Round> rounds = new ArrayDeque<>();

  Probes(Fabric fabric, LongSupplier nanoTime) {
    this.fabric = fabric;
    this.nanoTime = nanoTime;
  }

  /**
   * An address to ask for.
   *
   * @param id the VIP or the NIC that is to have the address
   * @param generation the VIP's; another one is asked for at once
   * @param contests whether an answer is another host's
   */
  record Subject(Id id, long generation, AskedAddress address, Predicate<Answer> contests) {
    static Subject of(Vip vip, Grant grant) {
      return new Subject(vip.id(), vip.generation(), grant.asked(), it -> it.contests(grant));
    }

    /** The address of a NIC, on a segment's number. */
    static Subject of(Nic nic, int segment) {
      Ipv4Address address = Objects.requireNonNull(nic.address());
      AskedAddress asked = new AskedAddress(segment, address);
      return new Subject(nic.id(), 0, asked, it -> it.contests(asked, nic.mac()));
    }
  }

  /** When an address was asked for, and for which generation. */
  private record Asked(long generation, long atNanos) {}

  /** What was asked for together, until when. */
  private record Round(List<Subject> subjects, Fabric.Question question, long endNanos) {}

  /**
   * What came of asking.
   *
   * @param id the VIP or the NIC
   * @param contested who has the address, where another host has
   */
  record Result(Id id, Optional<Answer> contested) {}

  /** Whether a VIP must not be granted yet. One that was realised once was asked for then. */
  boolean mustWait(Vip vip) {
    return vip.observedGeneration() == 0
        && vip.state() != VipState.DELETING
        && !free.contains(vip.id());
  }

  /** Asks for those that have not been asked for, or were {@link #AGAIN_AFTER} ago. */
  void begin(Collection<Subject> subjects) throws FabricException {
    long now = nanoTime.getAsLong();
    List<Subject> due = subjects.stream().filter(it -> isDue(it, now)).toList();
    if (due.isEmpty()) {
      return;
    }
    Optional<Fabric.Question> question = fabric.ask(due.stream().map(Subject::address).toList());
    // A fabric that cannot ask has no answers to wait for.
    long patience = question.isPresent() ? ANSWERED_WITHIN.toNanos() : 0;
    rounds.add(new Round(due, question.orElse(List::of), nanoTime.getAsLong() + patience));
    for (Subject subject : due) {
      asked.put(subject.id(), new Asked(subject.generation(), now));
      contested.remove(subject.id());
    }
  }

  private boolean isDue(Subject subject, long now) {
    Asked before = asked.get(subject.id());
    return before == null
        || before.generation() != subject.generation()
        || now - before.atNanos() >= AGAIN_AFTER.toNanos();
  }

  /** How long until there is something to end or to ask again; forever when there is not. */
  Duration untilDue(Duration forever) {
    Duration until = rounds.isEmpty() ? forever : untilEnd(rounds.getFirst());
    for (long atNanos : contested.values()) {
      Duration again = Duration.ofNanos(atNanos + AGAIN_AFTER.toNanos() - nanoTime.getAsLong());
      until = again.compareTo(until) < 0 ? again : until;
    }
    return until;
  }

  /** The VIPs and NICs whose address another host had {@link #AGAIN_AFTER} ago. */
  Set<Id> again() {
    long now = nanoTime.getAsLong();
    Set<Id> again = new HashSet<>();
    contested.forEach((id, atNanos) -> {
      if (now - atNanos >= AGAIN_AFTER.toNanos()) {
        again.add(id);
      }
    });
    contested.keySet().removeAll(again);
    return again;
  }

  /** Ends the asking where there was time enough to answer. */
  List<Result> end() throws FabricException {
    List<Result> results = new ArrayList<>();
    while (!rounds.isEmpty() && !untilEnd(rounds.getFirst()).isPositive()) {
      Round round = rounds.getFirst();
      List<Answer> answers = round.question().answers();
      rounds.removeFirst();
      for (Subject subject : round.subjects()) {
        Optional<Answer> other = answers.stream().filter(subject.contests()).findFirst();
        if (other.isPresent()) {
          Asked at = asked.get(subject.id());
          if (at != null) {
            contested.put(subject.id(), at.atNanos());
          }
        } else if (subject.id() instanceof VipId vip) {
          free.add(vip);
        }
        results.add(new Result(subject.id(), other));
      }
    }
    return results;
  }

  /**
   * Forgets all but these, which are all that there are.
   *
   * @param nics those for whose address HAVIP must ask
   */
  void keep(Collection<Vip> vips, Collection<Nic> nics) {
    Set<Id> waiting = new HashSet<>();
    vips.stream()
        .filter(vip -> vip.observedGeneration() == 0)
        .forEach(vip -> waiting.add(vip.id()));
    nics.forEach(nic -> waiting.add(nic.id()));
    asked.keySet().retainAll(waiting);
    contested.keySet().retainAll(waiting);
    free.retainAll(waiting);
  }

  private Duration untilEnd(Round round) {
    return Duration.ofNanos(round.endNanos() - nanoTime.getAsLong());
  }
}
