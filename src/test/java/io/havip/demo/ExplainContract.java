package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;
import static io.havip.demo.Stage.VM4;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.server.ServerProcess;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Faults of docs/howto/why-a-vip-does-not-work.md that are seen by the fabric, planted on a real
 * one with real keepalived: explain names each.
 */
abstract class ExplainContract extends TheatreTest {
  static final int VRID = 77;
  private static final Ipv4Address OTHER = Ipv4Address.parse("10.77.0.101");

  ServerProcess server;
  Stage stage;
  String vip;

  @BeforeEach
  void find() {
    server = theatre.server();
    stage = theatre.stage();
    vip = theatre.vip();
  }

  @Test
  void aPortIsDown() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    awaitCheck(vip, "advertisements", "ok", "vm1 (VRID ");
    awaitCheck(vip, "ports", "ok", "carry traffic");
    theatre.unplug(VM2);
    awaitCheck(vip, "ports", "warning", "the port demo-vm2 of vm2 is ");
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
    awaitAdvertisementsRefused("10.77.0.101");
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
  void keepalivedDiedAndLeftTheAddress() throws Exception {
    theatre.elect(List.of(VM1, VM2));
    stage.keepaliveds().of(VM2).kill();
    stage.keepaliveds().of(VM1).kill();
    awaitCheck(vip, "advertisements", "problem", "vm1 has the address and advertises no more");
  }

  /** A keepalived.conf as people write it. */
  void handmade(Guest guest, int vrid, Ipv4Address... addresses) throws Exception {
    stage
        .keepaliveds()
        .start(guest, new Handmade(3, vrid, 250, "0.1", "", List.of(addresses)).text());
  }

  /** Of VM1, which named an address to which it is not bound; where a fabric looks into them. */
  void awaitAdvertisementsRefused(String address) throws Exception {}

  JsonNode awaitCheck(String path, String topic, String status, String evidence) throws Exception {
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

  static JsonNode check(JsonNode explanation, String topic) {
    return explanation
        .path("checks")
        .valueStream()
        .filter(it -> it.path("check").asString().equals(topic))
        .findFirst()
        .orElseThrow();
  }
}
