package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.fabric.linux.LinuxLab;
import io.havip.net.Ipv4Address;
import io.havip.wire.Ethernet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is noticed beside the VIPs on real bridges, as events and {@code explain} tell it. */
class SurroundingsIT extends ApiFixture {
  private static final String OUTSIDE = "203.0.113.";

  private final Map<String, String> ids = new HashMap<>();

  @Override
  Fabric network(Path dir) throws Exception {
    return LinuxFabric.open();
  }

  @AfterAll
  void clear() throws Exception {
    LinuxLab.clear();
  }

  @Test
  void refusedDhcpAnswersAndDroppedFramesAreTold() throws Exception {
    VirtualNic first = vm("dhcp", 11);
    VirtualNic second = vm("client", 12);
    byte[] offer = first.udp(first.address(), 67, second.address(), 68, "offer");
    assertThat(first.reaches(second, offer)).isFalse();
    byte[] tagged = Ethernet.frame(Ethernet.BROADCAST, first.mac(), 0x8100, new byte[60]);
    assertThat(first.reaches(second, tagged)).isFalse();

    for (String kind : new String[] {"dhcp", "other"}) {
      JsonNode told =
          awaitEvent("claims_refused", data -> data.get("kind").asString().equals(kind));
      assertThat(told.get("port").asString()).isEqualTo(first.port());
    }
  }

  @Test
  void anAdvertisementThatABoundVmDoesNotHearIsTold() throws Exception {
    VirtualNic master = vm("master", 21);
    VirtualNic backup = vm("backup", 22);
    String a = vip("a", "10.0.1.101", "master", "backup");
    String b = vip("b", "10.0.1.102", "master");
    byte[] advert = master.advert(Ipv4Address.parse("10.0.1.101"), Ipv4Address.parse("10.0.1.102"));
    assertThat(master.reaches(backup, advert)).isFalse();

    JsonNode told = awaitEvent("advertisements_withheld", data -> true);
    assertThat(told.get("vmId").asString()).isEqualTo(ids.get("backup"));
    assertThat(told.get("address").asString()).isEqualTo("10.0.1.102");
    JsonNode vrrp =
        await(
                "/v1/vips/" + a + "/explain",
                it -> check(it, "vrrp").get("status").asString().equals("warning"))
            .get("checks");
    assertThat(vrrp.toString()).contains("backup did not hear advertisements", "10.0.1.102");

    String both = "{'vmIds': ['%s', '%s']}".formatted(ids.get("master"), ids.get("backup"));
    assertThat(call("PUT", "/v1/vips/" + b + "/bindings", both).status()).isEqualTo(202);
    await("/v1/vips/" + b, it -> it.get("state").asString().equals("available"));
    assertThat(master.reaches(backup, advert)).isTrue();
  }

  @Test
  void aVipLeavesTheVridOfARouterOutside() throws Exception {
    VirtualNic outside = LinuxLab.plug(50, Ipv4Address.parse(OUTSIDE + "1"));
    String network = external(outside.port());
    String bound = newVm(vpc, subnet);
    String vip =
        made(
            "/v1/vips",
            ("{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s',"
                    + " 'address': '%s', 'vmIds': ['%s']}")
                .formatted(vpc, network, OUTSIDE + "100", bound));
    await("/v1/vips/" + vip, it -> it.get("state").asString().equals("available"));
    // Every VRID that a VIP has here is one of a router outside from now on.
    for (int vrid = 1; vrid <= 3; vrid++) {
      byte[] advert = outside.advert(Ipv4Address.parse(OUTSIDE + "1"));
      advert[14 + 20 + 1] = (byte) vrid; // behind Ethernet's and IPv4's headers
      outside.send(advert);
    }
    JsonNode told = awaitEvent("vrid_changed", data -> data.get("from").asInt() <= 3);
    assertThat(told.get("to").asInt()).isGreaterThan(3);
  }

  @Test
  void portsThatAreNotJudgedAreTold() throws Exception {
    LinuxLab.run("ip", "link", "add", "br9", "type", "bridge");
    LinuxLab.run("ip", "link", "set", "br9", "up");
    VirtualNic unknown = LinuxLab.plug(60, Ipv4Address.parse("198.51.100.60"));
    LinuxLab.run("ip", "link", "set", unknown.port(), "master", "br9");
    String network =
        made(
            "/v1/external-networks",
            "{'name': 'adopted', 'cidr': '198.51.100.0/24', 'gateway': '198.51.100.1',"
                + " 'uplink': 'br9', 'enforcement': 'enforce'}");
    JsonNode told =
        awaitEvent("ports_unjudged", data -> data.get("networkId").asString().equals(network));
    assertThat(told.get("ports").valueStream().map(JsonNode::asString))
        .containsExactly(unknown.port());
  }

  private interface Matcher {
    boolean fits(JsonNode data);
  }

  /** The data of the first event of a kind that fits. */
  private JsonNode awaitEvent(String kind, Matcher matcher) throws Exception {
    String path = "/v1/events?kind=" + kind;
    return await(
            path,
            events ->
                events.get("items").valueStream().anyMatch(it -> matcher.fits(it.get("data"))))
        .get("items")
        .valueStream()
        .map(it -> it.get("data"))
        .filter(matcher::fits)
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode check(JsonNode explained, String topic) {
    return explained
        .get("checks")
        .valueStream()
        .filter(it -> it.get("check").asString().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  private String external(String uplink) throws Exception {
    return made(
        "/v1/external-networks",
        "{'name': 'outside', 'cidr': '203.0.113.0/24', 'gateway': '203.0.113.1', 'uplink': '%s', 'enforcement': 'enforce'}"
            .formatted(uplink));
  }

  /** A VM on the subnet, whose NIC's other end is the test's. */
  private VirtualNic vm(String name, int host) throws Exception {
    VirtualNic nic = LinuxLab.plug(host, Ipv4Address.parse(hostOf(subnet, host)));
    String id =
        made(
            "/v1/vms",
            ("{'name': '%s', 'vpcId': '%s', 'nics':"
                    + " [{'networkId': '%s', 'address': '%s', 'mac': '%s', 'port': '%s'}]}")
                .formatted(name, vpc, subnet, nic.address(), nic.mac(), nic.port()));
    ids.put(name, id);
    await("/v1/vms/" + id, vm -> vm.at("/nics/0/up").asBoolean());
    return nic;
  }

  private String vip(String name, String address, String... vms) throws Exception {
    String vmIds = Stream.of(vms).map(ids::get).collect(Collectors.joining("', '", "['", "']"));
    String id =
        made("/v1/vips", vipBody(name, subnet, "'address': '" + address + "', 'vmIds': " + vmIds));
    await("/v1/vips/" + id, it -> it.get("state").asString().equals("available"));
    return id;
  }
}
