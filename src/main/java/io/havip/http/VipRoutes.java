package io.havip.http;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.decision.Preview;
import io.havip.decision.Reply;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.http.Paging.PageJson;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.service.Request;
import io.havip.service.VipDetails;
import io.havip.service.VipPage;
import io.havip.service.VipService;
import io.havip.vip.Failure;
import io.havip.vip.Floating;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@RequestMapping(path = "/v1/vips", produces = MediaType.APPLICATION_JSON_VALUE)
final class VipRoutes {
  private static final String LIST = "vips";
  private static final String FLOATING = "floatingAddress";

  private static final String DRY_RUN = "dryRun=true";
  private static final int BATCH_MAX = 100;
  private static final int EXPORT_PAGE = 500;

  private final VipService vips;

  VipRoutes(VipService vips) {
    this.vips = vips;
  }

  record NewVip(
      String name,
      @Nullable String remark,
      VipType type,
      VpcId vpcId,
      NetworkId networkId,
      @Nullable Ipv4Address address,
      @Nullable NewFloatingAddress floatingAddress,
      @Nullable List<VmId> vmIds,
      @Nullable List<VmId> vmacVmIds) {
    Command.CreateVip toCommand() {
      return new Command.CreateVip(
          name,
          remark == null ? "" : remark,
          type,
          vpcId,
          networkId,
          address,
          floatingAddress == null ? null : floatingAddress.toCommand(),
          new Command.Bindings(Bodies.orEmpty(vmIds), vmacVmIds));
    }
  }

  record NewFloatingAddress(NetworkId networkId, @Nullable Ipv4Address address) {
    Command.NewFloating toCommand() {
      return new Command.NewFloating(networkId, address);
    }
  }

  record BatchDelete(List<String> ids) {}

  record BatchResults(List<BatchResult> results) {}

  /**
   * What became of one id of many.
   *
   * @param status of HTTP, as if it had been deleted alone
   */
  record BatchResult(String id, int status, @Nullable Problem problem) {}

  record VipPatch(
      @Nullable String name,
      @Nullable String remark,
      @Nullable NewFloatingAddress floatingAddress) {
    /**
     * What is to be done.
     *
     * @param floats whether the patch says something of a floating address, be it that there is to
     *     be none
     */
    Command.UpdateVip toCommand(boolean floats) {
      Command.NewFloating wanted = floatingAddress == null ? null : floatingAddress.toCommand();
      return new Command.UpdateVip(
          name, remark, floats ? new Command.ChangeFloating(wanted) : null);
    }
  }

  record NewBindings(List<VmId> vmIds, @Nullable List<VmId> vmacVmIds) {
    Command.Bindings toCommand() {
      return new Command.Bindings(vmIds, vmacVmIds);
    }
  }

  record NewBinding(@Nullable Boolean vmac) {
    /** The body may be left out. */
    static Command.Bind toCommand(VmId vmId, @Nullable NewBinding body) {
      return new Command.Bind(vmId, body == null ? null : body.vmac());
    }
  }

  record NewFence(VmId vmId, int seconds) {
    Command.Fence toCommand() {
      return new Command.Fence(vmId, seconds);
    }
  }

  record BindingJson(
      VmId vmId,
      String vmName,
      NicId nicId,
      MacAddress mac,
      String port,
      boolean up,
      boolean vmac,
      VirtualRouter.Configuration configuration,
      @Nullable Instant fencedUntil) {
    static BindingJson of(VipDetails.Bound bound) {
      return new BindingJson(
          bound.vmId(),
          bound.vmName(),
          bound.nic().id(),
          bound.nic().mac(),
          bound.nic().port(),
          bound.up(),
          bound.vmac(),
          bound.configuration(),
          bound.fencedUntil());
    }
  }

  /** Another host has the VIP's address. */
  record ConflictJson(Instant since) {}

  record VipJson(
      VipId id,
      String name,
      String remark,
      VipType type,
      VpcId vpcId,
      NetworkId networkId,
      Ipv4Address address,
      @Nullable Floating floatingAddress,
      VipState state,
      @Nullable Failure reason,
      @Nullable Integer vrid,
      List<BindingJson> bindings,
      List<Holder> holders,
      @Nullable Boolean split,
      @Nullable ConflictJson conflict,
      long version,
      long generation,
      long observedGeneration,
      Instant createdAt,
      Instant updatedAt) {
    static VipJson of(VipDetails details) {
      Vip vip = details.vip();
      return new VipJson(
          vip.id(),
          vip.name(),
          vip.remark(),
          vip.type(),
          vip.vpcId(),
          vip.networkId(),
          vip.address(),
          vip.floating(),
          vip.state(),
          vip.failure(),
          details.vrid().orElse(null),
          details.bindings().stream().map(BindingJson::of).toList(),
          details.holders(),
          details.split().orElse(null),
          details.conflictSince().map(ConflictJson::new).orElse(null),
          vip.version(),
          vip.generation(),
          vip.observedGeneration(),
          vip.createdAt(),
          vip.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewVip body) {
    return Replies.response(
        vips.create(
            call.request(body),
            body.toCommand(),
            made ->
                Replies.acceptedNew(
                    LIST, made.vip().id(), made.vip().version(), VipJson.of(made))));
  }

  @PostMapping(params = DRY_RUN, consumes = MediaType.APPLICATION_JSON_VALUE)
  Preview previewCreate(Call call, @RequestBody NewVip body) {
    return vips.previewCreate(call.request(), body.toCommand());
  }

  @PostMapping(path = "/batch-delete", consumes = MediaType.APPLICATION_JSON_VALUE)
  BatchResults batchDelete(Call call, @RequestBody BatchDelete body) {
    if (body.ids().size() > BATCH_MAX) {
      throw Refused.field("ids", ErrorCode.INVALID_FIELD, "give at most 100 ids");
    }
    Request request = call.request(body);
    return new BatchResults(body.ids().stream().map(id -> deleted(request, id)).toList());
  }

  private BatchResult deleted(Request request, String id) {
    try {
      Reply reply =
          vips.deletePart(
              request,
              vipId(id),
              deleting -> Replies.accepted(deleting.vip().version(), VipJson.of(deleting)));
      return new BatchResult(id, reply.status(), null);
    } catch (Refused refused) {
      Problem problem = Problem.of(refused);
      return new BatchResult(id, problem.status(), problem);
    }
  }

  /** As in a path, an id that can be nobody's is not found. */
  private static VipId vipId(String text) {
    try {
      return new VipId(text);
    } catch (IllegalArgumentException e) {
      throw Refused.of(ErrorCode.NOT_FOUND, text + " does not exist");
    }
  }

  @GetMapping
  PageJson<VipJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam Map<String, String> parameters) {
    VipQuery query = VipLists.query(parameters);
    return VipLists.page(
        query, vips.list(caller, query, VipLists.after(query, cursor), Paging.checkLimit(limit)));
  }

  /** Writes the whole list page by page, so that it takes no more room than a page does. */
  @GetMapping(produces = "text/csv")
  void export(
      Caller caller, @RequestParam Map<String, String> parameters, HttpServletResponse response)
      throws IOException {
    VipQuery query = VipLists.query(parameters);
    VipPage page = vips.list(caller, query, null, EXPORT_PAGE);
    response.setContentType("text/csv;charset=UTF-8");
    response.setHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"vips.csv\"");
    Writer out = response.getWriter();
    VipCsv.writeHeader(out);
    VipCsv.write(page.items(), out);
    while (page.next() != null) {
      page = vips.list(caller, query, page.next(), EXPORT_PAGE);
      VipCsv.write(page.items(), out);
    }
  }

  @GetMapping("/{id}")
  ResponseEntity<VipJson> get(Caller caller, @PathVariable VipId id) {
    return ok(vips.get(caller, id));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<VipJson> update(Call call, @PathVariable VipId id, @RequestBody JsonNode body) {
    VipPatch patch = MergePatch.read(body, VipPatch.class, Map.of("remark", ""), Set.of(FLOATING));
    return ok(vips.update(call.request(), id, patch.toCommand(body.has(FLOATING))));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<VipJson> delete(Call call, @PathVariable VipId id) {
    return accepted(vips.delete(call.request(), id));
  }

  @PutMapping(path = "/{id}/bindings", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<VipJson> replaceBindings(
      Call call, @PathVariable VipId id, @RequestBody NewBindings body) {
    return changed(vips.replaceBindings(call.request(), id, body.toCommand()));
  }

  @PutMapping(path = "/{id}/bindings/{vmId}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<VipJson> bind(
      Call call,
      @PathVariable VipId id,
      @PathVariable VmId vmId,
      @RequestBody(required = false) @Nullable NewBinding body) {
    return changed(vips.bind(call.request(), id, NewBinding.toCommand(vmId, body)));
  }

  @DeleteMapping("/{id}/bindings/{vmId}")
  ResponseEntity<VipJson> unbind(Call call, @PathVariable VipId id, @PathVariable VmId vmId) {
    return changed(vips.unbind(call.request(), id, vmId));
  }

  @DeleteMapping(
      path = "/{id}",
      params = {"force=true", "dryRun!=true"})
  ResponseEntity<Void> forceDelete(Call call, @PathVariable VipId id) {
    vips.forceDelete(call.request(), id);
    return ResponseEntity.noContent().build();
  }

  @PutMapping(
      path = "/{id}/bindings",
      params = DRY_RUN,
      consumes = MediaType.APPLICATION_JSON_VALUE)
  Preview previewReplaceBindings(Call call, @PathVariable VipId id, @RequestBody NewBindings body) {
    return vips.previewReplaceBindings(call.request(), id, body.toCommand());
  }

  @PutMapping(
      path = "/{id}/bindings/{vmId}",
      params = DRY_RUN,
      consumes = MediaType.APPLICATION_JSON_VALUE)
  Preview previewBind(
      Call call,
      @PathVariable VipId id,
      @PathVariable VmId vmId,
      @RequestBody(required = false) @Nullable NewBinding body) {
    return vips.previewBind(call.request(), id, NewBinding.toCommand(vmId, body));
  }

  @DeleteMapping(path = "/{id}/bindings/{vmId}", params = DRY_RUN)
  Preview previewUnbind(Call call, @PathVariable VipId id, @PathVariable VmId vmId) {
    return vips.previewUnbind(call.request(), id, vmId);
  }

  @DeleteMapping(path = "/{id}", params = DRY_RUN)
  Preview previewDelete(Call call, @PathVariable VipId id) {
    return vips.previewDelete(call.request(), id);
  }

  @PostMapping(path = "/{id}/fence", params = DRY_RUN, consumes = MediaType.APPLICATION_JSON_VALUE)
  Preview previewFence(Call call, @PathVariable VipId id, @RequestBody NewFence body) {
    return vips.previewFence(call.request(), id, body.toCommand());
  }

  @PostMapping("/{id}/retry")
  ResponseEntity<byte[]> retry(Call call, @PathVariable VipId id) {
    return Replies.response(
        vips.retry(
            call.request(""),
            id,
            retried -> Replies.accepted(retried.vip().version(), VipJson.of(retried))));
  }

  @PostMapping(path = "/{id}/fence", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> fence(Call call, @PathVariable VipId id, @RequestBody NewFence body) {
    return Replies.response(
        vips.fence(
            call.request(body),
            id,
            body.toCommand(),
            fenced -> Replies.accepted(fenced.vip().version(), VipJson.of(fenced))));
  }

  @PostMapping("/{id}/announce")
  ResponseEntity<byte[]> announce(Call call, @PathVariable VipId id) {
    return Replies.response(
        vips.announce(
            call.request(""),
            id,
            announced -> Replies.accepted(announced.vip().version(), VipJson.of(announced))));
  }

  private static ResponseEntity<VipJson> changed(VipService.Changed changed) {
    return changed.changed() ? accepted(changed.details()) : ok(changed.details());
  }

  private static ResponseEntity<VipJson> ok(VipDetails details) {
    return Responses.ok(details.vip().version(), VipJson.of(details));
  }

  private static ResponseEntity<VipJson> accepted(VipDetails details) {
    return Responses.accepted(details.vip().version(), VipJson.of(details));
  }
}
