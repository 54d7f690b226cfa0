package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.cli.Cli;
import io.havip.cli.Surroundings;
import io.havip.json.Json;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finding mistakes in keepalived.conf, through the API and the command. */
class KeepalivedCheckApiTest extends ApiFixture {
  private static final String CLEAN =
      """
      global_defs {
          vrrp_version 3
      }
      vrrp_instance web {
          state BACKUP
          nopreempt
          interface eth0
          virtual_router_id 77
          priority 150
          advert_int 0.1
          unicast_src_ip 10.0.1.11
          unicast_peer {
              10.0.1.12
          }
          virtual_ipaddress {
              10.0.1.100/24 dev eth0
          }
      }
      """;

  private String vm;
  private String vip;

  @BeforeAll
  void bind() throws Exception {
    vm = vmAt("a", "10.0.1.11");
    String other = vmAt("b", "10.0.1.12");
    vip =
        made(
            "/v1/vips",
            vipBody(
                "web",
                subnet,
                "'address': '10.0.1.100', 'vmIds': ['%s', '%s']".formatted(vm, other)));
    vmAt("c", "10.0.1.13");
  }

  private String vmAt(String name, String address) throws Exception {
    return made(
        "/v1/vms",
        "{'name': '%s', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'address': '%s'}]}"
            .formatted(name, vpc, subnet, address));
  }

  @Test
  void withoutIdsOnlyTheFileIsLookedAt() throws Exception {
    assertThat(codes(check("", "", CLEAN))).isEmpty();
    assertThat(codes(check("", "", CLEAN.replace("10.0.1.100", "10.0.1.101")))).isEmpty();
    Answer answer = check("", "", CLEAN.replace("priority 150", "priority 1500"));
    JsonNode finding = answer.json().get("findings").get(0);
    assertThat(finding.get("code").asString()).isEqualTo("value_out_of_range");
    assertThat(finding.get("severity").asString()).isEqualTo("error");
    assertThat(finding.get("file").asString()).isEqualTo("k.conf");
    assertThat(finding.get("line").asInt()).isEqualTo(9);
    assertThat(finding.get("column").asInt()).isEqualTo(14);
    assertThat(finding.get("fix").asString()).isEqualTo("    # priority 1500");
    assertThat(answer.json().at("/mended/0/text").asString()).contains("# priority 1500\n");
    assertThat(answer.json().at("/failovers/0/seconds").asDouble()).isBetween(0.3, 0.4);
  }

  @Test
  void withAVmOrVipTheBindingsAre() throws Exception {
    assertThat(codes(check("vmId", vm, CLEAN))).isEmpty();
    assertThat(codes(check("vipId", vip, CLEAN))).isEmpty();
    assertThat(codes(check("vmId", vm, CLEAN.replace("10.0.1.100", "10.0.1.101"))))
        .containsExactly("vip_unknown");
    assertThat(codes(check("vipId", vip, CLEAN.replace("10.0.1.12", "10.0.1.13"))))
        .containsExactlyInAnyOrder("peer_not_bound", "bound_vm_not_peer");
    assertThat(codes(check("vmId", vm, CLEAN.replace("/24", "/25"))))
        .containsExactly("vip_wrong_prefix");
  }

  @Test
  void whatBelongsToOthersIsNotThere() throws Exception {
    assertRefused(
        check("vmId", "vm-00000000000000000000000000", CLEAN), 422, "reference_not_found", "vmId");
    assertRefused(
        check("vipId", "vip-00000000000000000000000000", CLEAN),
        422,
        "reference_not_found",
        "vipId");
  }

  @Test
  void sizesAreBounded() throws Exception {
    assertRefused(ask(body("", "")), 422, "invalid_field", "files");
    assertRefused(
        ask(body("", "", "x".repeat((1 << 18) + 1))), 422, "invalid_field", "files[0].text");
    String[] many = Stream.generate(() -> "x").limit(17).toArray(String[]::new);
    assertRefused(ask(body("", "", many)), 422, "invalid_field", "files");
    ObjectNode both = body("vmId", vm, CLEAN);
    both.put("vipId", vip);
    assertRefused(ask(both), 422, "invalid_field", "vipId");
    ObjectNode twice = body("", "", "x", "y");
    ((ObjectNode) twice.at("/files/1")).put("name", "k.conf");
    assertRefused(ask(twice), 422, "invalid_field", "files[1].name");
  }

  @Test
  void theCommandPointsAndMends(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("k.conf");
    Files.writeString(file, CLEAN.replace("priority 150", "priority 1500"));
    Seen seen = havip(Map.of("HOME", folder.toString()), "keepalived", "check", file.toString());
    assertThat(seen.exitCode()).isEqualTo(1);
    assertThat(seen.out())
        .contains(
            file + ":9:14: error: priority is 1 to 255, not 1500 [value_out_of_range]\n",
            "    9 |     priority 1500\n      |              ^\n",
            "      why:  keepalived ignores the value",
            "      mend:     # priority 1500\n",
            "web takes over 0.4 s after the master crashed");
    assertThat(seen.err()).contains("1 error").doesNotContain("Exception");

    Seen json =
        havip(
            Map.of("HOME", folder.toString()),
            "keepalived",
            "check",
            file.toString(),
            "-o",
            "json");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(Json.MAPPER.readTree(json.out()).get(0).propertyNames())
        .containsExactly("code", "severity", "file", "line", "column", "message", "why", "fix");

    Files.writeString(file, "include parts/*.conf\n");
    Files.createDirectory(folder.resolve("parts"));
    Files.writeString(folder.resolve("parts/web.conf"), CLEAN);
    Seen clean = havip(Map.of("HOME", folder.toString()), "keepalived", "check", file.toString());
    assertThat(clean.exitCode()).as(clean.out()).isZero();
    Seen missing = havip(Map.of(), "keepalived", "check", folder.resolve("no.conf").toString());
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("no.conf", "no such file");
  }

  @Test
  void theCommandAsksTheServer(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("k.conf");
    Files.writeString(file, CLEAN.replace("10.0.1.100", "10.0.1.101"));
    Map<String, String> environment = Map.of("HAVIP_URL", uri("").toString(), "HAVIP_TOKEN", token);
    Seen seen = havip(environment, "keepalived", "check", "--vm", "a", file.toString());
    assertThat(seen.exitCode()).as(seen.err()).isEqualTo(1);
    assertThat(seen.out()).contains("[vip_unknown]");
    Files.writeString(file, CLEAN);
    assertThat(
            havip(environment, "keepalived", "check", "--vip", "web", file.toString()).exitCode())
        .isZero();
    assertThat(
            havip(environment, "keepalived", "check", "--vm", "nobody", file.toString()).exitCode())
        .isEqualTo(3);
  }

  private record Seen(int exitCode, String out, String err) {}

  private static Seen havip(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new Cli(new Surroundings(environment, InputStream.nullInputStream(), false))
            .commandLine(arguments)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Seen(exitCode, out.toString(), err.toString());
  }

  private Answer check(String idField, String id, String text) throws Exception {
    return ask(body(idField, id, text));
  }

  private Answer ask(ObjectNode body) throws Exception {
    return send(
        authorized("/v1/keepalived/check")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body))));
  }

  private static ObjectNode body(String idField, String id, String... texts) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    for (int i = 0; i < texts.length; i++) {
      body.withArray("files")
          .addObject()
          .put("name", i == 0 ? "k.conf" : "k" + i + ".conf")
          .put("text", texts[i]);
    }
    if (texts.length == 0) {
      body.putArray("files");
    }
    if (!idField.isEmpty()) {
      body.put(idField, id);
    }
    return body;
  }

  private static List<String> codes(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer
        .json()
        .get("findings")
        .valueStream()
        .map(finding -> finding.get("code").asString())
        .toList();
  }
}
