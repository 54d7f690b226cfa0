package io.havip.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.havip.error.StoreUnavailable;
import io.havip.vip.Vip;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to requests, and what does not, when PostgreSQL or the connection to it is lost. */
class PostgresLossTest {
  private static final int CLIENTS = 8;

  private static PostgresServer postgres;

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

  private static Store open(String url) {
    return PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD);
  }

  @Test
  void withoutTheDatabaseRequestsFailAndWithItTheyWorkAgain() throws Exception {
    try (Store store = open(postgres.newDatabase())) {
      Installation made = new Installation(store);
      Vip before = made.createVip("before");
      postgres.crash();
      try {
        for (int i = 0; i < 2; i++) {
          assertThatExceptionOfType(StoreUnavailable.class)
              .isThrownBy(() -> made.createVip("meanwhile"))
              .matches(e -> !e.mayHaveChanged());
        }
        assertThatExceptionOfType(StoreUnavailable.class)
            .isThrownBy(() -> store.read(Reader::allVips));
      } finally {
        postgres.restart();
      }
      Vip after = made.createVip("after");
      List<Vip> vips = readAgain(store, Reader::allVips);
      assertThat(vips).containsExactly(before, after);
    }
  }

  @Test
  void anIdleServerDoesNotEvenNoticeThatTheDatabaseWasRestarted() throws Exception {
    try (Store store = open(postgres.newDatabase())) {
      Installation made = new Installation(store);
      postgres.crash();
      postgres.restart();
      Thread.sleep(1_000); // WriteTransaction.ALIVE
      Vip after = made.createVip("after");
      assertThat(store.<List<Vip>>read(Reader::allVips)).containsExactly(after);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CuttingProxy.Cut.class,
      names = {"BEFORE_COMMIT", "BEFORE_ANSWER"})
  void ofACommitWhoseAnswerIsLostNobodyClaimsToKnow(CuttingProxy.Cut cut) throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(postgres.port(), "COMMIT");
        Store store =
            open(
                postgres.newDatabase().replace(":" + postgres.port(), ":" + proxy.port())
                    // Otherwise the statement's text is not in every request.
                    + "?prepareThreshold=0")) {
      Installation made = new Installation(store);
      proxy.cutNext(cut);
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> made.createVip("lost"))
          .matches(StoreUnavailable::mayHaveChanged);
      assertThat(proxy.hasCut()).isTrue();
      made.createVip("after");
      assertThat(store.<List<Vip>>read(Reader::allVips))
          .extracting(Vip::name)
          .isEqualTo(
              cut == CuttingProxy.Cut.BEFORE_COMMIT ? List.of("after") : List.of("lost", "after"));
    }
  }

  @Test
  void whatWasAcknowledgedOutlivesACrashOfTheDatabase() throws Exception {
    long seed = System.nanoTime();
    System.out.println("PostgresLossTest: seed " + seed);
    Random random = new Random(seed);
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    Set<String> unknown = ConcurrentHashMap.newKeySet();
    try (Store store = open(postgres.newDatabase())) {
      Installation made = new Installation(store);
      try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writing =
            IntStream.range(0, CLIENTS)
                .<Future<?>>mapToObj(client ->
                    clients.submit(() -> writeUntilLost(made, client, acknowledged, unknown)))
                .toList();
        while (acknowledged.isEmpty() && writing.stream().noneMatch(Future::isDone)) {
          Thread.sleep(1);
        }
        Thread.sleep(random.nextInt(500));
        postgres.crash();
        for (Future<?> each : writing) {
          each.get();
        }
      } finally {
        postgres.restart();
      }
      List<Vip> vips = readAgain(store, Reader::allVips);
      assertThat(acknowledged).isNotEmpty();
      assertThat(vips).extracting(Vip::name).containsAll(acknowledged);
      assertThat(vips)
          .as("what failed is not there, unless nobody knew")
          .extracting(Vip::name)
          .allMatch(name -> acknowledged.contains(name) || unknown.contains(name));
      assertThat(store.<List<?>>read(now -> now.events(made.account, null, 0, -1, 1_000_000)))
          .as("each VIP is there with its event, or not at all")
          .hasSameSizeAs(vips);
    }
  }

  /**
   * A connection from before the crash may fail one read each; and the pool, when it could not
   * connect for a while, tries only every five seconds, which is as long as a read waits.
   */
  private static <T> T readAgain(Store store, Function<Reader, T> query)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        return store.read(query);
      } catch (StoreUnavailable e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static void writeUntilLost(
      Installation made, int client, Set<String> acknowledged, Set<String> unknown) {
    for (int i = 0; ; i++) {
      String name = "v" + client + "-" + i;
      try {
        acknowledged.add(made.createVip(name).name());
      } catch (StoreUnavailable e) {
        if (e.mayHaveChanged()) {
          unknown.add(name);
        }
        return;
      }
    }
  }
}
