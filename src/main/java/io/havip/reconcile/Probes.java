package io.havip.reconcile;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.id.VipId;
import io.havip.plan.Answer;
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
import java.util.Optional;
import java.util.Set;

/**
 * Asks whether somebody has a VIP's address before anybody may use it. Any number of addresses is
 * asked for at a time, and nobody waits for the answers meanwhile. For one thread.
 */
final class Probes {
  /** A host that is up answers within a millisecond; RFC 5227 would wait seconds. */
  static final Duration ANSWERED_WITHIN = Duration.ofMillis(20);

  /** How often an address is asked for that somebody has. */
  static final Duration AGAIN_AFTER = Duration.ofSeconds(30);

  private final Fabric fabric;
  private final Map<VipId, Asked> asked = new HashMap<>();
  private final Set<VipId> free = new HashSet<>();
  private final Deque<Round> rounds = new ArrayDeque<>();

  Probes(Fabric fabric) {
    this.fabric = fabric;
  }

  /** Whose address was asked for, for which generation. */
  private record Asked(long generation, long atNanos) {}

  /** What was asked for together, until when. */
  private record Round(List<Grant> grants, Fabric.Question question, long endNanos) {}

  /**
   * What came of asking.
   *
   * @param contested who has the address, where somebody has
   */
  record Result(VipId vipId, Optional<Answer> contested) {}

  /** Whether a VIP must not be granted yet. One that was realised once was asked for then. */
  boolean mustWait(Vip vip) {
    return vip.observedGeneration() == 0
        && vip.state() != VipState.DELETING
        && !free.contains(vip.id());
  }

  /** Asks for those that have not been asked for, or were long ago. */
  void begin(Collection<Vip> vips, Map<VipId, Grant> grants) throws FabricException {
    long now = System.nanoTime();
    List<Vip> due =
        vips.stream()
            .filter(vip -> {
              Asked before = asked.get(vip.id());
              return before == null
                  || before.generation() != vip.generation()
                  || now - before.atNanos() >= AGAIN_AFTER.toNanos();
            })
            .toList();
    if (due.isEmpty()) {
      return;
    }
    List<Grant> together =
        due.stream().map(vip -> Optional.ofNullable(grants.get(vip.id())).orElseThrow()).toList();
    Optional<Fabric.Question> question = fabric.ask(together);
    // Nobody answers a fabric that cannot ask.
    long patience = question.isPresent() ? ANSWERED_WITHIN.toNanos() : 0;
    rounds.add(new Round(together, question.orElse(List::of), System.nanoTime() + patience));
    due.forEach(vip -> asked.put(vip.id(), new Asked(vip.generation(), now)));
  }

  /** How long until there is something to end; forever when nothing was asked. */
  Duration untilDue(Duration forever) {
    return rounds.isEmpty() ? forever : untilEnd(rounds.getFirst());
  }

  /** Ends the asking where there was time enough to answer. */
  List<Result> end() throws FabricException {
    List<Result> results = new ArrayList<>();
    while (!rounds.isEmpty() && !untilEnd(rounds.getFirst()).isPositive()) {
      Round round = rounds.getFirst();
      List<Answer> answers = round.question().answers();
      rounds.removeFirst();
      for (Grant grant : round.grants()) {
        Optional<Answer> contested = answers.stream().filter(a -> a.contests(grant)).findFirst();
        if (contested.isEmpty()) {
          free.add(grant.id());
        }
        results.add(new Result(grant.id(), contested));
      }
    }
    return results;
  }

  /** Forgets all but these VIPs, which are all that there are. */
  void keep(Collection<Vip> vips) {
    Set<VipId> unrealised = new HashSet<>();
    vips.stream()
        .filter(vip -> vip.observedGeneration() == 0)
        .forEach(vip -> unrealised.add(vip.id()));
    asked.keySet().retainAll(unrealised);
    free.retainAll(unrealised);
  }

  private static Duration untilEnd(Round round) {
    return Duration.ofNanos(round.endNanos() - System.nanoTime());
  }
}
