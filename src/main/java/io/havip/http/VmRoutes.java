package io.havip.http;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.decision.Command;
import io.havip.decision.Reply;
import io.havip.decision.VmPreview;
import io.havip.http.Paging.PageJson;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Nic;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.service.InventoryService;
import io.havip.service.NicDetails;
import io.havip.service.VmDetails;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@RequestMapping(path = "/v1/vms", produces = MediaType.APPLICATION_JSON_VALUE)
final class VmRoutes {
  private static final String LIST = "vms";
  private static final String DRY_RUN = "dryRun=true";

  private final InventoryService inventory;

  VmRoutes(InventoryService inventory) {
    this.inventory = inventory;
  }

  record NewVm(
      String name,
      VpcId vpcId,
      @Nullable VmState state,
      @Nullable List<NewNic> nics,
      @Nullable String account) {}

  record NewNic(
      NetworkId networkId,
      @Nullable Ipv4Address address,
      @Nullable MacAddress mac,
      @Nullable String port,
      @Nullable List<Cidr> allowedSources,
      @Nullable Boolean gateway,
      @Nullable List<VipId> sendsFromVip) {
    Command.NewNic toCommand() {
      return new Command.NewNic(
          networkId,
          address,
          mac,
          port,
          Bodies.orEmpty(allowedSources),
          gateway != null && gateway,
          Set.copyOf(Bodies.orEmpty(sendsFromVip)));
    }
  }

  record NicPatch(
      @Nullable MacAddress mac,
      @Nullable String port,
      @Nullable List<Cidr> allowedSources,
      @Nullable Boolean gateway,
      @Nullable List<VipId> sendsFromVip) {
    Command.UpdateNic toCommand() {
      return new Command.UpdateNic(
          mac,
          port,
          allowedSources,
          gateway,
          sendsFromVip == null ? null : Set.copyOf(sendsFromVip));
    }
  }

  record VmPatch(@Nullable String name, @Nullable VmState state) {}

  record NicJson(
      NicId id,
      NetworkId networkId,
      @Nullable Ipv4Address address,
      MacAddress mac,
      String port,
      List<Cidr> allowedSources,
      boolean gateway,
      List<VipId> sendsFromVip,
      boolean attached,
      boolean up,
      @Nullable ConflictJson conflict) {
    static NicJson of(NicDetails details, Caller caller) {
      Nic nic = details.nic();
      return new NicJson(
          nic.id(),
          nic.networkId(),
          nic.address(),
          nic.mac(),
          nic.port(),
          nic.allowedSources(),
          nic.gateway(),
          nic.sendsFromVip().stream().sorted(Comparator.comparing(VipId::value)).toList(),
          details.status().attached(),
          details.status().up(),
          ConflictJson.of(details.conflict(), caller));
    }
  }

  /** Another host has the address; only administrators read which. */
  record ConflictJson(Instant since, @Nullable MacAddress mac, @Nullable String port) {
    static @Nullable ConflictJson of(@Nullable AddressConflict conflict, Caller caller) {
      if (conflict == null) {
        return null;
      }
      return caller.role() == Role.ADMIN
          ? new ConflictJson(conflict.since(), conflict.mac(), conflict.port())
          : new ConflictJson(conflict.since(), null, null);
    }
  }

  record VmJson(
      VmId id,
      String name,
      VpcId vpcId,
      VmState state,
      List<NicJson> nics,
      int vipCount,
      long version,
      Instant createdAt,
      Instant updatedAt) {
    static VmJson of(VmDetails details, Caller caller) {
      Vm vm = details.vm();
      return new VmJson(
          vm.id(),
          vm.name(),
          vm.vpcId(),
          vm.state(),
          details.nics().stream().map(nic -> NicJson.of(nic, caller)).toList(),
          details.vipCount(),
          vm.version(),
          vm.createdAt(),
          vm.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewVm body) {
    VmState state = body.state();
    return Replies.response(
        inventory.createVm(
            call.request(body),
            new Command.CreateVm(
                body.name(),
                body.vpcId(),
                state == null ? VmState.RUNNING : state,
                Bodies.orEmpty(body.nics()).stream().map(NewNic::toCommand).toList(),
                body.account()),
            vm -> created(vm, call)));
  }

  @GetMapping
  PageJson<VmJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam Map<String, String> parameters) {
    InventoryQuery query = InventoryLists.query(parameters);
    String account = VipLists.value(parameters, "account", VipLists::text);
    String list = Paging.name(LIST, account == null ? query : new OfAccount(account, query));
    return Paging.page(
        list,
        inventory.vms(caller, account, query, Paging.after(list, cursor), Paging.checkLimit(limit)),
        vm -> VmJson.of(vm, caller));
  }

  /** What a list of another account's VMs is for; its cursors fit no other. */
  private record OfAccount(String account, InventoryQuery query) {}

  @GetMapping("/{id}")
  ResponseEntity<VmJson> get(Caller caller, @PathVariable VmId id) {
    return ok(inventory.vm(caller, id), caller);
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<VmJson> update(Call call, @PathVariable VmId id, @RequestBody JsonNode body) {
    VmPatch patch = MergePatch.read(body, VmPatch.class);
    return ok(
        inventory.updateVm(call.request(), id, new Command.UpdateVm(patch.name(), patch.state())),
        call.request().caller());
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Call call, @PathVariable VmId id) {
    inventory.deleteVm(call.request(), id);
    return ResponseEntity.noContent().build();
  }

  @PatchMapping(
      path = "/{id}",
      params = DRY_RUN,
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  VmPreview previewUpdate(Call call, @PathVariable VmId id, @RequestBody JsonNode body) {
    VmPatch patch = MergePatch.read(body, VmPatch.class);
    return inventory.previewUpdateVm(
        call.request(), id, new Command.UpdateVm(patch.name(), patch.state()));
  }

  @DeleteMapping(path = "/{id}", params = DRY_RUN)
  VmPreview previewDelete(Call call, @PathVariable VmId id) {
    return inventory.previewDeleteVm(call.request(), id);
  }

  @PostMapping(path = "/{id}/nics", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> addNic(Call call, @PathVariable VmId id, @RequestBody NewNic body) {
    return Replies.response(
        inventory.addNic(call.request(body), id, body.toCommand(), vm -> created(vm, call)));
  }

  @PatchMapping(
      path = "/{id}/nics/{nicId}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<VmJson> updateNic(
      Call call, @PathVariable VmId id, @PathVariable NicId nicId, @RequestBody JsonNode body) {
    NicPatch patch = MergePatch.read(body, NicPatch.class);
    return ok(
        inventory.updateNic(call.request(), id, nicId, patch.toCommand()), call.request().caller());
  }

  @DeleteMapping("/{id}/nics/{nicId}")
  ResponseEntity<Void> deleteNic(Call call, @PathVariable VmId id, @PathVariable NicId nicId) {
    inventory.deleteNic(call.request(), id, nicId);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<VmJson> ok(VmDetails details, Caller caller) {
    return Responses.ok(details.vm().version(), VmJson.of(details, caller));
  }

  private static Reply created(VmDetails details, Call call) {
    Vm vm = details.vm();
    return Replies.created(
        LIST, vm.id(), vm.version(), VmJson.of(details, call.request().caller()));
  }
}
