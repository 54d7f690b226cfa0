package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Reports of agents; what they mean is for tests of the fabric. */
class ChassisApiTest extends ApiFixture {
  private static final String PATH = "/v1/chassis/host-1/sightings";
  private static final String ARP =
      "{'mac': '00:00:00:00:00:00', 'address': '10.0.0.100', 'count': 1, 'agoMillis': 0}";
  private static final String ADVERT =
      "{'mac': '02:00:00:00:00:01', 'source': '10.0.0.11', 'virtualRouterId': 51, 'priority': 0,"
          + " 'intervalMillis': 1000, 'addresses': ['10.0.0.100'], 'count': 7, 'agoMillis': 12}";

  @BeforeEach
  void needAgents() {
    fabric.setNeedsAgents(true);
  }

  private Answer report(String ports) throws Exception {
    return call("PUT", PATH, "{'ports': [" + ports + "]}");
  }

  private static String port(String name, String arps, String adverts) {
    return "{'port': '%s', 'arps': [%s], 'adverts': [%s]}".formatted(name, arps, adverts);
  }

  @Test
  void aReportIsTakenAndReachesTheFabric() throws Exception {
    Answer answer = report(port("tap1", ARP, ADVERT) + "," + port("tap2", "", ""));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(204);
    assertThat(fabric.reports().getLast().chassis()).isEqualTo("host-1");
    assertThat(fabric.reports().getLast().ports())
        .extracting(port -> port.name() + " " + port.arps().size() + port.adverts().size())
        .containsExactly("tap1 11", "tap2 00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'count': 1            | 'count': 0               | ports[0].arps[0].count
          'count': 1            | 'count': '1'             | ports[0].arps[0].count
          'agoMillis': 0        | 'agoMillis': -1          | ports[0].arps[0].agoMillis
          'agoMillis': 0        | 'agoMillis': 86400001    | ports[0].arps[0].agoMillis
          10.0.0.100', 'count'  | 10.0.0.300', 'count'     | ports[0].arps[0].address
          '00:00:00:00:00:00'   | 'nobody'                 | ports[0].arps[0].mac
          'virtualRouterId': 51 | 'virtualRouterId': 256   | ports[0].adverts[0].virtualRouterId
          'priority': 0         | 'priority': -1           | ports[0].adverts[0].priority
          'intervalMillis': 1000| 'intervalMillis': -1     | ports[0].adverts[0].intervalMillis
          ['10.0.0.100']        | [null]                   | ports[0].adverts[0].addresses[0]
          'priority': 0         | 'priority': 0, 'x': 1    | ports[0].adverts[0].x
          'tap1'                | ''                       | ports[0].port
          """)
  void whatIsWrongIsNamed(String right, String wrong, String field) throws Exception {
    String ports = port("tap1", ARP, ADVERT);
    assertThat(ports).contains(right);
    Answer answer = report(ports.replaceFirst(Pattern.quote(right), wrong));
    assertThat(answer.status()).as(answer.raw().body()).isIn(400, 422);
    assertThat(answer.field()).isEqualTo(field);
  }

  @Test
  void thereIsALimitToEverything() throws Exception {
    assertRefused(
        report(port("tap1", "", "") + "," + port("tap1", "", "")),
        422,
        "invalid_field",
        "ports[1].port");
    assertRefused(
        report(port("tap1", (ARP + ",").repeat(64) + ARP, "")),
        422,
        "invalid_field",
        "ports[0].arps");
    assertRefused(
        report(port("tap1", "", (ADVERT + ",").repeat(16) + ADVERT)),
        422,
        "invalid_field",
        "ports[0].adverts");
    assertRefused(
        report((port("t", "", "") + ",").repeat(2_000) + port("t", "", "")),
        422,
        "invalid_field",
        "ports");
    assertRefused(report(port("t".repeat(256), "", "")), 422, "invalid_field", "ports[0].port");
    assertRefused(
        call("PUT", PATH.replace("host-1", "h".repeat(256)), "{'ports': []}"),
        422,
        "invalid_field",
        "name");
  }

  @Test
  void whetherAVipIsSplitIsKnownWhileBothItsVmsAreHeard() throws Exception {
    String network = newSubnet(vpc);
    List<String> vms = List.of(newVm(vpc, network), newVm(vpc, network));
    String vip =
        "/v1/vips/"
            + made(
                "/v1/vips", vipBody("v", network, "'vmIds': ['" + String.join("','", vms) + "']"));
    JsonNode bound =
        await(
            vip, it -> it.get("bindings").valueStream().allMatch(one -> one.get("up").asBoolean()));
    List<String> ports =
        bound.get("bindings").valueStream().map(it -> it.get("port").asString()).toList();
    assertThat(bound.has("split")).as("nobody hears them").isFalse();
    report(port(ports.get(0), "", ""));
    assertThat(get(vip).json().has("split")).as("one of them is heard").isFalse();
    report(port(ports.get(1), "", ""));
    assertThat(get(vip).json().get("split").asBoolean(true)).isFalse();
  }

  @Test
  void whoHearsByItselfSaysSo() throws Exception {
    fabric.setNeedsAgents(false);
    assertRefused(report(""), 409, "wrong_state", "");
  }
}
