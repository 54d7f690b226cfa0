package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of what others may change too: If-Match, and merge patches. */
class ChangeApiTest extends ApiFixture {
  private static final int CLIENTS = 64;

  @Test
  void ofRacingChangesWithOneEtagExactlyOneWins() throws Exception {
    String path = "/v1/vips/" + made("/v1/vips", vipBody("raced", subnet, "'remark': ''"));
    for (int round = 1; round <= 3; round++) {
      String eTag = "\"v" + round + "\"";
      List<Answer> answers = new ArrayList<>();
      CountDownLatch go = new CountDownLatch(1);
      try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answer>> racing = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          String body = "{'name': 'round " + round + " client " + i + "'}";
          racing.add(
              clients.submit(() -> {
                go.await();
                return ifMatch("PATCH", path, eTag, body);
              }));
        }
        go.countDown();
        for (Future<Answer> one : racing) {
          answers.add(one.get());
        }
      }
      assertThat(answers)
          .filteredOn(answer -> answer.status() == 200)
          .singleElement()
          .satisfies(won ->
              assertThat(won.json().get("name").asString())
                  .isEqualTo(get(path).json().get("name").asString()));
      assertThat(answers)
          .filteredOn(answer -> answer.status() != 200)
          .hasSize(CLIENTS - 1)
          .allSatisfy(lost -> assertRefused(lost, 412, "version_mismatch", "If-Match"));
    }
    assertThat(get(path).json().get("version").asLong()).isEqualTo(4);
  }

  @Test
  void everyChangeChecksTheVersion() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String vip = made("/v1/vips", vipBody("x", network, "'vmIds': ['" + vm + "']"));
    String external =
        made(
            "/v1/external-networks",
            "{'name': 'x', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1'}");
    String nic = get("/v1/vms/" + vm).json().get("nics").get(0).get("id").asString();
    String stale = "\"v9\"";
    for (String path :
        List.of(
            "/v1/vpcs/" + vpc,
            "/v1/subnets/" + network,
            "/v1/external-networks/" + external,
            "/v1/vms/" + vm,
            "/v1/vips/" + vip)) {
      assertRefused(
          ifMatch("PATCH", path, stale, "{'name': 'y'}"), 412, "version_mismatch", "If-Match");
      assertRefused(ifMatch("DELETE", path, stale, ""), 412, "version_mismatch", "If-Match");
      assertThat(get(path).raw().headers().firstValue("ETag")).hasValue("\"v1\"");
    }
    String bindings = "/v1/vips/" + vip + "/bindings";
    assertRefused(
        ifMatch("PUT", bindings, stale, "{'vmIds': []}"), 412, "version_mismatch", "If-Match");
    assertRefused(
        ifMatch("PUT", bindings + "/" + vm, stale, ""), 412, "version_mismatch", "If-Match");
    assertRefused(
        ifMatch("DELETE", bindings + "/" + vm, stale, ""), 412, "version_mismatch", "If-Match");
    assertRefused(
        ifMatch("POST", "/v1/vips/" + vip + "/retry", stale, ""),
        412,
        "version_mismatch",
        "If-Match");
    assertRefused(
        ifMatch(
            "POST", "/v1/vips/" + vip + "/fence", stale, "{'vmId': '" + vm + "', 'seconds': 1}"),
        412,
        "version_mismatch",
        "If-Match");
    assertRefused(
        ifMatch("POST", "/v1/vms/" + vm + "/nics", stale, "{'networkId': '" + external + "'}"),
        412,
        "version_mismatch",
        "If-Match");
    assertRefused(
        ifMatch("DELETE", "/v1/vms/" + vm + "/nics/" + nic, stale, ""),
        412,
        "version_mismatch",
        "If-Match");
    assertRefused(
        ifMatch("PATCH", "/v1/vips/vip-00000000000000000000000000", stale, "{'name': 'y'}"),
        404,
        "not_found",
        "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"v1\"", "*", "\"other\", \"v1\"", " \"v7\" ,W/\"v1\", \"v1\" "})
  void anEtagThatMatchesLetsTheChangePass(String header) throws Exception {
    String path = "/v1/vpcs/" + made("/v1/vpcs", "{'name': 'x', 'cidr': '10.0.0.0/8'}");
    Answer renamed = ifMatch("PATCH", path, header, "{'name': 'y'}");
    assertThat(renamed.status()).isEqualTo(200);
    assertThat(renamed.raw().headers().firstValue("ETag")).hasValue("\"v2\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"v1\"", "\"v01\"", "\"\"", "\"v2\"", "\"v1000000000000000000000\""})
  void anEtagOfNoVersionMatchesNothing(String header) throws Exception {
    assertRefused(
        ifMatch("PATCH", "/v1/vpcs/" + vpc, header, "{'name': 'y'}"),
        412,
        "version_mismatch",
        "If-Match");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "1", "\"v1", "\"v1\" \"v2\"", "\"v1\";", "*, \"v1\"", "''", ","})
  void whatIsNoEtagIsRefused(String header) throws Exception {
    assertRefused(
        ifMatch("PATCH", "/v1/vpcs/" + vpc, header, "{'name': 'y'}"),
        422,
        "invalid_field",
        "If-Match");
  }

  @Test
  void aMergePatchChangesWhatItNamesAndResetsWhatItRemoves() throws Exception {
    String path = "/v1/vips/" + made("/v1/vips", vipBody("a", subnet, "'remark': 'r'"));
    for (String type :
        List.of(
            "application/json", "application/merge-patch+json", "application/json;charset=utf-8")) {
      assertThat(patch(path, type, "{'remark': 'prod'}").json().get("remark").asString())
          .isEqualTo("prod");
      Answer removed = patch(path, type, "{'remark': null}");
      assertThat(removed.status()).isEqualTo(200);
      assertThat(removed.json().get("remark").asString()).isEmpty();
      assertThat(removed.json().get("name").asString()).isEqualTo("a");
    }
    String before = get(path).json().get("version").asString();
    assertThat(patch(path, "application/json", "{}").json().get("version").asString())
        .isEqualTo(before);
    assertThat(patch(path, "application/json", "{'name': 'a'}").json().get("version").asString())
        .isEqualTo(before);
    assertThat(
            patch(path, "application/json", "{'floatingAddress': null}")
                .json()
                .get("version")
                .asString())
        .as("there was none")
        .isEqualTo(before);
    assertRefused(patch(path, "application/json", "{'name': null}"), 422, "invalid_field", "name");
    assertRefused(
        patch(path, "application/json", "{'remark': null, 'name': null}"),
        422,
        "invalid_field",
        "name");
    assertRefused(patch(path, "application/json", "{'x': null}"), 400, "unknown_field", "x");
    assertRefused(patch(path, "application/json", "{'name': 7}"), 422, "invalid_field", "name");
    assertRefused(patch(path, "application/json", "['name']"), 400, "invalid_body", "");
    assertRefused(patch(path, "application/json", "null"), 400, "invalid_body", "");
    assertRefused(
        patch(path, "application/json", "{'name': 'x', 'name': 'y'}"), 400, "invalid_body", "");
    Answer wrongType = patch(path, "application/xml", "<name/>");
    assertRefused(wrongType, 415, "unsupported_media_type", "");
    assertThat(wrongType.raw().headers().firstValue("Accept-Patch").orElse(""))
        .contains("application/merge-patch+json");
  }

  @Test
  void aPatchWithNothingNewKeepsEveryVersion() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    for (String path : List.of("/v1/vpcs/" + vpc, "/v1/subnets/" + network, "/v1/vms/" + vm)) {
      assertThat(patch(path, "application/json", "{}").json().get("version").asLong()).isEqualTo(1);
      assertRefused(
          patch(path, "application/json", "{'name': null}"), 422, "invalid_field", "name");
    }
    assertRefused(
        patch("/v1/vms/" + vm, "application/json", "{'state': null}"),
        422,
        "invalid_field",
        "state");
  }

  private Answer ifMatch(String method, String path, String eTag, String body) throws Exception {
    return send(
        authorized(path)
            .header("If-Match", eTag)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  private Answer patch(String path, String type, String body) throws Exception {
    return send(
        authorized(path)
            .header("Content-Type", type)
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }
}
