package io.havip.service;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.Accounts;
import io.havip.decision.Command;
import io.havip.decision.Decision;
import io.havip.decision.InventoryDecisions;
import io.havip.decision.Reply;
import io.havip.decision.Visibility;
import io.havip.decision.VmPreview;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.plan.Advertising;
import io.havip.store.Page;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What people do with VPCs, networks, VMs and NICs. Every method refuses with {@link Refused}. */
public final class InventoryService {
  private final Store store;
  private final Contexts contexts;
  private final Changes changes;
  private final BiFunction<VipId, VmId, Advertising> advertising;
  private final Adoption adoption;

  /**
   * Serves a store.
   *
   * @param advertising what is known of a VM's advertisements of a VIP
   * @param adoption what others have in the fabric
   */
  public InventoryService(
      Store store,
      Contexts contexts,
      Wakes wakes,
      BiFunction<VipId, VmId, Advertising> advertising,
      Adoption adoption) {
    this.store = store;
    this.contexts = contexts;
    this.changes = new Changes(store, contexts, wakes);
    this.advertising = advertising;
    this.adoption = adoption;
  }

  public Reply createVpc(Request request, Command.CreateVpc command, Function<Vpc, Reply> reply) {
    return changes.makeOnce(
        request, (_, context) -> InventoryDecisions.createVpc(command, context), reply);
  }

  public Vpc renameVpc(Request request, VpcId id, Command.Rename command) {
    return changes.make(
        request, (reader, context) -> InventoryDecisions.renameVpc(reader, id, command, context));
  }

  public void deleteVpc(Request request, VpcId id) {
    changes.make(request, (reader, context) -> InventoryDecisions.deleteVpc(reader, id, context));
  }

  public Vpc vpc(Caller caller, VpcId id) {
    return store.read(reader ->
        found(id, reader.vpc(id).filter(vpc -> vpc.accountId().equals(caller.accountId()))));
  }

  public Listing<Vpc> vpcs(Caller caller, @Nullable String after, int limit) {
    Page<Vpc> page = store.read(reader -> reader.vpcs(caller.accountId(), after, limit));
    return Listings.of(page.items(), page.total(), limit, Vpc::id);
  }

  public Reply createSubnet(
      Request request, Command.CreateSubnet command, Function<Subnet, Reply> reply) {
    return changes.makeOnce(
        request,
        (reader, context) -> adopted(InventoryDecisions.createSubnet(reader, command, context)),
        reply);
  }

  public Subnet subnet(Caller caller, NetworkId id) {
    return store.read(reader -> found(id, subnet(reader, caller, id)));
  }

  private static Optional<Subnet> subnet(Reader reader, Caller caller, NetworkId id) {
    return only(Subnet.class, reader.network(id))
        .filter(subnet -> subnet.accountId().equals(caller.accountId()));
  }

  public Listing<Subnet> subnets(
      Caller caller, InventoryQuery query, @Nullable String after, int limit) {
    Page<Subnet> page =
        store.read(reader -> reader.subnets(caller.accountId(), query, after, limit));
    return Listings.of(page.items(), page.total(), limit, Subnet::id);
  }

  public Reply createExternalNetwork(
      Request request,
      Command.CreateExternalNetwork command,
      Function<ExternalNetworkDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        (reader, context) -> {
          Decision<ExternalNetwork> decision =
              adopted(InventoryDecisions.createExternalNetwork(reader, command, context));
          return decision.answering(details(reader, context.caller(), decision.answer()));
        },
        reply);
  }

  private <T extends Network> Decision<T> adopted(Decision<T> decision) {
    String logicalSwitch = decision.answer().logicalSwitch();
    if (logicalSwitch != null) {
      refuse("logicalSwitch", adoption.whyNot(logicalSwitch, null));
    }
    return decision;
  }

  /** A port that HAVIP named is there later. */
  private void checkPort(Reader reader, Command.NewNic command, Nic nic, String field) {
    if (command.port() != null) {
      checkPort(reader, nic, field);
    }
  }

  private void checkPort(Reader reader, Nic nic, String field) {
    String logicalSwitch = reader.network(nic.networkId()).orElseThrow().logicalSwitch();
    if (logicalSwitch != null) {
      refuse(field + "port", adoption.whyNot(logicalSwitch, nic));
    }
  }

  private static void refuse(String field, Optional<String> whyNot) {
    if (whyNot.isPresent()) {
      throw Refused.field(field, ErrorCode.INVALID_FIELD, whyNot.get());
    }
  }

  public ExternalNetworkDetails externalNetwork(Caller caller, NetworkId id) {
    return store.read(
        reader -> details(reader, caller, found(id, externalNetwork(reader, caller, id))));
  }

  private static Optional<ExternalNetwork> externalNetwork(
      Reader reader, Caller caller, NetworkId id) {
    return only(ExternalNetwork.class, reader.network(id))
        .filter(network -> Visibility.isVisible(network, caller));
  }

  /** Those that the caller sees, see {@link Visibility}. */
  public Listing<ExternalNetworkDetails> externalNetworks(
      Caller caller, @Nullable String after, int limit) {
    AccountId grantedTo = caller.role() == Role.ADMIN ? null : caller.accountId();
    return store.read(reader -> {
      Page<ExternalNetwork> page = reader.externalNetworks(grantedTo, after, limit);
      return Listings.of(
          page.items().stream().map(network -> details(reader, caller, network)).toList(),
          page.total(),
          limit,
          details -> details.network().id());
    });
  }

  private static ExternalNetworkDetails details(
      Reader reader, Caller caller, ExternalNetwork network) {
    if (caller.role() != Role.ADMIN) {
      return new ExternalNetworkDetails(network, null);
    }
    return new ExternalNetworkDetails(
        network,
        network.sharing().accounts().stream()
            .map(id -> reader.account(id).orElseThrow().name())
            .sorted()
            .toList());
  }

  /** What is left of a subnet's addresses. */
  public FreeAddresses subnetAddresses(Caller caller, NetworkId id) {
    return store.read(reader -> free(reader, found(id, subnet(reader, caller, id))));
  }

  /** What is left of an external network's addresses. */
  public FreeAddresses externalNetworkAddresses(Caller caller, NetworkId id) {
    return store.read(reader -> free(reader, found(id, externalNetwork(reader, caller, id))));
  }

  private FreeAddresses free(Reader reader, Network network) {
    List<AddressRange> ranges =
        network.isJoined() && !contexts.limits().asksForAddresses()
            ? network.memberAddresses()
            : network.assignable();
    long all = ranges.stream().mapToLong(AddressRange::size).sum();
    return new FreeAddresses(
        all - reader.takenAddresses(network.id(), ranges),
        reader.freeAddress(network.id(), ranges));
  }

  public Subnet updateSubnet(Request request, NetworkId id, Command.UpdateNetwork command) {
    Subnet subnet = subnet(request.caller(), id);
    return changes.make(
        request,
        (reader, context) -> {
          Decision<Network> decision =
              InventoryDecisions.updateNetwork(reader, subnet.id(), command, context);
          return decision.answering((Subnet) decision.answer());
        });
  }

  public ExternalNetworkDetails updateExternalNetwork(
      Request request, NetworkId id, Command.UpdateNetwork command) {
    ExternalNetwork network = externalNetwork(request.caller(), id).network();
    return changes.make(
        request,
        (reader, context) -> {
          Decision<Network> decision =
              InventoryDecisions.updateNetwork(reader, network.id(), command, context);
          ExternalNetwork updated = (ExternalNetwork) decision.answer();
          return decision.answering(details(reader, context.caller(), updated));
        });
  }

  public void deleteSubnet(Request request, NetworkId id) {
    deleteNetwork(request, subnet(request.caller(), id));
  }

  public void deleteExternalNetwork(Request request, NetworkId id) {
    deleteNetwork(request, externalNetwork(request.caller(), id).network());
  }

  public Reply createVm(
      Request request, Command.CreateVm command, Function<VmDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        seen((reader, context) -> {
          Decision<Vm> decision = InventoryDecisions.createVm(reader, command, context);
          List<Nic> nics = decision.answer().nics();
          for (int i = 0; i < nics.size(); i++) {
            checkPort(reader, command.nics().get(i), nics.get(i), "nics[" + i + "].");
          }
          return decision;
        }),
        reply);
  }

  public VmDetails updateVm(Request request, VmId id, Command.UpdateVm command) {
    return changes.make(
        request,
        seen((reader, context) -> InventoryDecisions.updateVm(reader, id, command, context)));
  }

  public void deleteVm(Request request, VmId id) {
    changes.make(request, (reader, context) -> InventoryDecisions.deleteVm(reader, id, context));
  }

  public VmPreview previewUpdateVm(Request request, VmId id, Command.UpdateVm command) {
    return changes.tryOut(
        request,
        (reader, context) -> {
          Decision<Vm> decision = InventoryDecisions.updateVm(reader, id, command, context);
          Vm vm = reader.vm(id).orElseThrow();
          boolean isStopping =
              vm.state() == VmState.RUNNING && decision.answer().state() == VmState.STOPPED;
          return decision.answering(
              isStopping
                  ? VmPreview.ofStop(vm, held(reader, vm, reader.vipsOf(id)))
                  : VmPreview.ofNothing(vm));
        });
  }

  public VmPreview previewDeleteVm(Request request, VmId id) {
    return changes.tryOut(
        request,
        (reader, context) -> {
          Decision<Vm> decision = InventoryDecisions.deleteVm(reader, id, context);
          Vm vm = decision.answer();
          List<Vip> vips = reader.vipsOf(id);
          return decision.answering(
              VmPreview.ofDelete(
                  vm,
                  vips,
                  held(reader, vm, vips),
                  vipId -> advertising.apply(vipId, id).isHeard()));
        });
  }

  private static List<Vip> held(Reader reader, Vm vm, List<Vip> vips) {
    Map<VipId, List<Holder>> holders = reader.holders(vips.stream().map(Vip::id).toList());
    return vips.stream()
        .filter(vip ->
            holders.getOrDefault(vip.id(), List.of()).stream()
                .anyMatch(holder -> holder.vmId().equals(vm.id())))
        .toList();
  }

  public Reply addNic(
      Request request, VmId id, Command.NewNic command, Function<VmDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        seen((reader, context) -> {
          Decision<Vm> decision = InventoryDecisions.addNic(reader, id, command, context);
          checkPort(reader, command, decision.answer().nics().getLast(), "");
          return decision;
        }),
        reply);
  }

  public VmDetails updateNic(Request request, VmId id, NicId nicId, Command.UpdateNic command) {
    return changes.make(
        request,
        seen((reader, context) -> {
          Decision<Vm> decision = InventoryDecisions.updateNic(reader, id, nicId, command, context);
          Nic nic = decision.answer().nic(nicId).orElseThrow();
          if (command.port() != null
              && reader.nic(nicId).filter(old -> old.port().equals(nic.port())).isEmpty()) {
            checkPort(reader, nic, "");
          }
          return decision;
        }));
  }

  public void deleteNic(Request request, VmId id, NicId nicId) {
    changes.make(
        request, (reader, context) -> InventoryDecisions.deleteNic(reader, id, nicId, context));
  }

  /** A VM of the caller's account; for an administrator, of any. */
  public VmDetails vm(Caller caller, VmId id) {
    return store.read(reader ->
        details(
                reader,
                List.of(found(id, reader.vm(id).filter(vm -> caller.manages(vm.accountId())))))
            .getFirst());
  }

  /**
   * A page of an account's VMs.
   *
   * @param account the account's name, an administrator's choice; the caller's own when absent
   */
  public Listing<VmDetails> vms(
      Caller caller,
      @Nullable String account,
      InventoryQuery query,
      @Nullable String after,
      int limit) {
    return store.read(reader -> {
      AccountId owner =
          Accounts.chosen(reader, caller, account, "list the VMs of", ErrorCode.INVALID_FIELD);
      Page<Vm> page = reader.vms(owner, query, after, limit);
      return Listings.of(
          details(reader, page.items()), page.total(), limit, item -> item.vm().id());
    });
  }

  private void deleteNetwork(Request request, Network network) {
    changes.make(
        request,
        (reader, context) -> InventoryDecisions.deleteNetwork(reader, network.id(), context));
  }

  /** Decides, and shows the VM as it will be. */
  private static Changes.Deciding<VmDetails> seen(Changes.Deciding<Vm> deciding) {
    return (reader, context) -> {
      Decision<Vm> decision = deciding.decide(reader, context);
      return decision.answering(details(reader, List.of(decision.answer())).getFirst());
    };
  }

  private static List<VmDetails> details(Reader reader, List<Vm> vms) {
    List<NicId> nicIds = vms.stream().flatMap(vm -> vm.nics().stream()).map(Nic::id).toList();
    Map<NicId, NicStatus> status = reader.nicStatus(nicIds);
    Map<Id, AddressConflict> conflicts = new HashMap<>();
    reader.conflicts(nicIds).forEach((it, conflict) -> conflicts.put(it.holder(), conflict));
    Map<VmId, Integer> vipCounts = reader.vipCounts(vms.stream().map(Vm::id).toList());
    return vms.stream()
        .map(vm ->
            new VmDetails(
                vm,
                vm.nics().stream()
                    .map(nic ->
                        new NicDetails(
                            nic,
                            status.getOrDefault(nic.id(), NicStatus.ABSENT),
                            conflicts.get(nic.id())))
                    .toList(),
                vipCounts.getOrDefault(vm.id(), 0)))
        .toList();
  }

  private static <T extends Network> Optional<T> only(Class<T> kind, Optional<Network> network) {
    return network.filter(kind::isInstance).map(kind::cast);
  }

  private static <T> T found(Id id, Optional<T> resource) {
    return resource.orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist"));
  }
}
