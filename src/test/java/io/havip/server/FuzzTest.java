package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Account;
import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.decision.Invariants;
import io.havip.decision.World;
import io.havip.id.NetworkId;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.store.CommitListener;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Whatever is sent, the answer is one of those that openapi.yaml has for it, never a server's
 * fault, and what is stored stays right. {@code HAVIP_FUZZ_SEED} sends the requests of a run again.
 */
class FuzzTest extends ApiFixture {
  private static final int REQUESTS = 4000;

  /** A slow machine sends fewer. */
  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** Without these the requests did not reach what they are meant to try: more are sent. */
  private static final List<Integer> STATUSES =
      List.of(200, 201, 202, 204, 400, 404, 409, 412, 422);

  /** Codes that are about one field, which the answer must name. */
  private static final List<String> OF_A_FIELD =
      List.of(
          "unknown_field",
          "cursor_mismatch",
          "invalid_field",
          "reference_not_found",
          "address_outside_network",
          "address_reserved",
          "vm_wrong_vpc",
          "vm_without_nic",
          "key_reused");

  private @Nullable Store store;
  private @Nullable Account account;

  @Override
  Store wrap(Store real) {
    Store wrapped =
        new Store() {
          @Override
          public <T> T read(Function<? super Reader, ? extends T> query) {
            return real.read(query);
          }

          @Override
          public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
            Decision<T> decision = real.write(decide);
            for (Change change : decision.changes()) {
              if (account == null && change instanceof Change.PutAccount(Account made)) {
                account = made;
              }
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
    store = wrapped;
    return wrapped;
  }

  @Test
  void anyRequestIsAnsweredAsTheContractSays() throws Exception {
    long seed =
        Optional.ofNullable(System.getenv("HAVIP_FUZZ_SEED"))
            .map(Long::parseLong)
            .orElseGet(new Random()::nextLong);
    String own = get("/v1/tokens").json().at("/items/0/id").asString();
    FuzzedRequests requests = new FuzzedRequests(seed, own);
    for (String list : List.of("/v1/vpcs", "/v1/subnets")) {
      requests.learn(get(list).json());
    }
    Map<Integer, Integer> counts = new TreeMap<>();
    Map<String, Integer> codes = new TreeMap<>();
    List<String> faults = new ArrayList<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int i = 0; i < 4 * REQUESTS && faults.size() < 20; i++) {
      if ((i >= REQUESTS || System.nanoTime() > end) && counts.keySet().containsAll(STATUSES)) {
        break;
      }
      FuzzedRequests.Request request = requests.next();
      try {
        RawHttp.Answer answer =
            RawHttp.send(
                server.port(),
                request.method(),
                request.target(),
                request.headers().stream().map(it -> it.replace("$TOKEN", token)).toList(),
                request.body());
        counts.merge(answer.status(), 1, Integer::sum);
        JsonNode json = check(request, answer);
        if (answer.status() == 204 || answer.status() == 404) {
          requests.forget(request.path());
        }
        if (answer.status() < 300) {
          requests.learn(json);
        } else if (json.has("code")) {
          codes.merge(json.get("code").asString(), 1, Integer::sum);
        }
      } catch (Exception | AssertionError e) {
        faults.add("request " + i + ", " + request + "\n  " + e);
      }
    }
    System.out.printf(
        "Fuzzer: seed %d, answers by status %s, refusals by code %s%n", seed, counts, codes);
    assertThat(faults).as("HAVIP_FUZZ_SEED=%d", seed).isEmpty();
    assertThat(counts.keySet()).as("statuses, HAVIP_FUZZ_SEED=%d", seed).containsAll(STATUSES);
    assertThat(get("/healthz").status()).isEqualTo(200);
    assertThat(get("/readyz").status()).isEqualTo(200);
    Invariants.checkWorld(world(), Limits.DEFAULT);
  }

  private static JsonNode check(FuzzedRequests.Request request, RawHttp.Answer answer) {
    assertThat(answer.status()).as(answer.body()).isLessThan(500);
    Contract.INSTANCE.check(
        request.method(), request.path(), answer.status(), answer.headers(), answer.body());
    boolean isJson =
        answer.headers().firstValue("Content-Type").orElse("").contains("json")
            && !answer.body().isEmpty();
    JsonNode json = isJson ? Json.MAPPER.readTree(answer.body()) : Json.MAPPER.nullNode();
    if (answer.status() >= 400 && !answer.body().isEmpty()) {
      assertThat(json.get("status").asInt()).isEqualTo(answer.status());
      assertThat(json.path("detail").asString(""))
          .isNotBlank()
          .doesNotContain("Exception", "io.havip", "java.", "springframework", "jackson");
      if (OF_A_FIELD.contains(json.get("code").asString())) {
        assertThat(json.at("/errors/0/field").isString()).as(answer.body()).isTrue();
      }
    }
    return json;
  }

  /** What is stored, as the model of a store, which refuses what does not fit together. */
  private World world() {
    Account owner = Objects.requireNonNull(account);
    return Objects.requireNonNull(store)
        .read(reader -> {
          List<Change> changes = new ArrayList<>();
          changes.add(new Change.PutAccount(owner));
          for (Vpc vpc : reader.vpcs(owner.id(), null, Integer.MAX_VALUE).items()) {
            changes.add(new Change.PutVpc(vpc));
          }
          reader.allNetworks().forEach(network -> changes.add(new Change.PutNetwork(network)));
          for (Vm vm :
              reader.vms(owner.id(), InventoryQuery.ALL, null, Integer.MAX_VALUE).items()) {
            changes.add(new Change.PutVm(vm));
          }
          reader
              .allNics()
              .forEach(nic -> {
                changes.add(
                    new Change.AddNic(
                        nic.with(
                            nic.mac(), nic.port(), nic.allowedSources(), nic.gateway(), Set.of())));
                reservation(reader, nic.networkId(), nic.address()).ifPresent(changes::add);
              });
          reader
              .allVips()
              .forEach(vip -> {
                changes.add(new Change.PutVip(vip));
                reservation(reader, vip.networkId(), vip.address()).ifPresent(changes::add);
              });
          reader.allNics().forEach(nic -> changes.add(new Change.UpdateNic(nic)));
          return new World().apply(changes);
        });
  }

  private static Optional<Change> reservation(
      Reader reader, NetworkId network, @Nullable Ipv4Address address) {
    return address == null
        ? Optional.empty()
        : reader.reservation(network, address).map(it -> new Change.Reserve(it));
  }
}
