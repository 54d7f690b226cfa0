package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM3;
import static io.havip.demo.Stage.VM4;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.server.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The twelve faults of docs/howto/why-a-vip-does-not-work.md, planted on a real fabric with real
 * keepalived: explain names each. They have the order of the page.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainIT {
  private static final int VRID = 77;
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.101");

  private Theatre theatre;
  private ServerProcess server;
  private Stage stage;
  private String vip;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    theatre = new Theatre(directory);
    server = theatre.server();
    stage = theatre.stage();
    vip = theatre.vip();
  }

  @AfterAll
  void end() throws Exception {
    theatre.close();
  }

  @AfterEach
  void mend() throws Exception {
    theatre.clear(Stage.MEMBERS);
  }

  @Test
  void noVmIsBound() throws Exception {
    stage.bind(List.of());
    awaitCheck(vip, "bindings", "problem", "no VM is bound");
  }

  @Test
  void aPortIsDown() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    awaitCheck(vip, "advertisements", "ok", "vm1 (VRID ");
    awaitCheck(vip, "ports", "ok", "carry traffic");
    VM2.ip("link", "set", Guest.NIC, "down");
    awaitCheck(vip, "ports", "warning", "the port demo-vm2 of vm2 is down");
  }

  @Test
  void theSoftwareDoesNotRun() throws Exception {
    awaitCheck(vip, "holder", "problem", "nobody uses it");
    awaitCheck(vip, "advertisements", "problem", "nobody advertises it");
  }

  @Test
  void aVmThatIsNotBoundClaimsIt() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    handmade(VM4, VRID, VIP);
    awaitCheck(vip, "refused_claims", "problem", "of 10.77.0.100 by vm4");
  }

  @Test
  void theConfigurationNamesAnotherAddress() throws Exception {
    handmade(VM1, VRID, OTHER);
    awaitCheck(vip, "refused_claims", "problem", "of 10.77.0.101 by vm1");
    awaitCheck(vip, "vrrp", "problem", "vm1, which named 10.77.0.101, to which it is not bound");
  }

  @Test
  void theConfigurationNamesAnAddressTooMany() throws Exception {
    JsonNode shown = server.get(vip);
    JsonNode second =
        server.call(
            "POST",
            "/v1/vips",
            Map.of(
                "name",
                "second",
                "type",
                "internal",
                "vpcId",
                shown.path("vpcId").asString(),
                "networkId",
                shown.path("networkId").asString(),
                "address",
                "10.77.0.102",
                "vmIds",
                List.of(theatre.id(VM3))));
    try {
      awaitState(second, "available");
      handmade(VM1, VRID, VIP, Ipv4Address.parse("10.77.0.102"));
      awaitCheck(vip, "vrrp", "problem", "vm1, which named 10.77.0.102, to which it is not bound");
    } finally {
      remove(second);
    }
  }

  @Test
  void theVmsDoNotHearEachOther() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    for (Guest member : List.of(VM1, VM2)) {
      Deafness.begin(member);
    }
    try {
      JsonNode check = awaitCheck(vip, "advertisements", "problem", "several are master: ");
      assertThat(check.path("evidence").asString()).contains("vm1 (VRID", "vm2 (VRID");
      assertThat(check.path("next").asString()).contains("unicast_peer", "firewalls");
    } finally {
      for (Guest member : List.of(VM1, VM2)) {
        Deafness.end(member);
      }
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
  void keepalivedDiedAndLeftTheAddress() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    stage.keepaliveds().of(VM2).kill();
    stage.keepaliveds().of(VM1).kill();
    awaitCheck(vip, "advertisements", "problem", "vm1 has the address and advertises no more");
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
                        "allowedSources", List.of("10.77.0.103/32")))));
    try {
      router.plug(Stage.SUBNET);
      router.ip("addr", "add", "10.77.0.103/24", "dev", Guest.NIC);
      awaitUp(vm);
      JsonNode contested =
          server.call(
              "POST",
              "/v1/vips",
              Map.of(
                  "name", "contested",
                  "type", "internal",
                  "vpcId", shown.path("vpcId").asString(),
                  "networkId", shown.path("networkId").asString(),
                  "address", "10.77.0.103"));
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
  void aConfigurationIsOutdated() throws Exception {
    stage.bind(List.of(VM1, VM2));
    theatre.elect(List.of(VM1, VM2));
    stage.bind(Stage.MEMBERS);
    awaitCheck(vip, "configuration", "warning", "vm1, vm2 have configurations that HAVIP made for");
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

  /** A keepalived.conf as people write it. */
  private void handmade(Guest guest, int vrid, Ipv4Address... addresses) throws Exception {
    stage
        .keepaliveds()
        .start(guest, new Handmade(3, vrid, 250, "0.1", "", List.of(addresses)).text());
  }

  private JsonNode awaitCheck(String path, String topic, String status, String evidence)
      throws Exception {
    return check(
        theatre.await(
            () -> server.get(path + "/explain"),
            explanation -> {
              JsonNode check = check(explanation, topic);
              return check.path("status").asString().equals(status)
                  && check.path("evidence").asString().contains(evidence);
            }),
        topic);
  }

  private static JsonNode check(JsonNode explanation, String topic) {
    return explanation
        .path("checks")
        .valueStream()
        .filter(it -> it.path("check").asString().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  private void awaitState(JsonNode made, String state) throws Exception {
    theatre.await(() -> server.get(path(made)), it -> it.path("state").asString().equals(state));
  }

  private void awaitUp(JsonNode vm) throws Exception {
    theatre.await(
        () -> server.get("/v1/vms/" + vm.path("id").asString()),
        it -> it.at("/nics/0/up").asBoolean());
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
