package io.havip.http;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.http.Paging.PageJson;
import io.havip.id.VpcId;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import io.havip.service.InventoryService;
import java.time.Instant;
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
@RequestMapping(path = "/v1/vpcs", produces = MediaType.APPLICATION_JSON_VALUE)
final class VpcRoutes {
  private static final String LIST = "vpcs";

  private final InventoryService inventory;

  VpcRoutes(InventoryService inventory) {
    this.inventory = inventory;
  }

  record NewVpc(String name, Cidr cidr) {}

  record VpcJson(
      VpcId id, String name, Cidr cidr, long version, Instant createdAt, Instant updatedAt) {
    static VpcJson of(Vpc vpc) {
      return new VpcJson(
          vpc.id(), vpc.name(), vpc.cidr(), vpc.version(), vpc.createdAt(), vpc.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewVpc body) {
    return Replies.response(
        inventory.createVpc(
            call.request(body),
            new Command.CreateVpc(body.name(), body.cidr()),
            made -> Replies.created(LIST, made.id(), made.version(), VpcJson.of(made))));
  }

  @GetMapping
  PageJson<VpcJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Paging.page(
        LIST,
        inventory.vpcs(caller, Paging.after(LIST, cursor), Paging.checkLimit(limit)),
        VpcJson::of);
  }

  @GetMapping("/{id}")
  ResponseEntity<VpcJson> get(Caller caller, @PathVariable VpcId id) {
    Vpc vpc = inventory.vpc(caller, id);
    return Responses.ok(vpc.version(), VpcJson.of(vpc));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<VpcJson> rename(Call call, @PathVariable VpcId id, @RequestBody JsonNode body) {
    Vpc vpc = inventory.renameVpc(call.request(), id, Rename.read(body));
    return Responses.ok(vpc.version(), VpcJson.of(vpc));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Call call, @PathVariable VpcId id) {
    inventory.deleteVpc(call.request(), id);
    return ResponseEntity.noContent().build();
  }
}
