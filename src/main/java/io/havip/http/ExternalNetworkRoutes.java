package io.havip.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.http.Paging.PageJson;
import io.havip.id.NetworkId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.OtherTraffic;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.service.ExternalNetworkDetails;
import io.havip.service.InventoryService;
import java.time.Instant;
import java.util.List;
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
@RequestMapping(path = "/v1/external-networks", produces = MediaType.APPLICATION_JSON_VALUE)
final class ExternalNetworkRoutes {
  private static final String LIST = "external-networks";

  private final InventoryService inventory;

  ExternalNetworkRoutes(InventoryService inventory) {
    this.inventory = inventory;
  }

  record NewExternalNetwork(
      String name,
      Cidr cidr,
      Ipv4Address gateway,
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
      @Nullable Boolean ipsec,
      @Nullable Boolean shared,
      @Nullable List<String> accounts) {
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

  record ExternalNetworkJson(
      NetworkId id,
      String name,
      Cidr cidr,
      Ipv4Address gateway,
      List<AddressRange> reserved,
      @Nullable String uplink,
      @Nullable String logicalSwitch,
      Enforcement enforcement,
      @JsonUnwrapped NetworkPolicy policy,
      boolean shared,
      @Nullable List<String> accounts,
      long version,
      Instant createdAt,
      Instant updatedAt) {
    static ExternalNetworkJson of(ExternalNetworkDetails details) {
      ExternalNetwork network = details.network();
      return new ExternalNetworkJson(
          network.id(),
          network.name(),
          network.cidr(),
          network.gateway(),
          network.reserved(),
          network.uplink(),
          network.logicalSwitch(),
          network.enforcement(),
          network.policy(),
          network.sharing().shared(),
          details.accounts(),
          network.version(),
          network.createdAt(),
          network.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewExternalNetwork body) {
    return Replies.response(
        inventory.createExternalNetwork(
            call.request(body),
            new Command.CreateExternalNetwork(
                body.name(),
                body.cidr(),
                body.gateway(),
                Bodies.orEmpty(body.reserved()),
                new Command.Joining(body.uplink(), body.logicalSwitch(), body.enforcement()),
                body.policy().all(),
                new Command.Grants(body.shared(), body.accounts())),
            made ->
                Replies.created(
                    LIST,
                    made.network().id(),
                    made.network().version(),
                    ExternalNetworkJson.of(made))));
  }

  @GetMapping
  PageJson<ExternalNetworkJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Paging.page(
        LIST,
        inventory.externalNetworks(caller, Paging.after(LIST, cursor), Paging.checkLimit(limit)),
        ExternalNetworkJson::of);
  }

  @GetMapping("/{id}")
  ResponseEntity<ExternalNetworkJson> get(Caller caller, @PathVariable NetworkId id) {
    return shown(inventory.externalNetwork(caller, id));
  }

  @GetMapping("/{id}/addresses")
  AddressesJson addresses(Caller caller, @PathVariable NetworkId id) {
    return AddressesJson.of(inventory.externalNetworkAddresses(caller, id));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<ExternalNetworkJson> update(
      Call call, @PathVariable NetworkId id, @RequestBody JsonNode body) {
    return shown(
        inventory.updateExternalNetwork(call.request(), id, ExternalNetworkPatch.read(body)));
  }

  private static ResponseEntity<ExternalNetworkJson> shown(ExternalNetworkDetails details) {
    return Responses.ok(details.network().version(), ExternalNetworkJson.of(details));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Call call, @PathVariable NetworkId id) {
    inventory.deleteExternalNetwork(call.request(), id);
    return ResponseEntity.noContent().build();
  }
}
