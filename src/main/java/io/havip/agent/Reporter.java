package io.havip.agent;

import io.havip.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Tells one server, on a thread of its own, so that one that is slow or gone keeps no other
 * waiting: at once when there is news, else once a second, or as often as somebody advertises.
 */
final class Reporter implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Between two reports. */
  static final Duration PAUSE = Duration.ofMillis(50);

  /** The server counts what is older than 5 s as unknown. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private static final System.Logger LOG = System.getLogger(Reporter.class.getName());

  private final URI server;
  private final String token;
  private final Sightings sightings;
  private final Supplier<Optional<String>> chassis;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_LIMIT)
          .build();
  private final Thread thread;
  private String trouble = "";

  /**
   * Begins to report.
   *
   * @param chassis the host's name in OVN; absent while it is not known which ports there are, and
   *     then nothing is told
   */
  static Reporter start(
      URI server, String token, Sightings sightings, Supplier<Optional<String>> chassis) {
    Reporter reporter = new Reporter(server, token, sightings, chassis);
    reporter.thread.start();
    return reporter;
  }

  private Reporter(
      URI server, String token, Sightings sightings, Supplier<Optional<String>> chassis) {
    this.server = server;
    this.token = token;
    this.sightings = sightings;
    this.chassis = chassis;
    this.thread = Thread.ofPlatform().daemon().name("report to " + server).unstarted(this::run);
  }

  private void run() {
    try {
      long known = -1;
      while (!closing.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
        known = sightings.awaitNews(known, period());
        Optional<String> name = chassis.get();
        if (name.isPresent() && !tell(name.get())) {
          closing.await(EVERY.toNanos(), TimeUnit.NANOSECONDS);
        }
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "Stopped", e);
    }
  }

  private Duration period() {
    Duration interval = sightings.shortestInterval(System.nanoTime()).orElse(EVERY);
    return interval.compareTo(EVERY) < 0 ? interval : EVERY;
  }

  private boolean tell(String name) throws InterruptedException {
    String path =
        "/v1/chassis/"
            + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")
            + "/sightings";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server + path))
            .timeout(ANSWER_LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .PUT(
                BodyPublishers.ofByteArray(
                    Json.MAPPER.writeValueAsBytes(sightings.report(System.nanoTime()))))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      boolean isTaken = answer.statusCode() / 100 == 2;
      note(isTaken ? "" : answer.statusCode() + " " + detail(answer.body()));
      return isTaken;
    } catch (IOException e) {
      note(
          switch (e) {
            case HttpTimeoutException _ -> "it does not answer in time";
            case ConnectException _ -> "nothing accepts connections there";
            default -> String.valueOf(e.getMessage());
          });
      return false;
    }
  }

  private static String detail(String body) {
    try {
      JsonNode problem = Json.MAPPER.readTree(body);
      return problem.path("detail").asString("");
    } catch (JacksonException _) {
      return "";
    }
  }

  /** Tells each trouble once, and its end. */
  private void note(String now) {
    if (!now.equals(trouble)) {
      LOG.log(
          now.isEmpty() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
          now.isEmpty()
              ? server + " takes reports again"
              : "Cannot report to " + server + "; going on trying: " + now);
      trouble = now;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}
