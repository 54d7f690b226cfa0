package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.cli.Surroundings;
import io.havip.fabric.InMemoryFabric;
import io.havip.store.PostgresServer;
import io.havip.store.PostgresStore;
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
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServerOnPostgresTest {
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
    String url = postgres.newSchema();
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
  void withoutTheDatabaseTheServerSaysSoAndWithItItGoesOn() throws Exception {
    try (Server server = start(postgres.newSchema())) {
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
    Store store = PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD);
    return Server.start(new Settings("127.0.0.1", 0), store, new InMemoryFabric());
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
