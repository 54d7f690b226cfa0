package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server killed (SIGKILL) while many clients wait for what they asked it to create. Whatever it
 * was about to answer, whoever repeats the request with its Idempotency-Key gets one resource and
 * one answer.
 */
class CrashIT {
  private static final int CLIENTS = 64;
  private static final int ROUNDS = 4;

  /** As many until an answer was lost behind its commit, which is what this is about. */
  private static final int ROUNDS_MAX = 20;

  /** The server is killed when it has given a random number of answers, up to so many. */
  private static final int ANSWERS_MAX = 500;

  @TempDir private Path directory;

  /** What a client must get again. */
  private record Answer(int status, String body, List<String> headers) {
    static Answer of(HttpResponse<String> response) {
      return new Answer(
          response.statusCode(),
          response.body(),
          List.of("ETag", "Location", "Content-Type").stream()
              .map(name -> response.headers().firstValue(name).orElse(""))
              .toList());
    }
  }

  @Test
  void aRepetitionAfterTheCrashGetsTheOneResource() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ServerProcess server = new ServerProcess(directory);
    try {
      Set<String> everAsked = new TreeSet<>();
      int lost = 0;
      for (int round = 0; round < ROUNDS || (lost == 0 && round < ROUNDS_MAX); round++) {
        Map<String, Answer> answers = new ConcurrentHashMap<>();
        Set<String> asked = ConcurrentHashMap.newKeySet();
        String prefix = "r" + round + "-";
        List<Thread> clients =
            IntStream.range(0, CLIENTS)
                .mapToObj(
                    i -> Thread.ofVirtual().start(() -> ask(server, prefix + i, asked, answers)))
                .toList();
        int enough = 1 + random.nextInt(ANSWERS_MAX);
        while (answers.size() < enough && clients.stream().anyMatch(Thread::isAlive)) {
          Thread.sleep(1);
        }
        server.kill();
        for (Thread client : clients) {
          client.join();
        }
        server.restart();

        Map<String, Long> before = named(server);
        assertThat(before.keySet()).as("acknowledged").containsAll(answers.keySet());
        Set<String> unanswered = new TreeSet<>(asked);
        unanswered.removeAll(answers.keySet());
        int lostNow = (int) unanswered.stream().filter(before::containsKey).count();
        System.out.printf(
            "round %d: %d asked, %d answered, %d committed without an answer%n",
            round, asked.size(), answers.size(), lostNow);
        lost += lostNow;

        for (String name : asked) {
          Answer again = Answer.of(create(server, name));
          assertThat(again.status()).as(again.body()).isEqualTo(201);
          assertThat(answers.getOrDefault(name, again)).isEqualTo(again);
          assertThat(Answer.of(create(server, name))).isEqualTo(again);
          assertThat(Json.MAPPER.readTree(again.body()).get("name").asString()).isEqualTo(name);
        }
        everAsked.addAll(asked);
        Map<String, Long> after = named(server);
        assertThat(after.keySet()).isEqualTo(everAsked);
        assertThat(after.values()).containsOnly(1L);
      }
      assertThat(lost).as("answers lost behind their commit").isPositive();
    } finally {
      server.kill();
    }
  }

  private static void ask(
      ServerProcess server, String prefix, Set<String> asked, Map<String, Answer> answers) {
    try {
      for (int i = 0; ; i++) {
        String name = prefix + "-" + i;
        asked.add(name);
        answers.put(name, Answer.of(create(server, name)));
      }
    } catch (IOException e) {
      // The server was killed.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> create(ServerProcess server, String name)
      throws IOException, InterruptedException {
    return server.post("/v1/vpcs", new TreeMap<>(Map.of("name", name, "cidr", "10.0.0.0/8")), name);
  }

  /** How many VPCs there are of each name. */
  private static Map<String, Long> named(ServerProcess server) throws Exception {
    Map<String, Long> named = new HashMap<>();
    String cursor = "";
    do {
      var page = server.get("/v1/vpcs?limit=1000" + cursor);
      page.get("items").forEach(vpc -> named.merge(vpc.get("name").asString(), 1L, Long::sum));
      cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
    } while (!cursor.isEmpty());
    return named;
  }
}
