package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.store.CommitListener;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are sent again with their Idempotency-Key. */
class RepetitionApiTest extends ApiFixture {
  private final AtomicBoolean losesNextAnswer = new AtomicBoolean();

  @Override
  Store wrap(Store real) {
    return new Store() {
      @Override
      public <T> T read(Function<? super Reader, ? extends T> query) {
        return real.read(query);
      }

      @Override
      public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
        boolean[] isRequest = new boolean[1];
        Decision<T> decision =
            real.write(now -> {
              Decision<T> decided = decide.apply(now);
              isRequest[0] =
                  decided.changes().stream().anyMatch(Change.KeepReply.class::isInstance);
              return decided;
            });
        if (isRequest[0] && losesNextAnswer.compareAndSet(true, false)) {
          throw new IllegalStateException("the server died between commit and answer");
        }
        return decision;
      }

      @Override
      public void onCommit(CommitListener listener) {
        real.onCommit(listener);
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  @Test
  void aRepetitionGetsTheFirstAnswerAndChangesNothing() throws Exception {
    String body = vipBody("once", subnet, "'remark': ''");
    Answer first = keyed("/v1/vips", "first", body);
    assertThat(first.status()).isEqualTo(202);
    call("PATCH", "/v1/vips/" + first.json().get("id").asString(), "{'name': 'renamed'}");
    Answer again = keyed("/v1/vips", "first", body.replace("': '", "':   '"));
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.raw().body()).isEqualTo(first.raw().body());
    for (String header : List.of("ETag", "Location", "Content-Type")) {
      assertThat(again.raw().headers().firstValue(header))
          .isPresent()
          .isEqualTo(first.raw().headers().firstValue(header));
    }
    assertRefused(
        keyed("/v1/vips", "first", body.replace("once", "twice")),
        409,
        "key_reused",
        "Idempotency-Key");
    assertRefused(
        keyed("/v1/vpcs", "first", "{'name': 'x', 'cidr': '10.0.0.0/8'}"),
        409,
        "key_reused",
        "Idempotency-Key");
  }

  @Test
  void whatTheServerCouldNotAnswerIsAnsweredToTheRepetition() throws Exception {
    String body = vipBody("lost", subnet, "'remark': ''");
    losesNextAnswer.set(true);
    assertThat(keyed("/v1/vips", "lost", body).status()).isEqualTo(500);
    Answer again = keyed("/v1/vips", "lost", body);
    assertThat(again.status()).isEqualTo(202);
    assertThat(get("/v1/vips?q=lost").json().get("total").asLong()).isEqualTo(1);
    assertThat(get("/v1/vips?q=lost").json().get("items").get(0).get("id"))
        .isEqualTo(again.json().get("id"));
  }

  @Test
  void ofManyRepetitionsAtOnceOneIsCarriedOut() throws Exception {
    String body = vipBody("storm", subnet, "'remark': ''");
    Set<String> answers = new HashSet<>();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(clients.submit(() -> keyed("/v1/vips", "storm", body)));
      }
      for (Future<Answer> one : all) {
        assertThat(one.get().status()).isEqualTo(202);
        answers.add(one.get().raw().body());
      }
    }
    assertThat(answers).hasSize(1);
    assertThat(get("/v1/vips?q=storm").json().get("total").asLong()).isEqualTo(1);
  }

  @Test
  void aRefusalIsNotKept() throws Exception {
    String network = newSubnet(vpc);
    String taken = hostOf(network, 50);
    String holder = made("/v1/vips", vipBody("holder", network, "'address': '" + taken + "'"));
    String body = vipBody("next", network, "'address': '" + taken + "'");
    assertRefused(keyed("/v1/vips", "refused", body), 409, "address_taken", "address");
    assertThat(call("DELETE", "/v1/vips/" + holder).status()).isEqualTo(202);
    awaitGone("/v1/vips/" + holder);
    assertThat(keyed("/v1/vips", "refused", body).status()).isEqualTo(202);
  }

  @Test
  void everyKindOfResourceIsMadeOnce() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String external =
        sameTwice(
            "/v1/external-networks",
            "{'name': 'x', 'cidr': '192.0.2.0/24', 'gateway': '192.0.2.1'}");
    sameTwice("/v1/vpcs", "{'name': 'x', 'cidr': '10.0.0.0/8'}");
    sameTwice("/v1/subnets", "{'vpcId': '" + vpc + "', 'name': 'x', 'cidr': '10.200.0.0/24'}");
    sameTwice("/v1/vms", "{'name': 'x', 'vpcId': '" + vpc + "'}");
    sameTwice("/v1/vms/" + vm + "/nics", "{'networkId': '" + external + "'}");
  }

  private String sameTwice(String path, String body) throws Exception {
    Answer first = keyed(path, path, body);
    assertThat(first.status()).as(first.raw().body()).isEqualTo(201);
    Answer again = keyed(path, path, body);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.raw().body()).isEqualTo(first.raw().body());
    return first.json().get("id").asString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\tb", "LONG"})
  void aKeyIsPrintableAsciiOf255CharactersAtMost(String key) throws Exception {
    assertRefused(
        keyed(
            "/v1/vpcs",
            key.equals("LONG") ? "x".repeat(256) : key,
            "{'name': 'x', 'cidr': '10.0.0.0/8'}"),
        422,
        "invalid_field",
        "Idempotency-Key");
  }

  @Test
  void theLongestKeyIsTaken() throws Exception {
    assertThat(keyed("/v1/vpcs", "~".repeat(255), "{'name': 'x', 'cidr': '10.0.0.0/8'}").status())
        .isEqualTo(201);
  }

  private Answer keyed(String path, String key, String body) throws Exception {
    return send(
        authorized(path)
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }
}
