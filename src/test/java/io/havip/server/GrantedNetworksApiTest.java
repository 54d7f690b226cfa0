package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An account uses an external network only when an administrator granted it. */
class GrantedNetworksApiTest extends ApiFixture {
  private static final String NETWORKS = "/v1/external-networks";
  private static final String MISSING = "extnet-00000000000000000000000000";

  private int next;
  private String account;

  /** A member of another account, with a VPC, a subnet and a VM. */
  private String member;

  private String memberVpc;
  private String memberSubnet;
  private String memberVm;

  /** What an administrator made and did not share. */
  private String network;

  @Override
  Settings settings() {
    return super.settings().withFloatingAddresses();
  }

  @BeforeEach
  void makeAnAccount() throws Exception {
    account = "team-" + next++;
    member =
        post("/v1/tokens", "{'name': 'm', 'account': '%s'}".formatted(account))
            .json()
            .get("token")
            .asString();
    memberVpc = madeBy("/v1/vpcs", "{'name': 'v', 'cidr': '10.0.0.0/8'}");
    memberSubnet =
        madeBy(
            "/v1/subnets",
            "{'vpcId': '%s', 'name': 's', 'cidr': '10.0.0.0/24'}".formatted(memberVpc));
    memberVm =
        madeBy(
            "/v1/vms",
            "{'name': 'vm', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}"
                .formatted(memberVpc, memberSubnet));
    network = made(NETWORKS, "{'name': 'secret', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1'}");
  }

  @Test
  void aNetworkThatIsNotGrantedAnswersAsOneThatDoesNotExist() throws Exception {
    String nic = "{'networkId': '%s', 'address': '192.0.2.1'}";
    String vm = "{'name': 'x', 'vpcId': '" + memberVpc + "', 'nics': [" + nic + "]}";
    String vip =
        ("{'name': 'x', 'type': 'internal', 'vpcId': '" + memberVpc + "', 'networkId': '%s',")
            + " 'address': '192.0.2.1', 'vmIds': ['"
            + memberVm
            + "']}";
    String floating = "{'floatingAddress': {'networkId': '%s', 'address': '192.0.2.1'}}";
    String own =
        madeBy(
            "/v1/vips",
            "{'name': 'x', 'type': 'internal', 'vpcId': '%s', 'networkId': '%s'}"
                .formatted(memberVpc, memberSubnet));
    List<String[]> requests =
        List.of(
            new String[] {"GET", NETWORKS + "/%s", ""},
            new String[] {"GET", NETWORKS + "/%s/addresses", ""},
            new String[] {"PATCH", NETWORKS + "/%s", "{'shared': true}"},
            new String[] {"PATCH", NETWORKS + "/%s", "{'name': ''}"},
            new String[] {"DELETE", NETWORKS + "/%s", ""},
            new String[] {"GET", "/v1/subnets/%s", ""},
            new String[] {"GET", "/v1/vips?networkId=%s", ""},
            new String[] {"POST", "/v1/vms/" + memberVm + "/nics", nic},
            new String[] {"POST", "/v1/vms", vm},
            new String[] {"POST", "/v1/vips", vip},
            new String[] {"POST", "/v1/vips?dryRun=true", vip},
            new String[] {"POST", "/v1/vips", vip.replace("internal", "external")},
            new String[] {"POST", "/v1/vips?dryRun=true", vip.replace("internal", "external")},
            new String[] {"PATCH", "/v1/vips/" + own, floating},
            new String[] {"PATCH", "/v1/vips/" + own + "?dryRun=true", floating});
    post(
        "/v1/vips",
        "{'name': 'n', 'type': 'external', 'vpcId': '%s', 'networkId': '%s'}"
            .formatted(vpc, network));
    for (String[] request : requests) {
      assertThat(answer(request, network))
          .as(String.join(" ", request))
          .isEqualTo(answer(request, MISSING));
    }
    JsonNode list = by("GET", NETWORKS, "").json();
    assertThat(list.get("items")).isEmpty();
    assertThat(list.get("total").asLong()).isZero();
  }

  /** Status and body, without what names the network or the request. */
  private String answer(String[] request, String id) throws Exception {
    Answer answer = by(request[0], request[1].replace("%s", id), request[2].replace("%s", id));
    return answer.status()
        + answer.raw().body().replace(id, "ID").replaceAll("\"requestId\":\"[^\"]*\"", "");
  }

  @Test
  void aNewNetworkIsItsCreatorsAccountsOnly() throws Exception {
    JsonNode shown = get(NETWORKS + "/" + network).json();
    assertThat(shown.get("shared").asBoolean()).isFalse();
    assertThat(accounts(shown)).containsExactly("default");

    JsonNode given =
        patch(network, "{'accounts': ['default', '%s', '%s']}".formatted(account, account)).json();
    assertThat(accounts(given)).containsExactly("default", account);
    assertThat(given.get("version").asLong()).isEqualTo(2);
    JsonNode seen = by("GET", NETWORKS, "").json().at("/items/0");
    assertThat(seen.get("id").asString()).isEqualTo(network);
    assertThat(seen.get("shared").asBoolean()).isFalse();
    assertThat(seen.has("accounts")).as("names of other accounts").isFalse();
    assertThat(by("GET", NETWORKS + "/" + network, "").json()).isEqualTo(seen);
    assertThat(by("GET", NETWORKS + "/" + network + "/addresses", "").status()).isEqualTo(200);
    assertRefused(by("PATCH", NETWORKS + "/" + network, "{'shared': true}"), 403, "forbidden", "");

    String both =
        made(
            NETWORKS,
            "{'name': 'b', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1', 'shared': true}");
    assertThat(by("GET", NETWORKS, "").raw().body()).contains(both);
    String other =
        made(
            NETWORKS,
            "{'name': 'b', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1', 'accounts': ['%s']}"
                .formatted(account));
    assertThat(by("GET", NETWORKS, "").raw().body()).contains(other);
    assertThat(get(NETWORKS).raw().body()).as("to administrators").contains(other);
    assertThat(call("DELETE", NETWORKS + "/" + both).status()).isEqualTo(204);
  }

  @Test
  void aGrantThatIsInUseIsNotWithdrawn() throws Exception {
    patch(network, "{'accounts': ['%s']}".formatted(account));
    String nic =
        by("POST", "/v1/vms/" + memberVm + "/nics", "{'networkId': '" + network + "'}")
            .json()
            .at("/nics/1/id")
            .asString();
    String floating =
        madeBy(
            "/v1/vips",
            ("{'name': 'floats', 'type': 'internal', 'vpcId': '%s', 'networkId': '%s',"
                    + " 'floatingAddress': {'networkId': '%s'}}")
                .formatted(memberVpc, memberSubnet, network));
    String before = get(NETWORKS + "/" + network).raw().body();

    for (String body : List.of("{'accounts': []}", "{'name': 'new', 'accounts': ['default']}")) {
      Answer refused = patch(network, body);
      assertRefused(refused, 409, "in_use", "");
      assertThat(refused.json().get("detail").asString())
          .contains(nic, floating, "floats", "account " + account);
    }
    assertThat(get(NETWORKS + "/" + network).raw().body()).isEqualTo(before);

    patch(network, "{'shared': true, 'accounts': []}");
    assertRefused(patch(network, "{'shared': false}"), 409, "in_use", "");
    by("PATCH", "/v1/vips/" + floating, "{'floatingAddress': null}");
    by("DELETE", "/v1/vms/" + memberVm + "/nics/" + nic, "");
    assertThat(patch(network, "{'shared': false}").status()).isEqualTo(200);
    assertRefused(by("GET", NETWORKS + "/" + network, ""), 404, "not_found", "");
  }

  @Test
  void grantsThatCannotBeAreRefused() throws Exception {
    assertRefused(patch(network, "{'accounts': ['']}"), 422, "reference_not_found", "accounts[0]");
    assertRefused(
        patch(network, "{'accounts': ['default', 'no such']}"),
        422,
        "reference_not_found",
        "accounts[1]");
    assertRefused(patch(network, "{'accounts': null}"), 422, "invalid_field", "accounts");
    assertRefused(patch(network, "{'shared': null}"), 422, "invalid_field", "shared");
    assertThat(patch(network, "{'accounts': [null]}").status()).isIn(400, 422);
    assertThat(patch(network, "{'accounts': 'default'}").status()).isIn(400, 422);
    assertRefused(
        call("PATCH", "/v1/subnets/" + subnet, "{'shared': true}"), 400, "unknown_field", "shared");
    assertRefused(
        post(
            NETWORKS,
            "{'name': 'b', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1', 'accounts': ['x']}"),
        422,
        "reference_not_found",
        "accounts[0]");
    assertThat(accounts(get(NETWORKS + "/" + network).json())).containsExactly("default");
  }

  private static List<String> accounts(JsonNode network) {
    return network.get("accounts").valueStream().map(JsonNode::asString).toList();
  }

  private Answer patch(String id, String body) throws Exception {
    return call("PATCH", NETWORKS + "/" + id, body);
  }

  private String madeBy(String path, String body) throws Exception {
    Answer answer = by("POST", path, body);
    assertThat(answer.status()).as(answer.raw().body()).isBetween(200, 299);
    return answer.json().get("id").asString();
  }

  /** The member asks. */
  private Answer by(String method, String path, String body) throws Exception {
    return send(
        authorized(path)
            .setHeader("Authorization", "Bearer " + member)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body.replace('\'', '"'))));
  }
}
