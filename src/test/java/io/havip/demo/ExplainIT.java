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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int VRID = 77;
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.101");

  private final CleanUps cleanUps = new CleanUps();
  private final List<Keepalived> handmade = new ArrayList<>();
  private Path directory;
  private ServerProcess server;
  private Stage stage;
  private String vip;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    server = new ServerProcess(directory);
    cleanUps.add(server::stop);
    Api api = new Api(URI.create(server.url()), server.token());
    cleanUps.add(api::close);
    stage = new Stage(api, Plugs.TO_THIS_HOST);
    cleanUps.add(stage::close);
    vip = "/v1/vips/" + server.get("/v1/vips").at("/items/0/id").asString();
  }

  @AfterAll
  void end() throws Exception {
    cleanUps.run();
  }

  /** Every VM is as after its boot, and nobody has claimed the VIP. */
  @AfterEach
  void mend() throws Exception {
    stage.keepaliveds().close();
    handmade.forEach(Keepalived::kill);
    handmade.clear();
    for (Guest guest : List.of(VM1, VM2, VM3, VM4)) {
      guest.ip("addr", "flush", "dev", Guest.NIC);
      guest.ip("addr", "add", guest.address() + "/24", "brd", "+", "dev", Guest.NIC);
      guest.ip("link", "set", Guest.NIC, "up");
    }
    stage.bind(List.of());
    stage.bind(Stage.MEMBERS);
  }

  @Test
  void noVmIsBound() throws Exception {
    stage.bind(List.of());
    awaitCheck(vip, "bindings", "problem", "no VM is bound");
  }

  @Test
  void aPortIsDown() throws Exception {
    elect();
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
    elect();
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
                List.of(id(VM3))));
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
    elect();
    for (Guest member : List.of(VM1, VM2)) {
      inside(member, "add table ip cut");
      inside(member, "add chain ip cut in { type filter hook input priority 0; }");
      inside(member, "add rule ip cut in ip protocol 112 drop");
    }
    try {
      JsonNode check = awaitCheck(vip, "advertisements", "problem", "several are master: ");
      assertThat(check.path("evidence").asString()).contains("vm1 (VRID", "vm2 (VRID");
      assertThat(check.path("next").asString()).contains("unicast_peer", "firewalls");
    } finally {
      for (Guest member : List.of(VM1, VM2)) {
        inside(member, "delete table ip cut");
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
    elect();
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
    elect();
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

  private void elect() throws Exception {
    stage.keepaliveds().start(VM1);
    stage.awaitHolder("the first takes what nobody holds", List.of(VM1));
    stage.keepaliveds().start(VM2);
  }

  /** A keepalived.conf as people write it. */
  private void handmade(Guest guest, int vrid, Ipv4Address... addresses) throws Exception {
    String configuration =
        """
        global_defs {
          vrrp_version 3
        }
        vrrp_instance VI_1 {
          state BACKUP
          interface %s
          virtual_router_id %d
          priority 250
          advert_int 0.1
          virtual_ipaddress {
            %s
          }
        }
        """
            .formatted(
                Guest.NIC,
                vrid,
                String.join("\n    ", List.of(addresses).stream().map(it -> it + "/24").toList()));
    handmade.add(Keepalived.start(guest, directory, configuration));
  }

  private static void inside(Guest guest, String command) throws Exception {
    Program.output(guest.inside("nft", command).toArray(String[]::new));
  }

  private JsonNode awaitCheck(String path, String topic, String status, String evidence)
      throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode explanation = server.get(path + "/explain");
      JsonNode check =
          explanation
              .path("checks")
              .valueStream()
              .filter(it -> it.path("check").asString().equals(topic))
              .findFirst()
              .orElseThrow();
      if (check.path("status").asString().equals(status)
          && check.path("evidence").asString().contains(evidence)) {
        return check;
      }
      assertThat(System.nanoTime())
          .as("%s is no %s: %s", topic, status, explanation)
          .isLessThan(end);
      Thread.sleep(200);
    }
  }

  private void awaitState(JsonNode made, String state) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!server.get(path(made)).path("state").asString().equals(state)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private void awaitUp(JsonNode vm) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String path = "/v1/vms/" + vm.path("id").asString();
    while (!server.get(path).at("/nics/0/up").asBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private void remove(JsonNode made) throws Exception {
    server.call("DELETE", path(made), List.of());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (server.get("/v1/vips").path("items").toString().contains(made.path("id").asString())) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static String path(JsonNode made) {
    return "/v1/vips/" + made.path("id").asString();
  }

  private String id(Guest guest) throws Exception {
    return server
        .get("/v1/vms")
        .path("items")
        .valueStream()
        .filter(vm -> vm.path("name").asString().equals(guest.name()))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }
}
