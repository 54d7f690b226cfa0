package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.havip.fabric.linux.LinuxLab;
import io.havip.json.Json;
import io.havip.store.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three servers, each a process, of one PostgreSQL; they share one host's fabric, as they would
 * share that of many hosts.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicasIT {
  private static final List<String> NAMES = List.of("one", "two", "three");
  private static final int FIRST_PORT = 18_481;
  private static final int CLIENTS = 4;

  @TempDir private static Path directory;
  private PostgresServer postgres;
  private final List<ServerProcess> servers = new ArrayList<>();
  private String vpcId;
  private String subnetId;

  @BeforeAll
  void start() throws Exception {
    postgres = PostgresServer.start();
    String url = postgres.newDatabase();
    for (String name : NAMES) {
      servers.add(
          ServerProcess.startReplica(
              servers, directory, FIRST_PORT, name, url, "--webhooks-to-this-host", "true"));
    }
    ServerProcess any = servers.getLast();
    vpcId = id(any.call("POST", "/v1/vpcs", Map.of("name", "vpc", "cidr", "10.0.0.0/8")));
    subnetId =
        id(
            any.call(
                "POST",
                "/v1/subnets",
                Map.of("name", "subnet", "vpcId", vpcId, "cidr", "10.0.0.0/16")));
  }

  @AfterAll
  void stop() throws Exception {
    for (ServerProcess server : servers) {
      server.kill();
    }
    LinuxLab.clear();
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void oneLeads() throws Exception {
    leader();
  }

  @Test
  void aKilledLeaderLosesNothingThatWasAcknowledgedAndNothingIsDoneTwice() throws Exception {
    Map<String, String> acknowledged = new ConcurrentHashMap<>();
    Queue<String> errors = new ConcurrentLinkedQueue<>();
    CountDownLatch stopping = new CountDownLatch(1);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String prefix = "kill-" + i + "-";
      int first = i;
      clients.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; stopping.getCount() > 0; n++) {
                  create(prefix + n, first + n, acknowledged, errors);
                }
              }));
    }
    Thread.sleep(2_000);
    ServerProcess leader = leader();
    long killedAt = System.nanoTime();
    leader.kill();
    int atKill = acknowledged.size();
    Duration took = awaitLeader(others(leader), killedAt);
    // bench/chaos.sh measures it.
    System.out.printf("another server leads %d ms after SIGKILL%n", took.toMillis());
    Thread.sleep(1_000);
    stopping.countDown();
    for (Thread client : clients) {
      client.join();
    }
    System.out.printf(
        "%d VIPs acknowledged before, %d after the kill%n", atKill, acknowledged.size() - atKill);
    assertThat(errors).isEmpty();
    assertThat(acknowledged.size()).isGreaterThan(atKill);
    ServerProcess other = others(leader).getFirst();
    Map<String, List<String>> there =
        all(other, "/v1/vips").stream()
            .filter(vip -> vip.get("name").asString().startsWith("kill-"))
            .collect(
                Collectors.groupingBy(
                    vip -> vip.get("name").asString(),
                    Collectors.mapping(ReplicasIT::id, Collectors.toList())));
    assertThat(there.keySet()).isEqualTo(acknowledged.keySet());
    acknowledged.forEach((name, id) -> assertThat(there.get(name)).as(name).containsExactly(id));
    awaitRealised(other);
    leader.restart();
  }

  /** Creates a VIP, with one key at one server after another until one answers. */
  private void create(
      String name, int first, Map<String, String> acknowledged, Queue<String> errors) {
    String key = UUID.randomUUID().toString();
    for (int attempt = first; ; attempt++) {
      try {
        HttpResponse<String> answer =
            servers.get(attempt % servers.size()).post("/v1/vips", vip(name), key);
        if (answer.statusCode() == 201 || answer.statusCode() == 202) {
          acknowledged.put(name, id(Json.MAPPER.readTree(answer.body())));
          Thread.sleep(20);
          return;
        }
        if (answer.statusCode() < 500) {
          errors.add(answer.body());
          return;
        }
        Thread.sleep(20);
      } catch (IOException e) {
        // It was killed; the next one is asked.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Test
  void aLeaderThatWasStoppedForAWhileFindsThatAnotherLeadsAndChangesNothing() throws Exception {
    ServerProcess old = leader();
    List<ServerProcess> others = others(old);
    // Nobody else is given this one, which is free when the VIP is gone.
    String address = "10.0.255.9";
    Map<String, Object> asked = new HashMap<>(vip("doomed"));
    asked.put("address", address);
    String doomed = id(others.getFirst().call("POST", "/v1/vips", asked));
    awaitRealised(others.getFirst(), doomed);
    assertThat(LinuxLab.run("nft", "list", "table", "bridge", "havip")).contains(address);

    long stoppedAt = System.nanoTime();
    old.pause();
    try {
      Duration took = awaitLeader(others, stoppedAt);
      System.out.printf("another server leads %d ms after SIGSTOP%n", took.toMillis());
      others.getLast().call("DELETE", "/v1/vips/" + doomed, List.of());
      awaitRealised(
          others.getFirst(), id(others.getLast().call("POST", "/v1/vips", vip("while stopped"))));
      awaitGone(others.getFirst(), doomed);
    } finally {
      old.resume();
    }
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (old.leads() || !old.log().contains("Another server leads")) {
      assertThat(System.nanoTime()).as("it still believes that it leads").isLessThan(end);
      assertThat(others.stream().filter(ServerProcess::leads)).hasSizeLessThan(2);
      Thread.sleep(20);
    }
    assertThat(leader()).isIn(others);
    Thread.sleep(2_000);
    assertThat(LinuxLab.run("nft", "list", "table", "bridge", "havip"))
        .as("what was withdrawn meanwhile stays so")
        .doesNotContain(address);
    List<JsonNode> changes = all(old, "/v1/events?kind=leader_changed");
    for (int i = 0; i < changes.size(); i++) {
      assertThat(changes.get(i).get("data").get("generation").asLong()).isEqualTo(i + 1);
    }
    assertThat(all(old, "/v1/events?kind=fabric_repaired")).isEmpty();
    awaitRealised(old, id(old.call("POST", "/v1/vips", vip("through who led before"))));
  }

  @Test
  void whatIsWrittenThroughOneServerIsHeardAtAnotherAtOnce() throws Exception {
    ServerProcess writer = servers.get(0);
    ServerProcess other = servers.get(2);
    String vipId = id(writer.call("POST", "/v1/vips", vip("heard")));
    awaitRealised(writer, vipId);
    List<Long> tookMillis = new ArrayList<>();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), FIRST_PORT + servers.indexOf(other))) {
      socket.setSoTimeout(20_000);
      String request =
          String.join(
              "\r\n",
              "GET /v1/vips/" + vipId + "/events HTTP/1.0",
              "Authorization: Bearer " + other.token(),
              "Accept: text/event-stream",
              "",
              "");
      socket.getOutputStream().write(request.getBytes(UTF_8));
      BufferedReader events =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String line = events.readLine();
      while (!line.startsWith("id:")) {
        line = events.readLine();
      }
      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        writer.call("PATCH", "/v1/vips/" + vipId, Map.of("remark", "remark " + i));
        while (!line.contains("remark " + i)) {
          line = events.readLine();
        }
        tookMillis.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
    }
    tookMillis.sort(null);
    System.out.printf(
        "from a request at one server to the event at another: median %d ms, longest %d ms%n",
        tookMillis.get(tookMillis.size() / 2), tookMillis.getLast());
    assertThat(tookMillis.get(tookMillis.size() / 2)).isLessThan(500);
  }

  @Test
  void aWebhookIsToldEachEventOnceHoweverManyServersThereAre() throws Exception {
    Queue<String> told = new ConcurrentLinkedQueue<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          told.add(exchange.getRequestHeaders().getFirst("webhook-id"));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    ServerProcess follower = others(leader()).getFirst();
    try {
      String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      String webhook =
          id(
              follower.call(
                  "POST",
                  "/v1/webhooks",
                  Map.of("name", "hook", "url", url, "kinds", List.of("vip_created"))));
      for (int i = 0; i < 10; i++) {
        follower.call("POST", "/v1/vips", vip("told " + i));
      }
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (told.size() < 10 && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      Thread.sleep(2_000);
      assertThat(told).hasSize(10).doesNotHaveDuplicates();
      follower.call("DELETE", "/v1/webhooks/" + webhook, List.of());
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void whoDoesNotLeadSaysWhoDoes() throws Exception {
    ServerProcess leader = leader();
    ServerProcess follower = others(leader).getFirst();
    String vipId = id(follower.call("POST", "/v1/vips", vip("explained")));
    awaitRealised(follower, vipId);
    assertThat(follower.get("/v1/vips/" + vipId + "/explain").toString())
        .contains("the server " + NAMES.get(servers.indexOf(leader)) + " does: ask there");
    assertThat(leader.get("/v1/vips/" + vipId + "/explain").toString()).doesNotContain("ask there");
    assertThat(follower.send("GET", "/metrics", List.of()).body()).contains("havip_leader 0.0");
    assertThat(leader.send("GET", "/metrics", List.of()).body()).contains("havip_leader 1.0");
  }

  private Map<String, Object> vip(String name) {
    return Map.of("name", name, "type", "internal", "vpcId", vpcId, "networkId", subnetId);
  }

  private static String id(JsonNode made) {
    return made.get("id").asString();
  }

  private List<ServerProcess> others(ServerProcess one) {
    return servers.stream().filter(it -> it != one).toList();
  }

  /** Who leads, as soon as somebody does: one that is slow for some seconds does not meanwhile. */
  private ServerProcess leader() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      Optional<ServerProcess> leader = servers.stream().filter(ServerProcess::leads).findFirst();
      if (leader.isPresent()) {
        return leader.get();
      }
      assertThat(System.nanoTime()).as("nobody leads").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private Duration awaitLeader(List<ServerProcess> some, long since) throws InterruptedException {
    while (some.stream().noneMatch(ServerProcess::leads)) {
      assertThat(System.nanoTime() - since).isLessThan(Duration.ofSeconds(30).toNanos());
      Thread.sleep(10);
    }
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private static JsonNode awaitRealised(ServerProcess server, String vipId) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      JsonNode vip = server.get("/v1/vips/" + vipId);
      if (vip.get("state").asString().equals("available")) {
        return vip;
      }
      assertThat(System.nanoTime()).as("%s", vip).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static void awaitRealised(ServerProcess server) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      List<JsonNode> late =
          all(server, "/v1/vips").stream()
              .filter(vip -> !vip.get("state").asString().equals("available"))
              .toList();
      if (late.isEmpty()) {
        return;
      }
      assertThat(System.nanoTime()).as("%s", late).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static void awaitGone(ServerProcess server, String vipId) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (server.send("GET", "/v1/vips/" + vipId, List.of()).statusCode() != 404) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static List<JsonNode> all(ServerProcess server, String path) throws Exception {
    List<JsonNode> items = new ArrayList<>();
    String limit = path + (path.contains("?") ? "&" : "?") + "limit=1000";
    JsonNode page = server.get(limit);
    page.get("items").forEach(items::add);
    while (page.has("nextCursor")) {
      page = server.get(limit + "&cursor=" + page.get("nextCursor").asString());
      page.get("items").forEach(items::add);
    }
    return items;
  }
}
