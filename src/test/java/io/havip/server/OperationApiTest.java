package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.net.Ipv4Address;
import io.havip.plan.Observed;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the server tells those who operate it: metrics, and the ids of requests. */
class OperationApiTest extends ApiFixture {
  @Test
  void whatHappensMovesTheMetrics() throws Exception {
    Map<String, Double> before = metrics();
    String vm = newVm(vpc, subnet);
    String path = "/v1/vips/" + made("/v1/vips", vipBody("v", subnet, "'vmIds': ['" + vm + "']"));
    await(path, vip -> vip.get("state").asString().equals("available"));
    hold(path, vm);
    Map<String, Double> after =
        awaitMetrics(now ->
            moved(before, now, "havip_events_total{kind=\"holder_changed\"}") == 1
                && moved(before, now, "havip_reconcile_lag_seconds_count") == 1
                && moved(before, now, created("count")) == 1);
    assertThat(moved(before, after, created("sum"))).isPositive();
    assertThat(moved(before, after, "havip_reconcile_lag_seconds_sum")).isPositive();
    assertThat(moved(before, after, operations("apply", "success"))).isPositive();
    assertThat(moved(before, after, operations("observe", "success"))).isPositive();
    double commits = moved(before, after, "havip_store_commits_seconds_count");
    assertThat(commits).isGreaterThanOrEqualTo(4); // VM, VIP, realised, holder
    assertThat(moved(before, after, "havip_store_commits_seconds_sum")).isPositive();
    assertThat(moved(before, after, "havip_store_commit_changes_sum"))
        .isGreaterThanOrEqualTo(commits);
    assertThat(moved(before, after, "havip_events_total{kind=\"vip_created\"}")).isEqualTo(1);
    assertThat(after)
        .containsKey(created("bucket").replace("}", ",le=\"10.0\"}"))
        .containsKey("havip_reconcile_lag_seconds_bucket{le=\"0.001\"}")
        .containsKey("havip_store_commit_changes_bucket{le=\"32.0\"}")
        .containsKey("jvm_threads_live_threads");
    call("DELETE", path);
    awaitGone(path);
    awaitMetrics(now -> moved(before, now, "havip_reconcile_lag_seconds_count") == 2);
  }

  @Test
  void aFabricThatFailsAndIsRepairedShows() throws Exception {
    String bound = "'vmIds': ['" + newVm(vpc, subnet) + "']";
    String path = "/v1/vips/" + made("/v1/vips", vipBody("unlucky", subnet, bound));
    await(path, it -> it.get("state").asString().equals("available"));
    Map<String, Double> before = metrics();
    fabric.setBroken(true);
    try {
      assertThat(call("DELETE", path).status()).isEqualTo(202);
      // Where everything was just due to be compared, that fails instead.
      awaitMetrics(now ->
          moved(before, now, operations("apply", "failure"))
                  + moved(before, now, operations("sync", "failure"))
              >= 1);
    } finally {
      fabric.setBroken(false);
    }
    awaitMetrics(now ->
        moved(before, now, operations("sync", "success")) >= 1
            && moved(before, now, "havip_events_total{kind=\"fabric_repaired\"}") == 1);
  }

  @Test
  void refusedPacketsAreCountedByKind() throws Exception {
    String vm = newVm(vpc, subnet);
    String path = "/v1/vips/" + made("/v1/vips", vipBody("wanted", subnet, "'remark': ''"));
    JsonNode vip = await(path, it -> it.get("state").asString().equals("available"));
    JsonNode nic = await("/v1/vms/" + vm, it -> it.get("nics").get(0).get("up").asBoolean());
    Map<String, Double> before = metrics();
    fabric.see(
        List.of(),
        List.of(
            new Observed.Refusal(
                ClaimKind.ARP,
                nic.get("nics").get(0).get("port").asString(),
                null,
                Ipv4Address.parse(vip.get("address").asString()),
                7)));
    awaitMetrics(now -> moved(before, now, "havip_refused_packets_total{kind=\"arp\"}") == 7);
  }

  @Test
  void followersAreCountedWhileTheyFollow() throws Exception {
    String gauge = "havip_event_followers";
    try (Socket follower = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      follower
          .getOutputStream()
          .write(
              "GET /v1/events HTTP/1.0\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
                  .formatted(token)
                  .getBytes(UTF_8));
      awaitMetrics(now -> Objects.equals(now.get(gauge), 1.0));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(follower.getInputStream(), UTF_8));
      assertThat(in.readLine()).contains(" 200 ");
    }
    // It is found to have gone when it is sent something.
    made("/v1/vips", vipBody("seen", subnet, "'remark': ''"));
    made("/v1/vips", vipBody("seen", subnet, "'remark': ''"));
    awaitMetrics(now -> Objects.equals(now.get(gauge), 0.0));
  }

  @Test
  void whatClientsMakeUpMakesNoMetrics() throws Exception {
    for (int i = 0; i < 2; i++) {
      strange("/first", "FIRST");
    }
    awaitMetrics(now -> now.getOrDefault(requests("GET", "none", 404), 0.0) >= 1);
    int before = metrics().size();
    for (int i = 0; i < 30; i++) {
      strange("/x" + i, "METHOD" + i);
    }
    Map<String, Double> after = metrics();
    assertThat(after.size()).isLessThan(before + 30);
    assertThat(after.keySet()).noneMatch(name -> name.contains("METHOD") || name.contains("/x"));
    assertThat(after.keySet()).noneMatch(name -> name.contains(vpc));
  }

  private void strange(String path, String method) throws Exception {
    assertThat(get(path).status()).isEqualTo(404);
    assertThat(call(method, "/v1/vpcs").status()).isBetween(400, 499);
    assertThat(get("/v1/vpcs/" + vpc + path).status()).isEqualTo(404);
    assertThat(send(HttpRequest.newBuilder(uri("/v1/vpcs" + path))).status()).isEqualTo(401);
  }

  @Test
  void aRequestKeepsTheIdThatItsClientChose() throws Exception {
    Answer shown = send(authorized("/v1/vpcs").header("X-Request-Id", "My.request_1-2"));
    assertThat(shown.status()).isEqualTo(200);
    assertThat(requestId(shown)).isEqualTo("My.request_1-2");
    Answer refused = send(authorized("/v1/vpcs/none").header("X-Request-Id", "lost"));
    assertThat(requestId(refused)).isEqualTo("lost");
    assertThat(refused.json().get("requestId").asString()).isEqualTo("lost");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "[x]", "é", "LONG"})
  void anIdThatWouldSpoilTheLogIsReplaced(String chosen) throws Exception {
    String id = chosen.equals("LONG") ? "x".repeat(65) : chosen;
    Answer answer = send(authorized("/v1/vpcs").header("X-Request-Id", id));
    assertThat(requestId(answer)).matches("[0-9a-f]{16}");
  }

  @Test
  void whoeverRefusesARequestItHasAnId() throws Exception {
    for (Answer refused :
        new Answer[] {
          send(HttpRequest.newBuilder(uri("/v1/vpcs"))), // no token
          get("/v1/nothing"),
          get("/v1/vpcs?limit=many"),
          call("PUT", "/v1/vpcs", "{}"),
          call("POST", "/v1/vpcs", "{"),
          call("POST", "/v1/vpcs", "'" + "x".repeat(2 << 20) + "'")
        }) {
      assertThat(refused.status()).isBetween(400, 499);
      assertThat(refused.json().path("requestId").asString())
          .isNotBlank()
          .isEqualTo(requestId(refused));
    }
    assertThat(requestId(get("/v1/vpcs"))).isNotEqualTo(requestId(get("/v1/vpcs")));
  }

  private static String requestId(Answer answer) {
    return answer.raw().headers().firstValue("X-Request-Id").orElseThrow();
  }

  private static String requests(String method, String route, int status) {
    return "havip_http_requests_seconds_count{method=\"%s\",route=\"%s\",status=\"%d\"}"
        .formatted(method, route, status);
  }

  private static String created(String part) {
    return requests("POST", "/v1/vips", 202).replace("_count", "_" + part);
  }

  private static String operations(String operation, String outcome) {
    return "havip_fabric_operations_seconds_count{operation=\"%s\",outcome=\"%s\"}"
        .formatted(operation, outcome);
  }

  private static double moved(Map<String, Double> before, Map<String, Double> after, String name) {
    return after.getOrDefault(name, 0.0) - before.getOrDefault(name, 0.0);
  }
}
