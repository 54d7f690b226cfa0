package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.Change;
import io.havip.decision.Command;
import io.havip.decision.Decision;
import io.havip.decision.HaDecisions;
import io.havip.decision.Loss;
import io.havip.decision.Preview;
import io.havip.decision.Reply;
import io.havip.decision.VipDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import io.havip.ha.Node;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Vm;
import io.havip.plan.Advertising;
import io.havip.plan.Announcement;
import io.havip.store.Page;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What people do with VIPs. Every method refuses with {@link Refused}. */
public final class VipService {
  private final Store store;
  private final Changes changes;

  private final Announcing announcing;
  private final BiFunction<VipId, VmId, Advertising> advertising;
  private final Predicate<String> hears;

  public VipService(
      Store store,
      Contexts contexts,
      Wakes wakes,
      Announcing announcing,
      BiFunction<VipId, VmId, Advertising> advertising,
      Predicate<String> hears) {
    this.store = store;
    this.announcing = announcing;
    this.advertising = advertising;
    this.hears = hears;
    this.changes = new Changes(store, contexts, wakes);
  }

  /**
   * A VIP as it is after a change.
   *
   * @param changed whether anything had to change
   */
  public record Changed(VipDetails details, boolean changed) {}

  public Reply create(
      Request request, Command.CreateVip command, Function<VipDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        seen((reader, context) -> VipDecisions.create(reader, command, context)),
        made -> reply.apply(made.details()));
  }

  public VipDetails update(Request request, VipId id, Command.UpdateVip command) {
    return change(request, (reader, context) -> VipDecisions.update(reader, id, command, context))
        .details();
  }

  public Changed replaceBindings(Request request, VipId id, Command.Bindings command) {
    return change(
        request, (reader, context) -> VipDecisions.replaceBindings(reader, id, command, context));
  }

  public Changed bind(Request request, VipId id, Command.Bind command) {
    return change(request, (reader, context) -> VipDecisions.bind(reader, id, command, context));
  }

  public Changed unbind(Request request, VipId id, VmId vmId) {
    return change(request, (reader, context) -> VipDecisions.unbind(reader, id, vmId, context));
  }

  public VipDetails delete(Request request, VipId id) {
    return change(request, (reader, context) -> VipDecisions.delete(reader, id, context)).details();
  }

  /** Deletes at once a VIP whose fabric is gone for good. */
  public void forceDelete(Request request, VipId id) {
    changes.make(request, (reader, context) -> VipDecisions.forceDelete(reader, id, context));
  }

  /** Deletes a VIP, once for each key and id, as a part of a request. */
  public Reply deletePart(Request request, VipId id, Function<VipDetails, Reply> reply) {
    return changes.makeOnce(
        request.part(id.value()),
        seen((reader, context) -> VipDecisions.delete(reader, id, context)),
        deleting -> reply.apply(deleting.details()));
  }

  public Preview previewCreate(Request request, Command.CreateVip command) {
    return changes.tryOut(
        request,
        (reader, context) -> {
          Decision<Vip> decision = VipDecisions.create(reader, command, context);
          return decision.answering(
              Preview.of(
                  Optional.empty(), decision, List.of(), Optional.empty(), _ -> Optional.empty()));
        });
  }

  public Preview previewReplaceBindings(Request request, VipId id, Command.Bindings command) {
    return preview(
        request,
        id,
        (reader, context) -> VipDecisions.replaceBindings(reader, id, command, context));
  }

  public Preview previewBind(Request request, VipId id, Command.Bind command) {
    return preview(
        request, id, (reader, context) -> VipDecisions.bind(reader, id, command, context));
  }

  public Preview previewUnbind(Request request, VipId id, VmId vmId) {
    return preview(
        request, id, (reader, context) -> VipDecisions.unbind(reader, id, vmId, context));
  }

  public Preview previewFence(Request request, VipId id, Command.Fence command) {
    return preview(
        request, id, (reader, context) -> VipDecisions.fence(reader, id, command, context));
  }

  public Preview previewDelete(Request request, VipId id) {
    return preview(request, id, (reader, context) -> VipDecisions.delete(reader, id, context));
  }

  private Preview preview(Request request, VipId id, Changes.Deciding<Vip> deciding) {
    return changes.tryOut(
        request,
        (reader, context) -> {
          Decision<Vip> decision = deciding.decide(reader, context);
          return decision.answering(
              Preview.of(
                  reader.vip(id),
                  decision,
                  holders(reader, id),
                  reader.virtualRouter(id),
                  vmId ->
                      Loss.risk(
                          reader.vm(vmId).orElseThrow().name(),
                          advertising.apply(id, vmId).isHeard())));
        });
  }

  public Reply retry(Request request, VipId id, Function<VipDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        seen((reader, context) -> VipDecisions.retry(reader, id, context)),
        retried -> reply.apply(retried.details()));
  }

  /**
   * Makes the configuration of a bound VM; see {@link HaDecisions#configure}.
   *
   * @param write makes the text of it; when it throws, nothing was made
   */
  public String configure(
      Request request,
      VipId id,
      VmId vmId,
      Map<NetworkId, String> interfaces,
      boolean hasVmac,
      Function<Node, String> write) {
    return changes.make(
        request,
        (reader, context) -> {
          Decision<Node> decision =
              HaDecisions.configure(reader, id, vmId, interfaces, hasVmac, context);
          return decision.answering(write.apply(decision.answer()));
        });
  }

  public Reply fence(
      Request request, VipId id, Command.Fence command, Function<VipDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        seen((reader, context) -> VipDecisions.fence(reader, id, command, context)),
        fenced -> reply.apply(fenced.details()));
  }

  /** Tells the VIP's neighbours once more where it is. */
  public Reply announce(Request request, VipId id, Function<VipDetails, Reply> reply) {
    if (!announcing.isHere()) {
      return changes.makeOnce(
          request,
          seen((reader, context) ->
              VipDecisions.announceElsewhere(reader, id, holders(reader, id), context)),
          announced -> reply.apply(announced.details()));
    }
    Announcement announcement =
        changes.tryOut(
            request,
            (reader, context) -> {
              Decision<Vip> decision =
                  VipDecisions.announce(reader, id, holders(reader, id), context);
              Vip vip = decision.answer();
              return decision.answering(
                  new Announcement(
                      reader.network(vip.networkId()).orElseThrow().segment(),
                      vip.address(),
                      holders(reader, id).getFirst().mac()));
            });
    if (!announcing.announce(announcement)) {
      throw Refused.of(
          ErrorCode.WRONG_STATE,
          "the fabric cannot announce it now; when it is in sync again, it announces by itself");
    }
    return changes.makeOnce(
        request,
        seen((reader, context) -> VipDecisions.announce(reader, id, holders(reader, id), context)),
        announced -> reply.apply(announced.details()));
  }

  private static List<Holder> holders(Reader reader, VipId id) {
    return reader.holders(List.of(id)).getOrDefault(id, List.of());
  }

  public VipDetails get(Caller caller, VipId id) {
    return store.read(reader ->
        reader
            .vip(id)
            .filter(vip -> vip.accountId().equals(caller.accountId()))
            .map(vip -> details(reader, List.of(vip)).getFirst())
            .orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist")));
  }

  /**
   * A page of the VIPs that a query is for.
   *
   * @param after behind which the page begins; the beginning when absent
   */
  public VipPage list(Caller caller, VipQuery query, VipQuery.@Nullable Place after, int limit) {
    return store.read(reader -> {
      Page<Vip> page = reader.vips(caller.accountId(), query, after, limit);
      boolean mayHaveMore = page.items().size() == limit;
      return new VipPage(
          details(reader, page.items()),
          mayHaveMore ? query.behind(page.items().getLast()) : null,
          page.total());
    });
  }

  /**
   * The history of one VIP, which outlives it, or of all of the caller's account; the latter is for
   * administrators together with what concerns the whole installation.
   */
  public List<RecordedEvent> events(
      Caller caller, @Nullable VipId id, EventFilter filter, EventPlace after, int limit) {
    return store.read(reader -> History.behind(reader, caller, id, filter, after, limit));
  }

  private Changed change(Request request, Changes.Deciding<Vip> deciding) {
    return changes.make(request, seen(deciding));
  }

  /** Decides, and shows the VIP as it will be. */
  private Changes.Deciding<Changed> seen(Changes.Deciding<Vip> deciding) {
    return (reader, context) -> {
      Decision<Vip> decision = deciding.decide(reader, context);
      VipDetails details =
          details(reader, List.of(decision.answer()), decision.changes()).getFirst();
      return decision.answering(new Changed(details, !decision.changes().isEmpty()));
    };
  }

  private List<VipDetails> details(Reader reader, List<Vip> vips) {
    return details(reader, vips, List.of());
  }

  /**
   * Looks up what belongs to VIPs.
   *
   * @param changes what is about to be changed
   */
  private List<VipDetails> details(Reader reader, List<Vip> vips, List<Change> changes) {
    Map<NicId, Nic> added = new HashMap<>();
    Map<VipId, VirtualRouter> made = new HashMap<>();
    for (Change change : changes) {
      if (change instanceof Change.AddNic(var nic)) {
        added.put(nic.id(), nic);
      } else if (change instanceof Change.PutVirtualRouter(var router)) {
        made.put(router.vipId(), router);
      }
    }
    Set<VmId> vmIds =
        vips.stream().flatMap(vip -> vip.vmIds().stream()).collect(Collectors.toSet());
    Set<NicId> nicIds =
        vips.stream()
            .flatMap(vip -> vip.bindings().stream())
            .map(Binding::nicId)
            .collect(Collectors.toSet());
    Map<VmId, Vm> vms = reader.vms(vmIds);
    Map<NicId, NicStatus> status = reader.nicStatus(nicIds);
    List<VipId> ids = vips.stream().map(Vip::id).toList();
    Map<VipId, List<Holder>> holders = reader.holders(ids);
    Map<VipId, VirtualRouter> routers = reader.virtualRouters(ids);
    Map<Id, Instant> conflicts = new HashMap<>();
    reader.conflicts(ids).forEach((it, conflict) -> conflicts.put(it.holder(), conflict.since()));
    return vips.stream()
        .map(vip -> {
          Optional<VirtualRouter> router =
              Optional.ofNullable(made.getOrDefault(vip.id(), routers.get(vip.id())));
          return new VipDetails(
              vip,
              router.map(VirtualRouter::vrid),
              vip.bindings().stream()
                  .flatMap(binding ->
                      bound(binding, vms, added, status, configuration(vip, binding, router))
                          .stream())
                  .toList(),
              holders.getOrDefault(vip.id(), List.of()),
              Optional.ofNullable(conflicts.get(vip.id())));
        })
        .toList();
  }

  private static VirtualRouter.Configuration configuration(
      Vip vip, Binding binding, Optional<VirtualRouter> router) {
    return router
        .map(it -> it.configurationOf(binding.vmId(), vip.bindings()))
        .orElse(VirtualRouter.Configuration.NONE);
  }

  /** Nothing for a VM that goes with this very change. */
  private Optional<VipDetails.Bound> bound(
      Binding binding,
      Map<VmId, Vm> vms,
      Map<NicId, Nic> added,
      Map<NicId, NicStatus> status,
      VirtualRouter.Configuration configuration) {
    return Optional.ofNullable(vms.get(binding.vmId()))
        .flatMap(vm ->
            vm.nic(binding.nicId())
                .or(() -> Optional.ofNullable(added.get(binding.nicId())))
                .map(nic ->
                    new VipDetails.Bound(
                        vm.id(),
                        vm.name(),
                        nic,
                        status.getOrDefault(nic.id(), NicStatus.ABSENT).up(),
                        hears.test(nic.port()),
                        binding.vmac(),
                        configuration,
                        binding.fencedUntil())));
  }
}
