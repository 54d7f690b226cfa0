package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.decision.DrillDecisions;
import io.havip.decision.Reply;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.NicStatus;
import io.havip.plan.Advertising;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Drill;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rehearsals of failovers. Every method refuses with {@link Refused}. */
public final class DrillService {
  /** Three intervals and the longest skew time: RFC 9568, section 6.1. */
  private static final int INTERVALS_UNTIL_ELECTED = 4;

  private final Store store;
  private final Changes changes;
  private final BiFunction<VipId, VmId, Advertising> advertising;
  private final Runnable begun;

  /**
   * Nothing runs yet.
   *
   * @param begun is told after a drill began
   */
  public DrillService(
      Store store,
      Contexts contexts,
      Wakes wakes,
      BiFunction<VipId, VmId, Advertising> advertising,
      Runnable begun) {
    this.store = store;
    this.changes = new Changes(store, contexts, wakes);
    this.advertising = advertising;
    this.begun = begun;
  }

  public Reply begin(
      Request request, VipId id, Command.Drill command, Function<Drill, Reply> reply) {
    Reply made =
        changes.makeOnce(
            request,
            (reader, context) ->
                DrillDecisions.begin(reader, id, command, observation(reader, id), context),
            reply);
    begun.run();
    return made;
  }

  public DrillDecisions.Prediction predict(Request request, VipId id, Command.Drill command) {
    return store.read(reader ->
        DrillDecisions.predict(
            reader, id, command, observation(reader, id), changes.context(request)));
  }

  /** Newest first. */
  public List<Drill> list(Caller caller, VipId id) {
    return store.read(reader -> {
      own(reader, caller, id);
      return reader.drills(id);
    });
  }

  public Drill get(Caller caller, VipId id, int number) {
    return list(caller, id).stream()
        .filter(drill -> drill.number() == number)
        .findFirst()
        .orElseThrow(
            () -> Refused.of(ErrorCode.NOT_FOUND, id + " has no drill with the number " + number));
  }

  private static Vip own(Reader reader, Caller caller, VipId id) {
    return reader
        .vip(id)
        .filter(vip -> vip.accountId().equals(caller.accountId()))
        .orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist"));
  }

  private DrillDecisions.Observation observation(Reader reader, VipId id) {
    List<Holder> holders = reader.holders(List.of(id)).getOrDefault(id, List.of());
    Advertising heard =
        holders.size() == 1
            ? advertising.apply(id, holders.getFirst().vmId())
            : Advertising.UNKNOWN;
    return new DrillDecisions.Observation(
        reader.drills(id),
        holders,
        reader.vip(id).map(vip -> live(reader, vip)).orElse(Set.of()),
        heard.isHeard(),
        heard
            .interval()
            .map(it -> it.multipliedBy(INTERVALS_UNTIL_ELECTED))
            .map(Duration::toMillis)
            .orElse(null));
  }

  private static Set<VmId> live(Reader reader, Vip vip) {
    List<Binding> bindings = vip.bindings();
    Map<?, NicStatus> status = reader.nicStatus(bindings.stream().map(Binding::nicId).toList());
    return bindings.stream()
        .filter(binding -> !binding.isFenced())
        .filter(binding -> {
          NicStatus seen = status.get(binding.nicId());
          return seen != null && seen.up();
        })
        .map(Binding::vmId)
        .collect(Collectors.toSet());
  }
}
