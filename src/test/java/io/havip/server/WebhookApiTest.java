package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.havip.fabric.InMemoryFabric;
import io.havip.json.Json;
import io.havip.store.SqliteStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Webhooks: who is called with what, again and again until it is accepted. */
class WebhookApiTest extends ApiFixture {
  private static final Duration A_GOOD_WHILE = Duration.ofSeconds(30);

  @Override
  Settings settings() {
    return super.settings().withWebhooksToThisHost();
  }

  /**
   * A call that came.
   *
   * @param signed whether its signature is right
   */
  record Call(String id, JsonNode event, boolean signed) {}

  /** Somebody who is called. */
  static final class Receiver implements AutoCloseable {
    final List<Call> calls = new ArrayList<>();
    private final HttpServer http;
    private final IntFunction<Integer> status;
    String secret = "";

    /** Answers the calls, which are counted from 0, with these statuses. */
    Receiver(int port, IntFunction<Integer> status) throws IOException {
      this.status = status;
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/", this::called);
      http.start();
    }

    int port() {
      return http.getAddress().getPort();
    }

    String url() {
      return "http://127.0.0.1:" + port() + "/hook";
    }

    private void called(HttpExchange call) throws IOException {
      String body = new String(call.getRequestBody().readAllBytes(), UTF_8);
      String id = call.getRequestHeaders().getFirst("webhook-id");
      String timestamp = call.getRequestHeaders().getFirst("webhook-timestamp");
      String signature = call.getRequestHeaders().getFirst("webhook-signature");
      int number;
      synchronized (this) {
        number = calls.size();
        calls.add(
            new Call(
                id,
                Json.MAPPER.readTree(body),
                signature.equals("v1," + hmac(secret, id + "." + timestamp + "." + body))));
        notifyAll();
      }
      call.sendResponseHeaders(status.apply(number), -1);
      call.close();
    }

    List<Call> await(int count) throws InterruptedException {
      return await(count + " calls", () -> calls.size() >= count);
    }

    /** Some calls may come twice; so who waits for all waits for the last. */
    List<Call> awaitEvent(String id) throws InterruptedException {
      return await("event " + id, () -> calls.stream().anyMatch(call -> call.id().equals(id)));
    }

    private synchronized List<Call> await(String what, BooleanSupplier isThere)
        throws InterruptedException {
      Instant end = Instant.now().plus(A_GOOD_WHILE);
      while (!isThere.getAsBoolean()) {
        assertThat(Instant.now()).as("%s: %s", what, calls).isBefore(end);
        wait(100);
      }
      return List.copyOf(calls);
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  private static String hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  String hook(Receiver receiver, String more) throws Exception {
    Answer answer =
        post("/v1/webhooks", "{'name': 'w', 'url': '%s'%s}".formatted(receiver.url(), more));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
    receiver.secret = answer.json().get("secret").asString();
    return "/v1/webhooks/" + answer.json().get("id").asString();
  }

  String rename(String vip, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      assertThat(call("PATCH", vip, "{'name': 'n" + i + Instant.now() + "'}").status())
          .isEqualTo(200);
    }
    return vip;
  }

  String newVip() throws Exception {
    String vip = "/v1/vips/" + made("/v1/vips", vipBody("v", subnet, "'remark': ''"));
    await(vip, it -> it.get("state").asString().equals("available"));
    return vip;
  }

  private static List<String> ids(List<Call> calls) {
    return calls.stream().map(Call::id).toList();
  }

  @Test
  void eachEventIsToldOnceSignedAndInOrder() throws Exception {
    newVip(); // before the webhook is there
    try (Receiver receiver = new Receiver(0, _ -> 204)) {
      String path = hook(receiver, "");
      String from = get(path).json().at("/delivery/after").asString();
      rename(newVip(), 20);
      List<JsonNode> history = new ArrayList<>();
      get("/v1/events?after=" + from).json().get("items").forEach(history::add);
      assertThat(history).hasSize(22);
      List<Call> calls = receiver.await(22);
      assertThat(calls.stream().map(Call::event).toList()).isEqualTo(history);
      assertThat(calls).allMatch(Call::signed);
      assertThat(calls).allMatch(it -> it.id().equals(it.event().get("id").asString()));
      JsonNode shown =
          await(path, it -> it.at("/delivery/after").asString().equals(calls.getLast().id()));
      assertThat(shown.has("secret")).isFalse();
      assertThat(shown.at("/delivery").has("failing")).isFalse();
      assertThat(call("DELETE", path).status()).isEqualTo(204);
    }
  }

  @Test
  void whoDoesNotAcceptIsOfferedTheSameEventUntilItDoes() throws Exception {
    AtomicBoolean accepts = new AtomicBoolean();
    try (Receiver receiver = new Receiver(0, _ -> accepts.get() ? 200 : 503)) {
      String path = hook(receiver, ", 'kinds': ['vip_created', 'vip_described']");
      String vip = newVip();
      JsonNode failing =
          await(path, it -> it.at("/delivery/failing/attempts").asInt(0) >= 2).at("/delivery");
      assertThat(failing.at("/failing/error").asString()).contains("503");
      assertThat(failing.has("deliveredAt")).isFalse();
      accepts.set(true);
      rename(vip, 2);
      List<JsonNode> events = get(vip + "/events").json().get("items").valueStream().toList();
      List<Call> calls = receiver.awaitEvent(events.getLast().get("id").asString());
      int offered = calls.size() - 2;
      assertThat(offered).isGreaterThanOrEqualTo(3);
      assertThat(ids(calls.subList(0, offered))).containsOnly(calls.getFirst().id());
      assertThat(
              calls.subList(offered - 1, calls.size()).stream()
                  .map(it -> it.event().get("kind").asString()))
          .containsExactly("vip_created", "vip_described", "vip_described");
      JsonNode shown = await(path, it -> it.at("/delivery").has("deliveredAt"));
      assertThat(shown.at("/delivery").has("failing")).isFalse();
      assertThat(call("DELETE", path).status()).isEqualTo(204);
    }
  }

  @Test
  void aDisabledWebhookIsToldLaterAndAnotherUrlIsTriedAtOnce() throws Exception {
    try (Receiver receiver = new Receiver(0, _ -> 200)) {
      String path = hook(receiver, ", 'kinds': ['vip_described']");
      assertThat(call("PATCH", path, "{'enabled': false}").json().get("enabled").asBoolean())
          .isFalse();
      String vip = newVip();
      rename(vip, 1);
      assertThat(call("PATCH", path, "{'url': 'http://127.0.0.1:1/', 'enabled': true}").status())
          .isEqualTo(200);
      JsonNode failing = await(path, it -> it.at("/delivery/failing/attempts").asInt(0) >= 3);
      assertThat(failing.at("/delivery/failing/error").asString()).contains("cannot be reached");
      assertThat(receiver.calls).isEmpty();
      call("PATCH", path, "{'url': '" + receiver.url() + "'}");
      assertThat(receiver.await(1)).hasSize(1);
      assertThat(call("DELETE", path).status()).isEqualTo(204);
    }
  }

  @Test
  void aRestartNeitherLosesNorReordersAndMayRepeat(@TempDir Path elsewhere) throws Exception {
    try (Receiver receiver = new Receiver(0, number -> number == 5 ? 500 : 200)) {
      Path file = elsewhere.resolve("havip.db");
      List<String> expected = new ArrayList<>();
      try (Second first = new Second()) {
        first.start(elsewhere);
        first.hook(receiver, "");
        String vip = first.newVip();
        for (int i = 0; i < 30; i++) {
          first.rename(vip, 1);
        }
        first
            .get(vip + "/events")
            .json()
            .get("items")
            .forEach(event -> expected.add(event.get("id").asString()));
        receiver.await(6);
      }
      try (Server again = Server.start(settings(), SqliteStore.open(file), new InMemoryFabric())) {
        assertThat(again.firstToken()).isEmpty();
        Instant end = Instant.now().plus(A_GOOD_WHILE);
        while (!ids(receiver.await(1)).contains(expected.getLast())) {
          assertThat(Instant.now()).isBefore(end);
          Thread.sleep(20);
        }
      }
      List<String> told = ids(receiver.await(1));
      assertThat(told.stream().distinct().toList()).isEqualTo(expected);
      assertThat(receiver.calls).allMatch(Call::signed);
    }
  }

  /** Another server, which is stopped in the middle of telling. */
  private static final class Second extends WebhookApiTest implements AutoCloseable {
    @Override
    public void close() {
      stop();
    }
  }

  @Test
  void oneThatIsNotAcceptedHoldsUpNobodyElse() throws Exception {
    try (Receiver good = new Receiver(0, _ -> 200);
        Receiver bad = new Receiver(0, _ -> 500)) {
      String first = hook(bad, ", 'kinds': ['vip_described']");
      String second = hook(good, ", 'kinds': ['vip_described']");
      rename(newVip(), 5);
      good.await(5);
      assertThat(ids(bad.await(1)).stream().distinct()).hasSize(1);
      assertThat(call("DELETE", first).status()).isEqualTo(204);
      assertThat(call("DELETE", second).status()).isEqualTo(204);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a/",
        "http://",
        "http://user@a/",
        "http://a/#b",
        "http://a b/",
        "//a/",
        "a",
        "http://[::1",
        "http://a:123456/",
        "file:///etc/passwd",
        "http://a/%zz"
      })
  void whatIsNoUrlIsRefused(String url) throws Exception {
    assertRefused(
        post("/v1/webhooks", "{'name': 'w', 'url': '" + url + "'}"), 422, "invalid_field", "url");
  }

  @Test
  void anUnknownKindIsRefused() throws Exception {
    assertRefused(
        post("/v1/webhooks", "{'name': 'w', 'url': 'http://a/', 'kinds': ['nothing']}"),
        422,
        "invalid_field",
        "kinds[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]", "localhost", "169.254.169.254", "0.0.0.0"})
  void theServersOwnHostIsNotCalledUnlessItIsConfiguredSo(String host, @TempDir Path elsewhere)
      throws Exception {
    try (Receiver receiver = new Receiver(0, _ -> 200);
        Careful careful = new Careful()) {
      careful.start(elsewhere);
      String url = "http://" + host + ":" + receiver.port() + "/";
      String path =
          "/v1/webhooks/" + careful.made("/v1/webhooks", "{'name': 'w', 'url': '" + url + "'}");
      careful.made("/v1/vips", careful.vipBody("v", careful.subnet, "'remark': ''"));
      JsonNode shown = careful.await(path, it -> it.at("/delivery").has("failing"));
      assertThat(shown.at("/delivery/failing/error").asString()).contains("HAVIP's own host");
      assertThat(receiver.calls).isEmpty();
    }
  }

  /** A server as it is by default. */
  private static final class Careful extends WebhookApiTest implements AutoCloseable {
    @Override
    Settings settings() {
      return new Settings("127.0.0.1", 0);
    }

    @Override
    public void close() {
      stop();
    }
  }
}
