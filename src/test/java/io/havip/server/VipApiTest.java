package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.MacAddress;
import io.havip.plan.Announcement;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A VIP's life. */
class VipApiTest extends ApiFixture {
  @Test
  void aVipIsCreatedBoundSeenAndDeleted() throws Exception {
    String network = newSubnet(vpc);
    String a = newVm(vpc, network);
    String b = newVm(vpc, network);
    Answer created =
        post(
            "/v1/vips",
            vipBody(
                "db",
                network,
                "'address': '" + hostOf(network, 100) + "', 'vmIds': ['" + a + "']"));
    assertThat(created.status()).isEqualTo(202);
    assertThat(created.json().get("state").asString()).isEqualTo("creating");
    String path = "/v1/vips/" + created.json().get("id").asString();
    assertThat(created.raw().headers().firstValue("Location")).hasValue(path);
    assertThat(created.raw().headers().firstValue("ETag")).hasValue("\"v1\"");

    JsonNode available = await(path, vip -> vip.get("state").asString().equals("available"));
    assertThat(available.get("observedGeneration").asLong()).isEqualTo(1);
    assertThat(fabric.held().grants().values())
        .anySatisfy(grant -> {
          assertThat(grant.address()).hasToString(hostOf(network, 100));
          assertThat(grant.members()).hasSize(1);
        });

    Answer bound = call("PUT", path + "/bindings/" + b);
    assertThat(bound.status()).isEqualTo(202);
    assertThat(bound.json().get("version").asLong()).isEqualTo(2);
    assertThat(call("PUT", path + "/bindings", "{'vmIds': ['" + b + "','" + a + "']}").status())
        .as("the same set")
        .isEqualTo(200);
    JsonNode held = hold(path, b);
    assertThat(held.get("holders").get(0).get("vmId").asString()).isEqualTo(b);

    Answer announced = call("POST", path + "/announce");
    assertThat(announced.status()).isEqualTo(202);
    assertThat(fabric.announced())
        .extracting(Announcement::mac)
        .extracting(MacAddress::toString)
        .containsExactly(held.get("holders").get(0).get("mac").asString());

    assertThat(call("PATCH", "/v1/vms/" + b, "{'state': 'stopped'}").status()).isEqualTo(200);
    assertThat(get(path).json().get("bindings")).as("a stopped VM stays bound").hasSize(2);

    Answer renamed = call("PATCH", path, "{'name': 'database', 'remark': 'prod'}");
    assertThat(renamed.json().get("name").asString()).isEqualTo("database");

    assertThat(call("DELETE", path).status()).isEqualTo(202);
    awaitGone(path);
    assertThat(fabric.held().grants().values())
        .noneSatisfy(grant -> assertThat(grant.address()).hasToString(hostOf(network, 100)));
    assertThat(
            get(path + "/events")
                .json()
                .get("items")
                .valueStream()
                .map(e -> e.get("kind").asString()))
        .containsSubsequence(
            "vip_created",
            "vip_realised",
            "bindings_changed",
            "holder_changed",
            "vip_announced",
            "vm_stopped",
            "vip_described",
            "vip_deleting",
            "vip_deleted");
  }

  @Test
  void aFabricThatRefusesIsTriedAgain() throws Exception {
    fabric.setBroken(true);
    String id = made("/v1/vips", vipBody("patience", subnet, "'remark': ''"));
    assertThat(get("/v1/vips/" + id).json().get("state").asString()).isEqualTo("creating");
    awaitStatus("/readyz", 503);
    fabric.setBroken(false);
    await("/v1/vips/" + id, vip -> vip.get("state").asString().equals("available"));
    awaitStatus("/readyz", 200);
  }
}
