package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM3;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The other faults, and those for which somebody must be asked who answers for an address. */
class ExplainIT extends ExplainContract {
  private static final Ipv4Address TOO_MANY = Ipv4Address.parse("10.77.0.102");
  private static final Ipv4Address CONTESTED = Ipv4Address.parse("10.77.0.103");

  @Override
  void awaitAdvertisementsRefused(String address) throws Exception {
    awaitCheck(
        vip, "vrrp", "problem", "vm1, which named %s, to which it is not bound".formatted(address));
  }

  @Test
  void noVmIsBound() throws Exception {
    stage.bind(List.of());
    awaitCheck(vip, "bindings", "problem", "no VM is bound");
  }

  @Test
  void theSoftwareDoesNotRun() throws Exception {
    awaitCheck(vip, "holder", "problem", "nobody uses it");
    awaitCheck(vip, "advertisements", "problem", "nobody advertises it");
  }

  @Test
  void theConfigurationNamesAnAddressTooMany() throws Exception {
    JsonNode second = theatre.createVip("second", TOO_MANY, VM3);
    try {
      awaitState(second, "available");
      handmade(VM1, VRID, VIP, TOO_MANY);
      awaitCheck(vip, "refused_claims", "problem", "of 10.77.0.102 by vm1");
      awaitAdvertisementsRefused("10.77.0.102");
    } finally {
      remove(second);
    }
  }

  @Test
  void theVmsHaveDifferentVrids() throws Exception {
    handmade(VM1, VRID, VIP);
    handmade(VM2, VRID + 1, VIP);
    JsonNode check = awaitCheck(vip, "advertisements", "problem", "several are master: ");
    assertThat(check.path("evidence").asString()).contains("VRID 77", "VRID 78");
    assertThat(check.path("next").asString()).contains("virtual_router_id");
  }

  @Test
  void aConfigurationIsOutdated() throws Exception {
    stage.bind(List.of(VM1, VM2));
    theatre.elect(List.of(VM1, VM2));
    stage.bind(Stage.MEMBERS);
    awaitCheck(vip, "configuration", "warning", "vm1, vm2 have configurations that HAVIP made for");
  }

  @Test
  void somebodyElseHasTheAddress() throws Exception {
    JsonNode shown = server.get(vip);
    Guest router =
        new Guest("router", Ipv4Address.parse("10.77.0.30"), MacAddress.parse("02:00:0a:4d:00:30"));
    JsonNode vm =
        server.call(
            "POST",
            "/v1/vms",
            Map.of(
                "name",
                "router",
                "vpcId",
                shown.path("vpcId").asString(),
                "nics",
                List.of(
                    Map.of(
                        "networkId", shown.path("networkId").asString(),
                        "address", router.address().toString(),
                        "mac", router.mac().toString(),
                        "port", router.port(),
                        "allowedSources", List.of(CONTESTED + "/32")))));
    try {
      router.plug(Stage.SUBNET);
      router.ip("addr", "add", CONTESTED + "/24", "dev", Guest.NIC);
      awaitUp(vm);
      JsonNode contested = theatre.createVip("contested", CONTESTED);
      awaitState(contested, "failed");
      awaitCheck(path(contested), "duplicate_address", "problem", router.mac().toString());
      awaitCheck(path(contested), "state", "problem", "it failed");
      remove(contested);
    } finally {
      server.call("DELETE", "/v1/vms/" + vm.path("id").asString(), List.of());
      router.unplug();
    }
  }

  @Test
  void theGatewayDoesNotAnswer() throws Exception {
    String vpcId = server.get(vip).path("vpcId").asString();
    JsonNode subnet =
        server.call(
            "POST",
            "/v1/subnets",
            Map.of("vpcId", vpcId, "name", "g", "cidr", "10.77.1.0/24", "gateway", "10.77.1.1"));
    JsonNode behind =
        server.call(
            "POST",
            "/v1/vips",
            Map.of(
                "name",
                "behind",
                "type",
                "internal",
                "vpcId",
                vpcId,
                "networkId",
                subnet.path("id").asString()));
    awaitState(behind, "available");
    awaitCheck(path(behind), "gateway", "problem", "the gateway 10.77.1.1 does not answer");
    remove(behind);
    server.call("DELETE", "/v1/subnets/" + subnet.path("id").asString(), List.of());
  }

  private void awaitUp(JsonNode vm) throws Exception {
    theatre.await(
        () -> server.get("/v1/vms/" + vm.path("id").asString()),
        it -> it.at("/nics/0/up").asBoolean());
  }

  private void awaitState(JsonNode made, String state) throws Exception {
    theatre.await(() -> server.get(path(made)), it -> it.path("state").asString().equals(state));
  }

  private void remove(JsonNode made) throws Exception {
    server.call("DELETE", path(made), List.of());
    theatre.await(
        () -> server.get("/v1/vips").path("items"),
        it -> !it.toString().contains(made.path("id").asString()));
  }

  private static String path(JsonNode made) {
    return "/v1/vips/" + made.path("id").asString();
  }
}
