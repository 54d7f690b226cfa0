package io.havip.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.http.Paging.PageJson;
import io.havip.id.NetworkId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.inventory.Subnet;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.service.InventoryService;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
@RequestMapping(path = "/v1/subnets", produces = MediaType.APPLICATION_JSON_VALUE)
final class SubnetRoutes {
  private static final String LIST = "subnets";

  private final InventoryService inventory;

  SubnetRoutes(InventoryService inventory) {
    this.inventory = inventory;
  }

  record NewSubnet(
      VpcId vpcId,
      String name,
      Cidr cidr,
      @Nullable Ipv4Address gateway,
      @Nullable List<AddressRange> reserved,
      @Nullable String uplink,
      @Nullable String logicalSwitch,
      @Nullable Enforcement enforcement,
      @Nullable MacAddress gatewayMac,
      @Nullable List<Integer> reservedVrids,
      @Nullable List<String> trustedPorts,
      @Nullable Boolean judgesTrustedPorts,
      @Nullable List<AddressRange> memberRanges,
      @Nullable OtherTraffic otherTraffic,
      @Nullable Boolean ipsec) {
    PolicyFields policy() {
      return new PolicyFields(
          gatewayMac,
          reservedVrids,
          trustedPorts,
          judgesTrustedPorts,
          memberRanges,
          otherTraffic,
          ipsec);
    }
  }

  record SubnetJson(
      NetworkId id,
      VpcId vpcId,
      String name,
      Cidr cidr,
      @Nullable Ipv4Address gateway,
      List<AddressRange> reserved,
      @Nullable String uplink,
      @Nullable String logicalSwitch,
      Enforcement enforcement,
      @JsonUnwrapped NetworkPolicy policy,
      long version,
      Instant createdAt,
      Instant updatedAt) {
    static SubnetJson of(Subnet subnet) {
      return new SubnetJson(
          subnet.id(),
          subnet.vpcId(),
          subnet.name(),
          subnet.cidr(),
          subnet.gateway(),
          subnet.reserved(),
          subnet.uplink(),
          subnet.logicalSwitch(),
          subnet.enforcement(),
          subnet.policy(),
          subnet.version(),
          subnet.createdAt(),
          subnet.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewSubnet body) {
    return Replies.response(
        inventory.createSubnet(
            call.request(body),
            new Command.CreateSubnet(
                body.vpcId(),
                body.name(),
                body.cidr(),
                body.gateway(),
                Bodies.orEmpty(body.reserved()),
                new Command.Joining(body.uplink(), body.logicalSwitch(), body.enforcement()),
                body.policy().all()),
            made -> Replies.created(LIST, made.id(), made.version(), SubnetJson.of(made))));
  }

  @GetMapping
  PageJson<SubnetJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam Map<String, String> parameters) {
    InventoryQuery query = InventoryLists.query(parameters);
    String list = Paging.name(LIST, query);
    return Paging.page(
        list,
        inventory.subnets(caller, query, Paging.after(list, cursor), Paging.checkLimit(limit)),
        SubnetJson::of);
  }

  @GetMapping("/{id}")
  ResponseEntity<SubnetJson> get(Caller caller, @PathVariable NetworkId id) {
    Subnet subnet = inventory.subnet(caller, id);
    return Responses.ok(subnet.version(), SubnetJson.of(subnet));
  }

  @GetMapping("/{id}/addresses")
  AddressesJson addresses(Caller caller, @PathVariable NetworkId id) {
    return AddressesJson.of(inventory.subnetAddresses(caller, id));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<SubnetJson> update(
      Call call, @PathVariable NetworkId id, @RequestBody JsonNode body) {
    Subnet subnet = inventory.updateSubnet(call.request(), id, NetworkPatch.read(body));
    return Responses.ok(subnet.version(), SubnetJson.of(subnet));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Call call, @PathVariable NetworkId id) {
    inventory.deleteSubnet(call.request(), id);
    return ResponseEntity.noContent().build();
  }
}
