package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.fabric.Fabric;
import io.havip.id.NetworkId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.NetworkPolicy;
import io.havip.net.AddressRange;
import io.havip.store.Store;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Addresses of joined networks on a fabric that cannot ask other hosts for them. */
class MemberRangesApiTest extends ApiFixture {
  private @Nullable Store store;
  private String member;

  @Override
  Settings settings() {
    return super.settings().withFloatingAddresses();
  }

  @Override
  Store wrap(Store real) {
    store = real;
    return real;
  }

  @Override
  Fabric network(Path dir) {
    fabric.setAsks(false);
    return fabric;
  }

  @BeforeAll
  void makeMember() throws Exception {
    member = post("/v1/tokens", "{'name': 'm', 'role': 'member'}").json().get("token").asString();
  }

  private Answer asMember(String method, String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer " + member)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  private String external(int number, String... memberRanges) throws Exception {
    String id =
        made(
            "/v1/external-networks",
            "{'name': 'e%d', 'cidr': '192.0.%d.0/24', 'gateway': '192.0.%d.1'}"
                .formatted(number, number, number));
    Store found = Objects.requireNonNull(store);
    ExternalNetwork network =
        (ExternalNetwork) found.read(reader -> reader.network(new NetworkId(id))).orElseThrow();
    NetworkPolicy plain = NetworkPolicy.DEFAULT;
    NetworkPolicy policy =
        new NetworkPolicy(
            null,
            List.of(),
            List.of(),
            false,
            Stream.of(memberRanges).map(AddressRange::parse).toList(),
            plain.otherTraffic(),
            plain.ipsec());
    found.write(_ ->
        new Decision<>(
            List.of(
                new Change.PutNetwork(
                    network.with(
                        network.name(),
                        network.enforcement(),
                        policy,
                        network.sharing(),
                        network.updatedAt()))),
            Set.of(),
            network));
    return id;
  }

  private String vip(String network, String more) {
    return "{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s'%s}"
        .formatted(vpc, network, more);
  }

  private String vm(String network, String address) {
    return "{'name': 'x', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'address': '%s'}]}"
        .formatted(vpc, network, address);
  }

  @Test
  void aMemberGetsAnAddressOfTheMemberRangesAndChoosesNone() throws Exception {
    String network = external(3, "192.0.3.100-192.0.3.101", "192.0.3.200");
    for (String next : List.of("192.0.3.100", "192.0.3.101", "192.0.3.200")) {
      assertThat(get("/v1/external-networks/" + network + "/addresses").json().get("next"))
          .hasToString('"' + next + '"');
      Answer answer = asMember("POST", "/v1/vips", vip(network, ""));
      assertThat(answer.json().path("address").asString()).isEqualTo(next);
    }
    Answer full = asMember("POST", "/v1/vips", vip(network, ""));
    assertRefused(full, 409, "network_full", "");

    Answer chosen = asMember("POST", "/v1/vips", vip(network, ", 'address': '192.0.3.50'"));
    assertRefused(chosen, 403, "forbidden", "address");
    assertThat(chosen.json().get("detail").asString())
        .contains("leave the address out", "memberRanges", "administrator");
    assertRefused(
        asMember("POST", "/v1/vms", vm(network, "192.0.3.50")),
        403,
        "forbidden",
        "nics[0].address");
  }

  @Test
  void withoutMemberRangesAMemberGetsNone() throws Exception {
    String network = external(4);
    Answer refused = asMember("POST", "/v1/vips", vip(network, ""));
    assertRefused(refused, 403, "forbidden", "address");
    assertThat(refused.json().get("detail").asString())
        .contains("ask an administrator to set the network's memberRanges");

    String internal = made("/v1/vips", vipBody("i", subnet, "'remark': ''"));
    Answer floating =
        asMember(
            "PATCH",
            "/v1/vips/" + internal,
            "{'floatingAddress': {'networkId': '" + network + "'}}");
    assertRefused(floating, 403, "forbidden", "floatingAddress.address");
  }

  @Test
  void anAdministratorChooses() throws Exception {
    String network = external(5);
    assertThat(made("/v1/vips", vip(network, ", 'address': '192.0.5.50'"))).startsWith("vip-");
    assertThat(made("/v1/vms", vm(network, "192.0.5.51"))).startsWith("vm-");
  }

  @Test
  void onItsOwnSubnetsAMemberChooses() throws Exception {
    String own = hostOf(subnet, 77);
    assertThat(asMember("POST", "/v1/vms", vm(subnet, own)).status()).isEqualTo(201);
  }
}
