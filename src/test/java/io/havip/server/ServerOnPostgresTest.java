package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.havip.cli.Surroundings;
import io.havip.decision.Leader;
import io.havip.decision.LeaderDecisions;
import io.havip.error.Superseded;
import io.havip.fabric.InMemoryFabric;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.store.PostgresServer;
import io.havip.store.PostgresStore;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ServerOnPostgresTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  private static PostgresServer postgres;

  private final HttpClient http = HttpClient.newHttpClient();

  /** The longest that a server takes to go on when its database is back. */
  private static final Duration BACK_MAX = Duration.ofSeconds(20);

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = PostgresServer.start();
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void twoServersAreOneInstallation() throws Exception {
    String url = postgres.newDatabase();
    try (Server one = start(url);
        Server other = start(url)) {
      String token = one.firstToken().orElseThrow();
      assertThat(other.firstToken()).isEqualTo(Optional.empty());
      HttpResponse<String> made = createVpc(one, token);
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      assertThat(get(other, "/v1/vpcs", token).body()).contains("shop");
    }
  }

  @Test
  void whatNeedsTheFabricIsDoneByTheServerThatLeads() throws Exception {
    String url = postgres.newDatabase();
    InMemoryFabric fabric = new InMemoryFabric();
    try (Server leader = start(url, fabric);
        Server other = start(url, new InMemoryFabric())) {
      String token = leader.firstToken().orElseThrow();
      String vpc = made(other, token, "/v1/vpcs", Map.of("name", "shop", "cidr", "10.0.0.0/8"));
      String subnet =
          made(
              other,
              token,
              "/v1/subnets",
              Map.of("name", "db", "vpcId", vpc, "cidr", "10.0.0.0/24"));
      String vm =
          made(
              other,
              token,
              "/v1/vms",
              Map.of("name", "a", "vpcId", vpc, "nics", List.of(Map.of("networkId", subnet))));
      String vip =
          made(
              other,
              token,
              "/v1/vips",
              Map.of(
                  "name",
                  "db",
                  "type",
                  "internal",
                  "vpcId",
                  vpc,
                  "networkId",
                  subnet,
                  "vmIds",
                  List.of(vm)));
      String path = "/v1/vips/" + vip;
      JsonNode available =
          await(other, path, token, it -> it.get("state").asString().equals("available"));
      Port port = fabric.held().ports().values().iterator().next();
      Ipv4Address address = Ipv4Address.parse(available.get("address").asString());
      fabric.see(List.of(new Observed.Claim(port.segment(), address, port.name())), List.of());
      await(other, path, token, it -> !it.get("holders").isEmpty());

      HttpResponse<String> asked =
          send(
              request(other, path + "/announce")
                  .header("Authorization", "Bearer " + token)
                  .POST(HttpRequest.BodyPublishers.noBody()));
      assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
      await(
          other,
          path + "/events?kind=vip_announced",
          token,
          events -> events.get("items").size() == 1);
      assertThat(fabric.announced()).hasSize(1);
      assertThat(get(other, path + "/explain", token).body()).contains("ask there");
      assertThat(send(request(other, "/readyz")).body()).contains("\"leads\":false");
    }
  }

  private String made(Server server, String token, String path, Object body) throws Exception {
    HttpResponse<String> answer =
        send(
            request(server, path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body))));
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    return Json.MAPPER.readTree(answer.body()).get("id").asString();
  }

  private JsonNode await(Server server, String path, String token, Predicate<JsonNode> condition)
      throws Exception {
    long end = System.nanoTime() + BACK_MAX.toNanos();
    while (true) {
      JsonNode now = Json.MAPPER.readTree(get(server, path, token).body());
      if (condition.test(now)) {
        return now;
      }
      assertThat(System.nanoTime()).as("%s", now).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void whoLedBeforeNeitherWritesNorDoesAnything() throws Exception {
    String url = postgres.newDatabase();
    try (Store store = PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD);
        Server server = start(url)) {
      await(server, "/readyz", "none", it -> it.get("leads").asBoolean());
      Leader before = store.read(Reader::leader);
      store.write(reader -> LeaderDecisions.take(reader.leader(), reader.leader(), "usurper", NOW));
      await(server, "/readyz", "none", it -> !it.get("leads").asBoolean());
      assertThat(store.<Leader>read(Reader::leader))
          .isEqualTo(new Leader(before.generation() + 1, "usurper", 0));
      assertThatExceptionOfType(Superseded.class)
          .isThrownBy(() ->
              store.write(reader -> LeaderDecisions.take(before, before, "who led before", NOW)));
      assertThat(store.<Leader>read(Reader::leader).server()).isEqualTo("usurper");
    }
  }

  @Test
  void withoutTheDatabaseTheServerSaysSoAndWithItItGoesOn() throws Exception {
    try (Server server = start(postgres.newDatabase())) {
      String token = server.firstToken().orElseThrow();
      postgres.crash();
      try {
        HttpResponse<String> made = createVpc(server, token);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(503);
        assertThat(made.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(made.body()).contains("store_unavailable");
        assertThat(send(request(server, "/healthz")).statusCode()).isEqualTo(200);
        HttpResponse<String> ready = send(request(server, "/readyz"));
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("\"store\":false");
      } finally {
        postgres.restart();
      }
      // The pool pauses for up to 5 s between its attempts to connect; until then clients are told
      // to
      // try again.
      HttpResponse<String> made = createVpc(server, token);
      for (long end = System.nanoTime() + BACK_MAX.toNanos();
          made.statusCode() == 503 && System.nanoTime() < end; ) {
        made = createVpc(server, token);
      }
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    }
  }

  @Test
  void aServerThatCannotReachItsDatabaseSaysWhichAndWhy() {
    StringWriter err = new StringWriter();
    int status =
        Main.commands(new Surroundings(Map.of(), InputStream.nullInputStream(), false), "server")
            .setErr(new PrintWriter(err))
            .execute("server", "--database", "jdbc:postgresql://127.0.0.1:1/havip");
    assertThat(status).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("havip: cannot use the database jdbc:postgresql://127.0.0.1:1/havip: ")
        .contains("refused")
        .doesNotContain("Exception")
        .hasLineCount(1);
  }

  private static Server start(String url) {
    return start(url, new InMemoryFabric());
  }

  private static Server start(String url, InMemoryFabric fabric) {
    Store store = PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD);
    return Server.start(new Settings("127.0.0.1", 0), store, fabric);
  }

  private HttpResponse<String> createVpc(Server server, String token) throws Exception {
    return send(
        request(server, "/v1/vpcs")
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"name": "shop", "cidr": "10.0.0.0/8"}
                    """)));
  }

  private HttpResponse<String> get(Server server, String path, String token) throws Exception {
    return send(request(server, path).header("Authorization", "Bearer " + token));
  }

  private static HttpRequest.Builder request(Server server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
