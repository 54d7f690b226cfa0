package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Observed;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a server says of a VIP, from what it stored, saw and asked. */
class ExplainApiTest extends ApiFixture {
  @Test
  void itTellsWhatIsStoredSeenAndAnswered() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String thief =
        made(
            "/v1/vms",
            "{'name': 'thief', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}"
                .formatted(vpc, network));
    String path = "/v1/vips/" + made("/v1/vips", vipBody("v", network, "'remark': ''"));
    await(path, it -> it.get("state").asString().equals("available"));
    JsonNode unbound = get(path + "/explain").json();
    assertThat(unbound.get("status").asString()).isEqualTo("problem");
    assertThat(unbound.get("checks")).hasSize(12);
    assertCheck(unbound, "bindings", "problem", "no VM is bound");
    assertCheck(unbound, "gateway", "problem", "does not answer");

    call("PUT", path + "/bindings", "{'vmIds': ['" + vm + "']}");
    await(path, it -> it.get("state").asString().equals("available"));
    JsonNode shown = hold(path, vm);
    Ipv4Address address = Ipv4Address.parse(shown.get("address").asString());
    int segment =
        fabric.held().ports().values().stream()
            .filter(it -> it.name().equals(shown.at("/bindings/0/port").asString()))
            .findFirst()
            .orElseThrow()
            .segment();
    String thievesPort = get("/v1/vms/" + thief).json().at("/nics/0/port").asString();
    fabric.see(
        List.of(new Observed.Claim(segment, address, shown.at("/bindings/0/port").asString())),
        List.of(new Observed.Refusal(ClaimKind.ARP, thievesPort, null, address, 2)));
    fabric.setAnswers(
        List.of(
            new io.havip.plan.Answer(
                segment, address, "uplink", MacAddress.parse("02:00:00:00:00:99")),
            new io.havip.plan.Answer(
                segment,
                Ipv4Address.parse(hostOf(network, 1)),
                "uplink",
                MacAddress.parse("02:00:00:00:00:98"))));
    await(
        "/v1/vips/" + path.replaceAll(".*/", "") + "/events",
        it -> it.toString().contains("claims_refused"));
    JsonNode held = get(path + "/explain").json();
    assertCheck(held, "state", "ok", "available");
    assertCheck(held, "fabric", "ok", "generation");
    assertCheck(held, "ports", "ok", "carry traffic");
    assertCheck(held, "holder", "ok", "vm uses it");
    assertCheck(held, "claim", "ok", "ago");
    assertCheck(held, "bindings", "warning", "only vm");
    assertCheck(held, "refused_claims", "problem", "2 ARP packets of " + address + " by thief");
    assertCheck(held, "duplicate_address", "problem", "02:00:00:00:00:99 at the port uplink");
    assertCheck(held, "gateway", "ok", "answers");
    assertCheck(held, "advertisements", "unknown", "nobody hears");
    assertThat(get("/v1/vips/vip-00000000000000000000000000/explain").status()).isEqualTo(404);
  }

  private static void assertCheck(
      JsonNode explanation, String topic, String status, String evidence) {
    JsonNode check =
        explanation
            .get("checks")
            .valueStream()
            .filter(it -> it.get("check").asString().equals(topic))
            .findFirst()
            .orElseThrow();
    assertThat(check.get("evidence").asString()).contains(evidence);
    assertThat(check.get("status").asString()).as(check.toString()).isEqualTo(status);
  }
}
