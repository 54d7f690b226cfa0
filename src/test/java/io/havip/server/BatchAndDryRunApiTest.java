package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Changes of many VIPs, changes that are only tried out, and deletion by force. */
class BatchAndDryRunApiTest extends ApiFixture {

  @Test
  void aBatchIsDeletedItemByItem() throws Exception {
    String a = made("/v1/vips", vipBody("a", subnet, "'remark': ''"));
    String b = made("/v1/vips", vipBody("b", subnet, "'remark': ''"));
    String unknown = "vip-00000000000000000000000000";
    Answer answer =
        post(
            "/v1/vips/batch-delete",
            "{'ids': ['%s', '%s', 'nonsense', '%s']}".formatted(a, unknown, b));
    assertThat(answer.status()).isEqualTo(200);
    JsonNode results = answer.json().get("results");
    assertThat(results.valueStream().map(result -> result.get("id").asString()))
        .containsExactly(a, unknown, "nonsense", b);
    assertThat(results.valueStream().map(result -> result.get("status").asInt()))
        .containsExactly(202, 404, 404, 202);
    assertThat(results.get(0).has("problem")).isFalse();
    assertThat(results.get(1).get("problem").get("code").asString()).isEqualTo("not_found");
    assertThat(results.get(1).get("problem").get("status").asInt()).isEqualTo(404);
    awaitGone("/v1/vips/" + a);
    awaitGone("/v1/vips/" + b);
    assertThat(post("/v1/vips/batch-delete", "{'ids': []}").json().get("results")).isEmpty();
    String many =
        IntStream.range(0, 101).mapToObj(_ -> "'" + unknown + "'").collect(Collectors.joining(","));
    assertRefused(
        post("/v1/vips/batch-delete", "{'ids': [" + many + "]}"), 422, "invalid_field", "ids");
    assertRefused(post("/v1/vips/batch-delete", "{}"), 422, "invalid_field", "ids");
  }

  @Test
  void aDryRunOfBindingsShowsWhatTheChangeWouldDo() throws Exception {
    String network = newSubnet(vpc);
    List<String> vms =
        List.of(newVm(vpc, network), newVm(vpc, network), newVm(vpc, network), newVm(vpc, network));
    String path =
        "/v1/vips/"
            + made(
                "/v1/vips",
                vipBody("v", network, "'vmIds': ['%s','%s']".formatted(vms.get(0), vms.get(1))));
    await(path, vip -> vip.get("state").asString().equals("available"));
    hold(path, vms.get(0));
    assertThat(get(path + "/keepalived?vmId=" + vms.get(1)).status()).isEqualTo(200);
    String before = get(path).raw().body();
    String events = get(path + "/events").raw().body();
    JsonNode preview =
        call(
                "PUT",
                path + "/bindings?dryRun=true",
                "{'vmIds': ['%s','%s']}".formatted(vms.get(1), vms.get(2)))
            .json();
    assertThat(texts(preview.get("add"))).containsExactly(vms.get(2));
    assertThat(texts(preview.get("remove"))).containsExactly(vms.get(0));
    assertThat(texts(preview.get("keep"))).containsExactly(vms.get(1));
    assertThat(texts(preview.get("holderLoses"))).containsExactly(vms.get(0));
    assertThat(texts(preview.get("outdatedConfigurations"))).containsExactly(vms.get(1));
    assertThat(preview.get("attachNics")).isEmpty();
    assertThat(preview.get("version").asLong()).isEqualTo(1);
    assertThat(
            texts(call("PUT", path + "/bindings/" + vms.get(2) + "?dryRun=true").json().get("add")))
        .containsExactly(vms.get(2));
    assertThat(
            texts(
                call("DELETE", path + "/bindings/" + vms.get(1) + "?dryRun=true")
                    .json()
                    .get("remove")))
        .containsExactly(vms.get(1));
    assertRefused(
        call(
            "PUT",
            path + "/bindings?dryRun=true",
            "{'vmIds': ['" + String.join("','", vms) + "']}"),
        409,
        "vip_binding_limit",
        "vmIds");
    assertThat(get(path).raw().body()).isEqualTo(before);
    assertThat(get(path + "/events").raw().body()).isEqualTo(events);
  }

  @Test
  void aDryRunSaysWhatStoppingOrDeletingAVmDoesToItsVips() throws Exception {
    String network = newSubnet(vpc);
    String first = newVm(vpc, network);
    String second = newVm(vpc, network);
    String both = "'vmIds': ['%s','%s']".formatted(first, second);
    String shared = made("/v1/vips", vipBody("shared", network, both));
    String alone = made("/v1/vips", vipBody("alone", network, "'vmIds': ['%s']".formatted(first)));
    hold("/v1/vips/" + shared, first);
    hold("/v1/vips/" + alone, first);
    String before = get("/v1/vms/" + first).raw().body();

    JsonNode deleted = call("DELETE", "/v1/vms/" + first + "?dryRun=true").json();
    assertThat(texts(deleted.get("unbinds"))).containsExactlyInAnyOrder(shared, alone);
    assertThat(texts(deleted.get("holderLoses"))).containsExactlyInAnyOrder(shared, alone);
    assertThat(texts(deleted.get("risks")))
        .containsExactlyInAnyOrder(
            "no other VM is bound to alone: nobody can take it over from vm",
            "shared: it is not known whether vm talks VRRP: other software (heartbeat, pacemaker,"
                + " Windows) does not notice that it lost its permission, and elects nobody");

    JsonNode stopped =
        call("PATCH", "/v1/vms/" + first + "?dryRun=true", "{'state': 'stopped'}").json();
    assertThat(stopped.get("unbinds")).isEmpty();
    assertThat(texts(stopped.get("holderLoses"))).containsExactlyInAnyOrder(shared, alone);
    assertThat(texts(stopped.get("risks")))
        .containsExactly("no other VM is bound to alone: nobody can take it over from vm");

    JsonNode renamed =
        call("PATCH", "/v1/vms/" + first + "?dryRun=true", "{'name': 'other'}").json();
    assertThat(renamed.get("holderLoses")).isEmpty();
    JsonNode idle = call("DELETE", "/v1/vms/" + second + "?dryRun=true").json();
    assertThat(texts(idle.get("unbinds"))).containsExactly(shared);
    assertThat(idle.get("holderLoses")).isEmpty();
    assertThat(idle.get("risks")).isEmpty();
    assertThat(get("/v1/vms/" + first).raw().body()).isEqualTo(before);
  }

  @Test
  void aDryRunSaysWhoLosesTheVipAndMayNotNotice() throws Exception {
    String network = newSubnet(vpc);
    String first = newVm(vpc, network);
    String second = newVm(vpc, network);
    String path =
        "/v1/vips/"
            + made(
                "/v1/vips", vipBody("v", network, "'vmIds': ['%s','%s']".formatted(first, second)));
    await(path, vip -> vip.get("state").asString().equals("available"));
    hold(path, first);
    String before = get(path).raw().body();
    String fence = "{'vmId': '%s', 'seconds': 60}";
    for (Answer loses :
        List.of(
            call("DELETE", path + "?dryRun=true"),
            call("DELETE", path + "?force=true&dryRun=true"),
            call("DELETE", path + "/bindings/" + first + "?dryRun=true"),
            call("PUT", path + "/bindings?dryRun=true", "{'vmIds': []}"),
            call("POST", path + "/fence?dryRun=true", fence.formatted(first)))) {
      assertThat(loses.status()).isEqualTo(200);
      assertThat(texts(loses.json().get("holderLoses"))).containsExactly(first);
      assertThat(loses.json().get("risks").get(0).asString())
          .contains("not known", "VRRP", "does not notice");
    }
    for (Answer keeps :
        List.of(
            call("DELETE", path + "/bindings/" + second + "?dryRun=true"),
            call("POST", path + "/fence?dryRun=true", fence.formatted(second)))) {
      assertThat(keeps.json().get("holderLoses")).isEmpty();
      assertThat(keeps.json().get("risks")).isEmpty();
    }
    assertThat(get(path).raw().body()).isEqualTo(before);
  }

  @Test
  void aDryRunOfCreatingSaysWhichNicsToPlug() throws Exception {
    String external =
        made(
            "/v1/external-networks",
            "{'name': 'x', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1'}");
    String vm = newVm(vpc, subnet);
    long total = get("/v1/vips").json().get("total").asLong();
    String body =
        "{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s', 'vmIds': ['%s']}"
            .formatted(vpc, external, vm);
    Answer preview = post("/v1/vips?dryRun=true", body);
    assertThat(preview.status()).isEqualTo(200);
    assertThat(texts(preview.json().get("add"))).containsExactly(vm);
    JsonNode nic = preview.json().get("attachNics").get(0);
    assertThat(nic.get("vmId").asString()).isEqualTo(vm);
    assertThat(nic.get("networkId").asString()).isEqualTo(external);
    assertThat(preview.json().has("version")).isFalse();
    assertRefused(
        post("/v1/vips?dryRun=true", body.replace("external'", "internal'")),
        422,
        "invalid_field",
        "type");
    assertThat(get("/v1/vips").json().get("total").asLong()).isEqualTo(total);
    assertThat(get("/v1/vms/" + vm).json().get("nics").size()).isEqualTo(1);
  }

  @Test
  void aSlipInAFlagChangesNothing() throws Exception {
    String path = "/v1/vips/" + made("/v1/vips", vipBody("v", subnet, "'remark': ''"));
    long total = get("/v1/vips").json().get("total").asLong();
    for (String query : List.of("dryRun", "dryRun=1", "dryRun=True", "dryRun=true&dryRun=false")) {
      assertRefused(
          post("/v1/vips?" + query, vipBody("v", subnet, "'remark': ''")),
          422,
          "invalid_field",
          "dryRun");
      assertRefused(call("DELETE", path + "?" + query), 422, "invalid_field", "dryRun");
    }
    assertRefused(
        post("/v1/vips?dryrun=true", vipBody("v", subnet, "'remark': ''")),
        400,
        "unknown_field",
        "dryrun");
    assertRefused(call("DELETE", path + "?force=yes"), 422, "invalid_field", "force");
    assertThat(get("/v1/vips").json().get("total").asLong()).isEqualTo(total);
    assertThat(call("PUT", path + "/bindings?dryRun=false", "{'vmIds': []}").json().get("id"))
        .isNotNull();
  }

  @Test
  void aVipWhoseFabricIsGoneIsDeletedByForce() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String address = hostOf(network, 9);
    String body =
        vipBody("stuck", network, "'address': '%s', 'vmIds': ['%s']".formatted(address, vm));
    String path = "/v1/vips/" + made("/v1/vips", body);
    await(path, vip -> vip.get("state").asString().equals("available"));
    fabric.setBroken(true);
    try {
      assertThat(call("DELETE", path).status()).isEqualTo(202);
      awaitStatus("/readyz", 503); // so that it is in sync again only when it has tried again
      assertThat(get(path).json().get("state").asString()).isEqualTo("deleting");
      assertThat(call("DELETE", path + "?force=true").status()).isEqualTo(204);
      assertRefused(get(path), 404, "not_found", "");
      assertRefused(call("DELETE", path + "?force=true"), 404, "not_found", "");
      assertThat(post("/v1/vips", body).status()).isEqualTo(202);
    } finally {
      fabric.setBroken(false);
    }
    assertThat(
            get(path + "/events")
                .json()
                .get("items")
                .valueStream()
                .map(event -> event.get("kind").asString()))
        .endsWith("vip_deleting", "vip_deleted");
    awaitStatus("/readyz", 200);
    assertThat(fabric.held().grants().keySet().stream().map(Object::toString))
        .doesNotContain(path.substring("/v1/vips/".length()));
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }
}
