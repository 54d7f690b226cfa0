package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Caller;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.AnnouncementReason;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Floating;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides about VIPs and their bindings. */
public final class VipDecisions {
  private static final int REMARK_MAX = 255;
  private static final String FLOATING = "floatingAddress";

  /** A day; who needs longer unbinds the VM. */
  private static final int FENCE_MAX_S = 86_400;

  private VipDecisions() {}

  public static Decision<Vip> create(
      Snapshot snapshot, Command.CreateVip command, Context context) {
    Caller caller = context.caller();
    Rules.checkName(command.name());
    checkRemark(command.remark());
    Vpc vpc = Rules.referencedVpc(snapshot, caller, command.vpcId());
    Network network = Rules.usableNetwork(snapshot, caller, "networkId", command.networkId());
    checkType(command, network);
    Ipv4Address address =
        Rules.chooseAddress(snapshot, network, "address", command.address(), context);
    VipId id = context.ids().vip();
    Floating floating = floating(snapshot, network, null, command.floating(), context);
    Vip unbound =
        new Vip(
            id,
            caller.accountId(),
            command.name(),
            command.remark(),
            command.type(),
            vpc.id(),
            network.id(),
            address,
            floating,
            List.of(),
            VipState.CREATING,
            null,
            1,
            1,
            0,
            context.now(),
            context.now(),
            context.now());
    Rebinding rebinding = rebind(snapshot, unbound, network, command.bindings(), context);
    Vip vip = unbound.createdWith(rebinding.bindings());
    List<Change> changes = new ArrayList<>(rebinding.nicsFirst());
    changes.add(new Change.PutVip(vip));
    changes.addAll(HaDecisions.routerOf(snapshot, vip, context));
    changes.add(new Change.Reserve(new Reservation(network.id(), address, id)));
    reservation(vip).ifPresent(it -> changes.add(new Change.Reserve(it)));
    changes.add(record(vip, context, new Happening.VipCreated(vip.name(), address, vip.vmIds())));
    rebinding.wakes().add(id);
    return new Decision<>(changes, rebinding.wakes(), vip);
  }

  /** Renames or remarks a VIP, in any state; or changes its floating address. */
  public static Decision<Vip> update(
      Snapshot snapshot, VipId id, Command.UpdateVip command, Context context) {
    Vip vip = own(snapshot, context, id);
    String name = command.name() == null ? vip.name() : command.name();
    String remark = command.remark() == null ? vip.remark() : command.remark();
    Rules.checkName(name);
    checkRemark(remark);
    Floating before = vip.floating();
    Floating after = before;
    if (command.floating() != null) {
      changeable(snapshot, context, id);
      Network network = networkOf(snapshot, vip);
      after = floating(snapshot, network, before, command.floating().wanted(), context);
    }
    boolean isDescribed = !name.equals(vip.name()) || !remark.equals(vip.remark());
    boolean floats = !Objects.equals(before, after);
    if (!isDescribed && !floats) {
      return unchanged(vip);
    }
    Vip updated = vip.updated(name, remark, after, context.now());
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVip(updated));
    if (isDescribed) {
      changes.add(record(updated, context, new Happening.VipDescribed(name, remark)));
    }
    if (floats) {
      reservation(vip).ifPresent(it -> changes.add(new Change.Release(it)));
      reservation(updated).ifPresent(it -> changes.add(new Change.Reserve(it)));
      Ipv4Address address = after == null ? null : after.address();
      Happening happened = new Happening.FloatingAddressChanged(address, updated.generation());
      changes.add(record(updated, context, happened));
    }
    return new Decision<>(changes, floats ? Set.of(id) : Set.of(), updated);
  }

  /**
   * The floating address that a VIP is to have.
   *
   * @param before the one that it has; it stays when it will do
   */
  private static @Nullable Floating floating(
      Snapshot snapshot,
      Network network,
      @Nullable Floating before,
      Command.@Nullable NewFloating wanted,
      Context context) {
    if (wanted == null) {
      return null;
    }
    if (!context.limits().floating()) {
      throw Refused.field(
          FLOATING,
          INVALID_FIELD,
          "the Linux fabric translates no addresses; leave it out, or use HAVIP on Open Virtual"
              + " Network (fabric: ovn)");
    }
    if (!(network instanceof Subnet)) {
      throw Refused.field(
          FLOATING,
          INVALID_FIELD,
          "an external VIP is reached from outside by its own address; leave it out");
    }
    Network outside =
        Rules.usableNetwork(
            snapshot, context.caller(), FLOATING + ".networkId", wanted.networkId());
    if (!(outside instanceof ExternalNetwork)) {
      throw Refused.field(
          FLOATING + ".networkId",
          INVALID_FIELD,
          outside.name() + " is a subnet; name an external network");
    }
    if (before != null
        && before.networkId().equals(outside.id())
        && (wanted.address() == null || wanted.address().equals(before.address()))) {
      return before;
    }
    return new Floating(
        outside.id(),
        Rules.chooseAddress(snapshot, outside, FLOATING + ".address", wanted.address(), context));
  }

  /** Of the floating address. */
  private static Optional<Reservation> reservation(Vip vip) {
    return Optional.ofNullable(vip.floating())
        .map(it -> new Reservation(it.networkId(), it.address(), vip.id()));
  }

  /** Frees the addresses of a VIP. */
  private static List<Change> releases(Vip vip) {
    List<Change> releases = new ArrayList<>();
    releases.add(new Change.Release(new Reservation(vip.networkId(), vip.address(), vip.id())));
    reservation(vip).ifPresent(it -> releases.add(new Change.Release(it)));
    return releases;
  }

  /** Replaces the whole set of bound VMs. */
  public static Decision<Vip> replaceBindings(
      Snapshot snapshot, VipId id, Command.Bindings command, Context context) {
    return changeBindings(snapshot, changeable(snapshot, context, id), command, context);
  }

  /** Binds one VM more, or changes whether a bound one may use the VRID's MAC address. */
  public static Decision<Vip> bind(
      Snapshot snapshot, VipId id, Command.Bind command, Context context) {
    Context acting = actingOnVmac(snapshot, id, command, context);
    Vip vip = changeable(snapshot, acting, id);
    Set<VmId> vmIds = new LinkedHashSet<>(vip.vmIds());
    vmIds.add(command.vmId());
    Set<VmId> vmac = new LinkedHashSet<>(vmacOf(vip));
    if (command.vmac() != null) {
      vmac.remove(command.vmId());
      if (command.vmac()) {
        vmac.add(command.vmId());
      }
    }
    return changeBindings(
        snapshot, vip, new Command.Bindings(List.copyOf(vmIds), List.copyOf(vmac)), acting);
  }

  /**
   * Binding stays with the VIP's account. An administrator of another account may only change
   * {@code vmac} of a VM that is bound, because members cannot permit it on joined networks.
   */
  private static Context actingOnVmac(
      Snapshot snapshot, VipId id, Command.Bind command, Context context) {
    return snapshot
        .vip(id)
        .filter(_ -> command.vmac() != null)
        .filter(vip -> vip.binding(command.vmId()).isPresent())
        .filter(vip -> context.caller().manages(vip.accountId()))
        .map(vip ->
            new Context(
                NicRules.actingFor(context.caller(), vip.accountId()),
                context.now(),
                context.ids(),
                context.limits(),
                context.expected()))
        .orElse(context);
  }

  /** Unbinds one VM; a VM that is not bound is not found. */
  public static Decision<Vip> unbind(Snapshot snapshot, VipId id, VmId vmId, Context context) {
    Vip vip = changeable(snapshot, context, id);
    if (vip.binding(vmId).isEmpty()) {
      throw Refused.of(ErrorCode.NOT_FOUND, vmId + " is not bound to " + vip.name());
    }
    List<VmId> vmIds = vip.vmIds().stream().filter(bound -> !bound.equals(vmId)).toList();
    return changeBindings(snapshot, vip, new Command.Bindings(vmIds), context);
  }

  /**
   * Takes a bound VM's permission away until a time, or gives it back early. Fencing a VM that is
   * fenced already moves the end.
   */
  public static Decision<Vip> fence(
      Snapshot snapshot, VipId id, Command.Fence command, Context context) {
    Vip vip = changeable(snapshot, context, id);
    VmId vmId = command.vmId();
    if (command.seconds() < 0 || command.seconds() > FENCE_MAX_S) {
      throw Refused.field(
          "seconds", INVALID_FIELD, "give 1 to 86400 seconds, or 0 to end the fence at once");
    }
    Binding binding =
        vip.binding(vmId)
            .orElseThrow(() ->
                Refused.field(
                    "vmId",
                    ErrorCode.REFERENCE_NOT_FOUND,
                    vmId + " is not bound to " + vip.name() + "; name a VM that is"));
    if (command.seconds() == 0) {
      return binding.isFenced()
          ? withFence(vip, List.of(binding), null, context.now(), context.caller().actor())
          : unchanged(vip);
    }
    Instant until = context.now().plusSeconds(command.seconds());
    return withFence(vip, List.of(binding), until, context.now(), context.caller().actor());
  }

  /**
   * Takes notice that the VIP is announced in its holder's name, once more.
   *
   * @param holders who is believed to use it: there must be one
   */
  public static Decision<Vip> announce(
      Snapshot snapshot, VipId id, List<Holder> holders, Context context) {
    Vip vip = announceable(snapshot, id, holders, context);
    return new Decision<>(
        List.of(announced(vip, holders.getFirst(), context.now(), context.caller().actor())),
        Set.of(),
        vip);
  }

  /** Leaves it to the server that leads. */
  public static Decision<Vip> announceElsewhere(
      Snapshot snapshot, VipId id, List<Holder> holders, Context context) {
    Vip vip = announceable(snapshot, id, holders, context);
    return new Decision<>(
        List.of(new Change.WantAnnouncement(id, context.caller().actor())), Set.of(id), vip);
  }

  /** What the leader makes of that, when it was told or cannot be any more. */
  public static Decision<Vip> announcedHere(
      Vip vip, Optional<Holder> told, Instant now, String actor) {
    List<Change> changes = new ArrayList<>(List.of(new Change.DropAnnouncement(vip.id())));
    told.ifPresent(holder -> changes.add(announced(vip, holder, now, actor)));
    return new Decision<>(changes, Set.of(), vip);
  }

  private static Change announced(Vip vip, Holder holder, Instant now, String actor) {
    Happening what =
        new Happening.VipAnnounced(holder.vmId(), holder.mac(), AnnouncementReason.REQUESTED);
    return record(vip, now, actor, what);
  }

  private static Vip announceable(
      Snapshot snapshot, VipId id, List<Holder> holders, Context context) {
    Vip vip = changeable(snapshot, context, id);
    if (holders.size() != 1) {
      throw Refused.of(
          ErrorCode.WRONG_STATE,
          holders.isEmpty()
              ? "nobody holds %s; there is nothing to announce until a VM claims it"
                  .formatted(vip.name())
              : "%s is split: make its VMs hear each other first".formatted(vip.name()));
    }
    return vip;
  }

  /** Gives the permissions back whose fence is over. */
  public static Decision<Vip> endFences(Vip vip, Instant now) {
    List<Binding> over = vip.bindings().stream().filter(b -> b.isFenceOver(now)).toList();
    return over.isEmpty() ? unchanged(vip) : withFence(vip, over, null, now, Event.SYSTEM);
  }

  static Decision<Vip> withFence(
      Vip vip, List<Binding> which, @Nullable Instant until, Instant now, String actor) {
    Vip changed =
        vip.bound(
            vip.bindings().stream().map(b -> which.contains(b) ? b.fenced(until) : b).toList(),
            now);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVip(changed));
    for (Binding binding : which) {
      Happening what =
          until == null
              ? new Happening.FenceEnded(binding.vmId(), changed.generation())
              : new Happening.FenceBegan(binding.vmId(), until, changed.generation());
      changes.add(record(changed, now, actor, what));
    }
    return new Decision<>(changes, Set.of(vip.id()), changed);
  }

  /** Begins a deletion; the VIP and its reservation last until every permission is withdrawn. */
  public static Decision<Vip> delete(Snapshot snapshot, VipId id, Context context) {
    Vip vip = changeable(snapshot, context, id);
    Rebinding rebinding = unbindAll(snapshot, vip, context);
    Vip deleting = vip.deleting(context.now());
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVip(deleting));
    changes.addAll(rebinding.nicsAfter());
    changes.add(record(deleting, context, new Happening.VipDeleting()));
    rebinding.wakes().add(id);
    return new Decision<>(changes, rebinding.wakes(), deleting);
  }

  /**
   * Deletes a VIP at once, in any state: for one whose fabric is gone for good. Its address is free
   * before anybody knows that its permissions are withdrawn; reconciling withdraws what is left.
   */
  public static Decision<Vip> forceDelete(Snapshot snapshot, VipId id, Context context) {
    Vip vip = own(snapshot, context, id);
    Rebinding rebinding = unbindAll(snapshot, vip, context);
    List<Change> changes = releases(vip);
    changes.add(new Change.DropVip(id));
    changes.addAll(rebinding.nicsAfter());
    changes.add(record(vip, context, new Happening.VipDeleted()));
    rebinding.wakes().add(id);
    return new Decision<>(changes, rebinding.wakes(), vip);
  }

  /** Tries a failed VIP again. */
  public static Decision<Vip> retry(Snapshot snapshot, VipId id, Context context) {
    Vip vip = own(snapshot, context, id);
    if (vip.state() != VipState.FAILED) {
      throw Refused.of(
          ErrorCode.WRONG_STATE, vip.name() + " has not failed; there is nothing to try again");
    }
    Vip retried = vip.retried(context.now());
    return new Decision<>(
        List.of(
            new Change.PutVip(retried),
            record(retried, context, new Happening.VipRetried(retried.generation()))),
        Set.of(id),
        retried);
  }

  /**
   * Takes notice that the fabric has realised a generation. A VIP on its way out is dropped and its
   * address freed when that was its last one.
   */
  public static Decision<Vip> realised(Vip vip, long generation, Instant now) {
    if (vip.state() == VipState.DELETING && generation == vip.generation()) {
      List<Change> changes = releases(vip);
      changes.add(new Change.DropVip(vip.id()));
      changes.add(record(vip, now, Event.SYSTEM, new Happening.VipDeleted()));
      return new Decision<>(changes, Set.of(), vip);
    }
    Vip realised = vip.realised(generation);
    if (realised.equals(vip)) {
      return unchanged(vip);
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutVip(realised));
    if (realised.state() == VipState.AVAILABLE) {
      changes.add(record(realised, now, Event.SYSTEM, new Happening.VipRealised(generation)));
    }
    return new Decision<>(changes, Set.of(), realised);
  }

  /** Takes notice that the fabric cannot realise the VIP. */
  public static Decision<Vip> failed(Vip vip, Failure why, Instant now) {
    Vip failed = vip.failed(why);
    if (failed.equals(vip)) {
      return unchanged(vip);
    }
    String code = why.code().name().toLowerCase(Locale.ROOT);
    return new Decision<>(
        List.of(
            new Change.PutVip(failed),
            record(failed, now, Event.SYSTEM, new Happening.VipFailed(code, why.message()))),
        Set.of(),
        failed);
  }

  /**
   * Unbinds a VM from its VIPs wherever the binding matches, in any state.
   *
   * @param changes and {@code wakes} take what is to be done
   * @return the NICs that go with the bindings that made them
   */
  static Set<NicId> unbindEverywhere(
      Snapshot snapshot,
      Vm vm,
      Predicate<Binding> which,
      Context context,
      List<Change> changes,
      Set<Id> wakes) {
    Set<NetworkId> stillUsed = new HashSet<>();
    Set<NetworkId> noLongerUsed = new HashSet<>();
    for (Vip vip : snapshot.vipsOf(vm.id())) {
      Binding binding = vip.binding(vm.id()).orElseThrow();
      if (!which.test(binding)) {
        stillUsed.add(vip.networkId());
        continue;
      }
      noLongerUsed.add(vip.networkId());
      List<Binding> rest = vip.bindings().stream().filter(other -> !other.equals(binding)).toList();
      Vip unbound = vip.bound(rest, context.now());
      changes.add(new Change.PutVip(unbound));
      changes.add(record(unbound, context, bindingsChanged(List.of(), List.of(vm.id()), unbound)));
      wakes.add(vip.id());
    }
    noLongerUsed.removeAll(stillUsed);
    Set<NicId> gone = new HashSet<>();
    for (NetworkId networkId : noLongerUsed) {
      vm.nicOn(networkId)
          .filter(Nic::madeByBinding)
          .ifPresent(nic -> {
            changes.addAll(InventoryDecisions.dropping(nic));
            wakes.add(nic.id());
            gone.add(nic.id());
          });
    }
    return gone;
  }

  private static Decision<Vip> changeBindings(
      Snapshot snapshot, Vip vip, Command.Bindings command, Context context) {
    Rebinding rebinding = rebind(snapshot, vip, networkOf(snapshot, vip), command, context);
    Vip bound = vip.bound(rebinding.bindings(), context.now());
    if (Set.copyOf(bound.vmIds()).equals(Set.copyOf(vip.vmIds()))
        && Set.copyOf(vmacOf(bound)).equals(Set.copyOf(vmacOf(vip)))) {
      List<Change> router = HaDecisions.routerOf(snapshot, vip, context);
      return router.isEmpty() ? unchanged(vip) : new Decision<>(router, Set.of(vip.id()), vip);
    }
    List<VmId> added = bound.vmIds().stream().filter(vmId -> vip.binding(vmId).isEmpty()).toList();
    List<VmId> removed =
        vip.vmIds().stream().filter(vmId -> bound.binding(vmId).isEmpty()).toList();
    List<Change> changes = new ArrayList<>(rebinding.nicsFirst());
    changes.add(new Change.PutVip(bound));
    changes.addAll(HaDecisions.routerOf(snapshot, bound, context));
    changes.addAll(rebinding.nicsAfter());
    changes.add(record(bound, context, bindingsChanged(added, removed, bound)));
    rebinding.wakes().add(vip.id());
    return new Decision<>(changes, rebinding.wakes(), bound);
  }

  private static Happening bindingsChanged(List<VmId> added, List<VmId> removed, Vip bound) {
    List<VmId> vmac = vmacOf(bound);
    return new Happening.BindingsChanged(
        added, removed, vmac.isEmpty() ? null : vmac, bound.generation());
  }

  /** The VMs that may use the VRID's MAC address. */
  private static List<VmId> vmacOf(Vip vip) {
    return vip.bindings().stream().filter(Binding::vmac).map(Binding::vmId).toList();
  }

  /**
   * What binding exactly these VMs takes.
   *
   * @param nicsFirst adds the NICs that the bindings need
   * @param nicsAfter removes the NICs that no binding needs any more
   */
  private record Rebinding(
      List<Binding> bindings, List<Change> nicsFirst, List<Change> nicsAfter, Set<Id> wakes) {}

  private static Rebinding unbindAll(Snapshot snapshot, Vip vip, Context context) {
    Command.Bindings nobody = new Command.Bindings(List.of());
    return rebind(snapshot, vip, networkOf(snapshot, vip), nobody, context);
  }

  private static Rebinding rebind(
      Snapshot snapshot, Vip vip, Network network, Command.Bindings command, Context context) {
    List<VmId> vmIds = command.vmIds();
    List<VmId> vmac = command.vmac() == null ? vmacOf(vip) : command.vmac();
    Rebinding result =
        new Rebinding(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    checkCount(vip, vmIds, context);
    if (command.vmac() != null && !vmIds.containsAll(command.vmac())) {
      throw Refused.field("vmacVmIds", INVALID_FIELD, "name only VMs that are to be bound");
    }
    NetworkId vrrpNetwork = null;
    for (int i = 0; i < vmIds.size(); i++) {
      VmId vmId = vmIds.get(i);
      String field = "vmIds[" + i + "]";
      Vm vm =
          snapshot
              .vm(vmId)
              .filter(found -> Rules.owns(context.caller(), found.accountId()))
              .orElseThrow(() -> Rules.unknownReference(field, vmId));
      if (!vm.vpcId().equals(vip.vpcId())) {
        throw Refused.field(
            field,
            ErrorCode.VM_WRONG_VPC,
            vm.name() + " is in another VPC than the VIP; bind VMs of " + vip.vpcId());
      }
      boolean isNew = vip.binding(vmId).isEmpty();
      if (isNew && snapshot.vipsOf(vmId).size() >= context.limits().vipsPerVm()) {
        throw Refused.field(
            field,
            ErrorCode.VM_VIP_LIMIT,
            vm.name()
                + " is bound to "
                + context.limits().vipsPerVm()
                + " VIPs, the most a VM can have; unbind it from one first");
      }
      boolean gainsVmac = vmac.contains(vmId) && vip.binding(vmId).filter(Binding::vmac).isEmpty();
      if (gainsVmac) {
        NicRules.checkMayChoose(
            network,
            command.vmac() == null ? field : "vmacVmIds",
            "permit a VM to use the VRID's MAC address (vmac)",
            context);
      }
      Nic nic = nicFor(snapshot, vm, network, field, result, context);
      if (nic.sendsFromVip().contains(vip.id())) {
        throw Refused.field(
            field,
            INVALID_FIELD,
            vm.name()
                + " is a real server of "
                + vip.name()
                + " (sendsFromVip of "
                + nic.id()
                + "), which never claims it; take the VIP out of sendsFromVip first");
      }
      Nic vrrpNic =
          network instanceof Subnet ? nic : vm.firstNicInVpc().orElseThrow(() -> noNic(field, vm));
      if (vrrpNetwork != null && !vrrpNetwork.equals(vrrpNic.networkId())) {
        throw Refused.field(
            field,
            ErrorCode.VM_WITHOUT_NIC,
            vm.name()
                + " talks VRRP on another subnet than the other VMs; bind VMs whose first NIC is on"
                + " "
                + vrrpNetwork);
      }
      vrrpNetwork = vrrpNic.networkId();
      Instant fencedUntil = vip.binding(vmId).map(Binding::fencedUntil).orElse(null);
      result
          .bindings()
          .add(new Binding(vmId, nic.id(), vrrpNic.id(), vmac.contains(vmId), fencedUntil));
    }
    for (Binding old : vip.bindings()) {
      if (!vmIds.contains(old.vmId())) {
        dropNicOfLastBinding(snapshot, vip, old, result);
      }
    }
    return result;
  }

  private static void checkCount(Vip vip, List<VmId> vmIds, Context context) {
    if (Set.copyOf(vmIds).size() < vmIds.size()) {
      throw Refused.field("vmIds", INVALID_FIELD, "name each VM once");
    }
    boolean addsSome = !vip.vmIds().containsAll(vmIds);
    if (addsSome && vmIds.size() > context.limits().vmsPerVip()) {
      throw Refused.field(
          "vmIds",
          ErrorCode.VIP_BINDING_LIMIT,
          "at most "
              + context.limits().vmsPerVip()
              + " VMs can be bound to "
              + vip.name()
              + "; leave some out or unbind others first");
    }
  }

  private static Nic nicFor(
      Snapshot snapshot, Vm vm, Network network, String field, Rebinding result, Context context) {
    return vm.nicOn(network.id())
        .orElseGet(() -> {
          if (network instanceof Subnet || vm.firstNicInVpc().isEmpty()) {
            throw noNic(field, vm);
          }
          Nic made = InventoryDecisions.bindingNic(snapshot, vm, network, context);
          result.nicsFirst().addAll(InventoryDecisions.adding(snapshot, made));
          result.wakes().add(made.id());
          return made;
        });
  }

  private static void dropNicOfLastBinding(
      Snapshot snapshot, Vip vip, Binding old, Rebinding result) {
    boolean needed =
        snapshot.vipsOf(old.vmId()).stream()
            .anyMatch(
                other -> !other.id().equals(vip.id()) && other.networkId().equals(vip.networkId()));
    if (needed) {
      return;
    }
    snapshot
        .vm(old.vmId())
        .flatMap(vm -> vm.nic(old.nicId()))
        .filter(Nic::madeByBinding)
        .ifPresent(nic -> {
          result.nicsAfter().addAll(InventoryDecisions.dropping(nic));
          result.wakes().add(nic.id());
        });
  }

  private static Refused noNic(String field, Vm vm) {
    return Refused.field(
        field,
        ErrorCode.VM_WITHOUT_NIC,
        vm.name() + " has no NIC on the VIP's network; add one to the VM first");
  }

  private static void checkType(Command.CreateVip command, Network network) {
    switch (network) {
      case Subnet subnet -> {
        if (command.type() != VipType.INTERNAL) {
          throw Refused.field(
              "type", INVALID_FIELD, subnet.name() + " is a subnet; VIPs there are internal");
        }
        if (!subnet.vpcId().equals(command.vpcId())) {
          throw Refused.field(
              "networkId", INVALID_FIELD, subnet.name() + " is not a subnet of " + command.vpcId());
        }
      }
      case ExternalNetwork external -> {
        if (command.type() != VipType.EXTERNAL) {
          throw Refused.field(
              "type", INVALID_FIELD, external.name() + " is external; VIPs there are external too");
        }
      }
    }
  }

  private static void checkRemark(String remark) {
    if (remark.codePointCount(0, remark.length()) > REMARK_MAX) {
      throw Refused.field("remark", INVALID_FIELD, "give a remark of at most 255 characters");
    }
    Rules.checkPrintable("remark", remark);
  }

  static Vip own(Snapshot snapshot, Context context, VipId id) {
    Vip vip =
        snapshot
            .vip(id)
            .filter(found -> Rules.owns(context.caller(), found.accountId()))
            .orElseThrow(() -> Rules.notFound(id));
    context.expected().check(vip.version());
    return vip;
  }

  static Vip changeable(Snapshot snapshot, Context context, VipId id) {
    Vip vip = own(snapshot, context, id);
    if (vip.state() == VipState.DELETING) {
      throw Refused.of(
          ErrorCode.WRONG_STATE, vip.name() + " is being deleted; create another VIP instead");
    }
    return vip;
  }

  static Network networkOf(Snapshot snapshot, Vip vip) {
    return snapshot.network(vip.networkId()).orElseThrow();
  }

  static Change record(Vip vip, Context context, Happening what) {
    return record(vip, context.now(), context.caller().actor(), what);
  }

  static Change record(Vip vip, Instant now, String actor, Happening what) {
    return new Change.Append(new Event(vip.accountId(), vip.id(), now, actor, what));
  }

  private static Decision<Vip> unchanged(Vip vip) {
    return new Decision<>(List.of(), Set.of(), vip);
  }
}
