package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.InMemoryFabric;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.plan.Observed;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The whole server over HTTP, on SQLite and a fabric without a network, with a VPC and a subnet.
 * Each answer is held against openapi.yaml.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiFixture {
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+(?:\\{[^}]*})?) (\\S+)$");
  private static final Duration A_GOOD_WHILE = Duration.ofSeconds(30);

  final InMemoryFabric fabric = new InMemoryFabric();
  final HttpClient http = HttpClient.newHttpClient();
  Server server;
  String token;
  String vpc;
  String subnet;
  int nextSubnet = 1;
  private final List<Observed.Claim> claims = new ArrayList<>();

  record Answer(int status, HttpResponse<String> raw, JsonNode json) {
    String code() {
      return json.path("code").asString();
    }

    String field() {
      return json.path("errors").path(0).path("field").asString();
    }
  }

  private Path database;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    database = dir.resolve("havip.db");
    server = Server.start(settings(), wrap(SqliteStore.open(database)), network(dir));
    token = server.firstToken().orElseThrow();
    vpc = made("/v1/vpcs", "{'name': 'v', 'cidr': '10.0.0.0/8'}");
    subnet = newSubnet(vpc);
  }

  /** Another server, over the same store and fabric. */
  void restart() {
    server.close();
    server = Server.start(settings(), wrap(SqliteStore.open(database)), fabric);
  }

  /** What the server is told. */
  Settings settings() {
    return new Settings("127.0.0.1", 0);
  }

  /** The store that the server is to use. */
  Store wrap(Store real) {
    return real;
  }

  /**
   * The fabric that the server is to use.
   *
   * @param dir for what it needs
   */
  Fabric network(Path dir) throws Exception {
    return fabric;
  }

  @AfterAll
  void stop() {
    server.close();
  }

  String newSubnet(String vpcId) throws Exception {
    int third = nextSubnet++;
    return made(
        "/v1/subnets",
        "{'vpcId': '%s', 'name': 's%d', 'cidr': '10.0.%d.0/24', 'gateway': '10.0.%d.1'}"
            .formatted(vpcId, third, third, third));
  }

  String hostOf(String network, int host) throws Exception {
    String cidr = get("/v1/subnets/" + network).json().get("cidr").asString();
    return cidr.replace(".0/24", "." + host);
  }

  String newVm(String vpcId, String network) throws Exception {
    return made(
        "/v1/vms",
        "{'name': 'vm', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}".formatted(vpcId, network));
  }

  String vipBody(String name, String network, String more) throws Exception {
    String vpcId = get("/v1/subnets/" + network).json().get("vpcId").asString();
    return "{'name': '%s', 'type': 'internal', 'vpcId': '%s', 'networkId': '%s', %s}"
        .formatted(name, vpcId, network, more);
  }

  /** Lets a bound VM claim a VIP, as others do theirs, and waits until that is seen. */
  JsonNode hold(String path, String vm) throws Exception {
    JsonNode vip =
        await(
            path,
            it -> it.get("bindings").valueStream().allMatch(bound -> bound.get("up").asBoolean()));
    String port =
        vip.get("bindings")
            .valueStream()
            .filter(bound -> bound.get("vmId").asString().equals(vm))
            .findFirst()
            .orElseThrow()
            .get("port")
            .asString();
    Observed.Claim claim =
        new Observed.Claim(
            fabric.held().ports().values().stream()
                .filter(p -> p.name().equals(port))
                .findFirst()
                .orElseThrow()
                .segment(),
            Ipv4Address.parse(vip.get("address").asString()),
            port);
    claims.removeIf(it -> it.segment() == claim.segment() && it.address().equals(claim.address()));
    claims.add(claim);
    fabric.see(List.copyOf(claims), List.of());
    return await(path, it -> it.at("/holders/0/vmId").asString("").equals(vm));
  }

  String made(String path, String body) throws Exception {
    Answer answer = post(path, body);
    assertThat(answer.status()).as(answer.raw().body()).isBetween(200, 299);
    return answer.json().get("id").asString();
  }

  static void assertRefused(Answer answer, int status, String code, String field) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.raw().headers().firstValue("Content-Type"))
        .hasValue("application/problem+json");
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.field()).isEqualTo(field);
    assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    assertThat(answer.json().get("detail").asString())
        .isNotBlank()
        .doesNotContain("Exception", "io.havip", "java.", "springframework");
  }

  JsonNode await(String path, Predicate<JsonNode> condition) throws Exception {
    Instant end = Instant.now().plus(A_GOOD_WHILE);
    while (true) {
      JsonNode json = get(path).json();
      if (condition.test(json)) {
        return json;
      }
      assertThat(Instant.now()).as("still %s", json).isBefore(end);
      Thread.sleep(20);
    }
  }

  void awaitStatus(String path, int status) throws Exception {
    Instant end = Instant.now().plus(A_GOOD_WHILE);
    while (get(path).status() != status) {
      assertThat(Instant.now()).as("%s is not yet %d", path, status).isBefore(end);
      Thread.sleep(20);
    }
  }

  /** As Prometheus sees them: it has no token. */
  Map<String, Double> metrics() throws Exception {
    Answer answer =
        send(
            HttpRequest.newBuilder(uri("/metrics"))
                .header("Accept", "application/openmetrics-text;q=0.9,text/plain;q=0.5"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.raw().headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain")
        .contains("version=0.0.4");
    Map<String, Double> metrics = new TreeMap<>();
    Matcher sample = SAMPLE.matcher(answer.raw().body());
    while (sample.find()) {
      metrics.put(sample.group(1), Double.valueOf(sample.group(2)));
    }
    return metrics;
  }

  /** What is counted is counted a moment after it is there. */
  Map<String, Double> awaitMetrics(Predicate<Map<String, Double>> condition) throws Exception {
    long end = System.nanoTime() + A_GOOD_WHILE.toNanos();
    while (true) {
      Map<String, Double> metrics = metrics();
      if (condition.test(metrics)) {
        return metrics;
      }
      assertThat(System.nanoTime()).as("still %s", metrics).isLessThan(end);
      Thread.sleep(20);
    }
  }

  void awaitGone(String path) throws Exception {
    awaitStatus(path, 404);
  }

  Answer get(String path) throws Exception {
    return send(authorized(path).GET());
  }

  Answer post(String path, String body) throws Exception {
    return call("POST", path, body);
  }

  Answer call(String method, String path) throws Exception {
    return send(authorized(path).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /** Sends a body written with single quotes. */
  Answer call(String method, String path, String body) throws Exception {
    return send(
        authorized(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  HttpRequest.Builder authorized(String path) {
    return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest sent = request.build();
    HttpResponse<String> response = http.send(sent, HttpResponse.BodyHandlers.ofString());
    String body = response.body();
    Contract.INSTANCE.check(
        sent.method(), sent.uri().getPath(), response.statusCode(), response.headers(), body);
    boolean isJson =
        response.headers().firstValue("Content-Type").orElse("").contains("json")
            && !body.isEmpty();
    return new Answer(
        response.statusCode(),
        response,
        isJson ? Json.MAPPER.readTree(body) : Json.MAPPER.nullNode());
  }
}
