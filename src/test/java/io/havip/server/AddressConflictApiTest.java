package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Observed;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Another host outside has the address of a NIC: what members and administrators read of it. */
class AddressConflictApiTest extends ApiFixture {
  private static final String HOST = "02:00:00:00:00:99";

  @Test
  void onlyAdministratorsReadWhichHostItIs() throws Exception {
    String network =
        made(
            "/v1/external-networks",
            "{'name': 'e', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1', 'uplink': 'eth9',"
                + " 'enforcement': 'enforce', 'shared': true}");
    JsonNode tokens = post("/v1/tokens", "{'name': 'm', 'account': 'team'}").json();
    String member = tokens.get("token").asString();
    String vpcId = asMember(member, "POST", "/v1/vpcs", "{'name': 'v', 'cidr': '10.0.0.0/8'}");
    String vm =
        asMember(
            member,
            "POST",
            "/v1/vms",
            "{'name': 'x', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'address': '192.0.2.9'}]}"
                .formatted(vpcId, network));
    await("/v1/vms/" + vm, it -> it.at("/nics/0/attached").asBoolean(false));
    Observed.Refusal refused =
        new Observed.Refusal(
            ClaimKind.ARP, "eth9", MacAddress.parse(HOST), Ipv4Address.parse("192.0.2.9"), 1);

    fabric.see(List.of(), List.of(refused));

    JsonNode conflict =
        await("/v1/vms/" + vm, it -> it.at("/nics/0").has("conflict")).at("/nics/0/conflict");
    assertThat(conflict.get("mac").asString()).isEqualTo(HOST);
    assertThat(conflict.get("port").asString()).isEqualTo("eth9");
    JsonNode theirs = get(member, "/v1/vms/" + vm).json().at("/nics/0/conflict");
    assertThat(theirs.propertyNames()).containsExactly("since");

    JsonNode told =
        await("/v1/events?kind=address_conflict_began", it -> !it.at("/items/0").isMissingNode());
    assertThat(told.at("/items/0/data/mac").asString()).isEqualTo(HOST);
    assertThat(told.at("/items/0/data/port").asString()).isEqualTo("eth9");
    JsonNode toMember = get(member, "/v1/events").json().get("items");
    assertThat(toMember.findValuesAsString("kind")).containsExactly("address_conflict_began");
    assertThat(toMember.toString()).contains("192.0.2.9").doesNotContain(HOST, "eth9");
  }

  private Answer get(String bearer, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + bearer));
  }

  private String asMember(String bearer, String method, String path, String body) throws Exception {
    return send(HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer " + bearer)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))))
        .json()
        .get("id")
        .asString();
  }
}
