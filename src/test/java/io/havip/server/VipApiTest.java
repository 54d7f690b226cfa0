package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.id.NetworkId;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Announcement;
import io.havip.plan.Grant;
import io.havip.vip.Floating;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A VIP's life. */
class VipApiTest extends ApiFixture {
  @Override
  Settings settings() {
    return super.settings().withFloatingAddresses();
  }

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
  void aFloatingAddressIsGivenChangedAndTaken() throws Exception {
    String outside =
        made(
            "/v1/external-networks",
            "{'name': 'o', 'cidr': '203.0.113.0/24', 'gateway': '203.0.113.1'}");
    String floating = "'floatingAddress': {'networkId': '" + outside + "'";
    String path = "/v1/vips/" + made("/v1/vips", vipBody("db", subnet, floating + "}"));
    JsonNode vip = await(path, it -> it.get("state").asString().equals("available"));
    assertThat(vip.at("/floatingAddress/networkId").asString()).isEqualTo(outside);
    assertThat(vip.at("/floatingAddress/address").asString()).startsWith("203.0.113.");

    Answer changed = call("PATCH", path, "{" + floating + ", 'address': '203.0.113.77'}}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("generation").asLong()).isEqualTo(2);
    await(path, it -> it.get("observedGeneration").asLong() == 2);
    assertThat(fabric.held().grants().values())
        .extracting(Grant::floating)
        .contains(new Floating(new NetworkId(outside), Ipv4Address.parse("203.0.113.77")));
    assertThat(send(authorized("/v1/vips?q=113.77").header("Accept", "text/csv")).raw().body())
        .contains(",203.0.113.77,");
    assertThat(call("DELETE", "/v1/external-networks/" + outside).code()).isEqualTo("in_use");

    assertThat(call("PATCH", path, "{'floatingAddress': null}").json().has("floatingAddress"))
        .isFalse();
    assertThat(call("DELETE", "/v1/external-networks/" + outside).status()).isEqualTo(204);
    assertThat(
            get(path + "/events?kind=floating_address_changed")
                .json()
                .get("items")
                .valueStream()
                .map(event -> event.at("/data/floatingAddress").asString("none")))
        .containsExactly("203.0.113.77", "none");
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
