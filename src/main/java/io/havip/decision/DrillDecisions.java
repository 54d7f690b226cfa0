package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.Id;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.vip.Binding;
import io.havip.vip.Drill;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides about rehearsed failovers. */
public final class DrillDecisions {
  private static final int SECONDS_MIN = 1;
  private static final int SECONDS_MAX = 600;
  private static final long TARGET_MAX_MS = 600_000;

  private DrillDecisions() {}

  /**
   * What is observed of a VIP when a drill is to begin.
   *
   * @param drills its drills so far, newest first
   * @param live the bound VMs whose port is up and that are not fenced
   * @param advertises whether the holder advertises; absent where the fabric cannot tell
   * @param expectedMillis how long its VMs should take to elect another, where that is known
   */
  public record Observation(
      List<Drill> drills,
      List<Holder> holders,
      Set<VmId> live,
      Optional<Boolean> advertises,
      @Nullable Long expectedMillis) {}

  /**
   * What a drill would do.
   *
   * @param vmId who would be cut off
   * @param candidates who could take over
   * @param expectedMillis the longest outage that its configuration allows; absent when unknown
   * @param passes whether that is within the target; absent when unknown
   * @param risks what would be risky, in words
   */
  public record Prediction(
      VmId vmId,
      List<VmId> candidates,
      boolean wholePort,
      @Nullable Long expectedMillis,
      @Nullable Boolean passes,
      List<String> risks) {}

  /** Begins a drill: the holder is fenced until its end. */
  public static Decision<Drill> begin(
      Snapshot snapshot, VipId id, Command.Drill command, Observation observed, Context context) {
    Vip vip = VipDecisions.changeable(snapshot, context, id);
    VmId holder = check(vip, command, observed, true);
    Instant until = context.now().plusSeconds(command.seconds());
    int number = observed.drills().isEmpty() ? 1 : observed.drills().getFirst().number() + 1;
    boolean wholePort = wholePort(command, observed);
    Drill drill =
        new Drill(
            id,
            number,
            holder,
            wholePort,
            command.targetMillis(),
            context.caller().actor(),
            context.now(),
            until,
            null);
    Binding binding = vip.binding(holder).orElseThrow();
    Decision<Vip> fence =
        VipDecisions.withFence(
            vip, List.of(binding), until, context.now(), context.caller().actor());
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutDrill(drill));
    changes.add(
        VipDecisions.record(
            vip, context, new Happening.DrillBegan(number, holder, until, wholePort)));
    changes.addAll(fence.changes());
    return new Decision<>(changes, wakes(vip, drill, fence.wakes()), drill);
  }

  /** Says what a drill would do; refuses what beginning it would, but for what force overrides. */
  public static Prediction predict(
      Snapshot snapshot, VipId id, Command.Drill command, Observation observed, Context context) {
    Vip vip = VipDecisions.changeable(snapshot, context, id);
    VmId holder = check(vip, command, observed, false);
    List<VmId> candidates =
        vip.vmIds().stream()
            .filter(vm -> !vm.equals(holder) && observed.live().contains(vm))
            .toList();
    boolean wholePort = wholePort(command, observed);
    List<String> risks = new ArrayList<>();
    if (candidates.isEmpty()) {
      risks.add("no other VM can take over: the VIP is unreachable until the end");
    }
    if (wholePort) {
      risks.add("the VM's ports are cut off: whatever else runs on it is unreachable too");
    } else {
      Loss.risk(snapshot.vm(holder).orElseThrow().name(), observed.advertises())
          .ifPresent(risk -> risks.add(risk + "; wholePort cuts it off"));
    }
    for (VmId vm : vip.vmIds()) {
      if (snapshot
          .virtualRouter(id)
          .map(router -> router.configurationOf(vm, vip.bindings()))
          .filter(VirtualRouter.Configuration.OUTDATED::equals)
          .isPresent()) {
        risks.add("the configuration of " + vm + " names other VMs than are bound");
      }
    }
    Long expected = candidates.isEmpty() ? null : observed.expectedMillis();
    return new Prediction(
        holder,
        candidates,
        wholePort,
        expected,
        candidates.isEmpty()
            ? Boolean.FALSE
            : expected == null ? null : expected <= command.targetMillis(),
        risks);
  }

  private static VmId check(
      Vip vip, Command.Drill command, Observation observed, boolean mustBeSafe) {
    if (command.seconds() < SECONDS_MIN || command.seconds() > SECONDS_MAX) {
      throw Refused.field("seconds", ErrorCode.INVALID_FIELD, "give 1 to 600 seconds");
    }
    if (command.targetMillis() < 1 || command.targetMillis() > TARGET_MAX_MS) {
      throw Refused.field("targetMillis", ErrorCode.INVALID_FIELD, "give 1 to 600000 ms");
    }
    if (vip.state() != VipState.AVAILABLE) {
      throw wrongState(vip.name() + " is not available; wait until it is");
    }
    if (observed.drills().stream().anyMatch(Drill::isRunning)) {
      throw wrongState("a drill of " + vip.name() + " is running; wait for its end");
    }
    if (observed.holders().size() != 1) {
      throw wrongState(
          observed.holders().isEmpty()
              ? "nobody holds " + vip.name() + "; there is nobody to cut off"
              : vip.name() + " is split; make its VMs hear each other first");
    }
    VmId holder = observed.holders().getFirst().vmId();
    if (vip.binding(holder).filter(binding -> !binding.isFenced()).isEmpty()) {
      throw wrongState(holder + " is losing " + vip.name() + " already; try again in a moment");
    }
    if (mustBeSafe && !command.force() && observed.live().size() < 2) {
      throw wrongState(
          "fewer than two VMs of "
              + vip.name()
              + " are live, so nobody would take over; bring another up, or force it");
    }
    return holder;
  }

  private static Refused wrongState(String message) {
    return Refused.of(ErrorCode.WRONG_STATE, message);
  }

  private static boolean wholePort(Command.Drill command, Observation observed) {
    Boolean asked = command.wholePort();
    return asked == null ? observed.advertises().filter(it -> !it).isPresent() : asked;
  }

  /** Takes notice of the end of a drill; the cut, if it is still there, goes at once. */
  public static Decision<Drill> finish(Vip vip, Drill drill, Drill.Result result) {
    Drill finished = drill.finished(result);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutDrill(finished));
    List<Binding> cut =
        vip.bindings().stream()
            .filter(binding -> binding.vmId().equals(drill.vmId()))
            .filter(binding -> drill.endsAt().equals(binding.fencedUntil()))
            .toList();
    Set<Id> wakes = Set.of();
    if (!cut.isEmpty()) {
      Decision<Vip> fence =
          VipDecisions.withFence(vip, cut, null, result.finishedAt(), Event.SYSTEM);
      changes.addAll(fence.changes());
      wakes = fence.wakes();
    }
    changes.add(
        VipDecisions.record(
            vip,
            result.finishedAt(),
            Event.SYSTEM,
            new Happening.DrillEnded(
                drill.number(),
                result.outcome().name().toLowerCase(Locale.ROOT),
                result.newHolder(),
                result.outageMillis(),
                result.cameBack())));
    return new Decision<>(changes, wakes(vip, drill, wakes), finished);
  }

  private static Set<Id> wakes(Vip vip, Drill drill, Set<Id> more) {
    Set<Id> wakes = new HashSet<>(more);
    if (drill.wholePort()) {
      vip.binding(drill.vmId())
          .ifPresent(binding -> {
            wakes.add(binding.nicId());
            wakes.add(binding.vrrpNicId());
          });
    }
    return wakes;
  }
}
