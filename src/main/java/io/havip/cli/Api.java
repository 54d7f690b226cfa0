package io.havip.cli;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Calls of HAVIP's API. Every answer but success is a {@link CommandFailedException} that says what
 * the server said.
 */
final class Api implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int PAGE = 1000;

  /** How often what must happen once is asked for when no answer comes. */
  private static final int ATTEMPTS_MAX = 3;

  private static final Duration RETRY_PERIOD = Duration.ofMillis(300);

  private final Credentials credentials;
  private final HttpClient http;

  Api(Credentials credentials) {
    this.credentials = credentials;
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
    http =
        credentials.url().getScheme().equals("https")
            ? client.build()
            : client.sslContext(new NoTls()).build();
  }

  /** Ends the client's thread: Java's end waits 300 ms for one that waits for the network. */
  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }

  JsonNode get(String path) throws CommandFailedException, InterruptedException {
    return call("GET", path, null, Optional.empty());
  }

  /** What is there; nothing when nothing is (404). */
  Optional<JsonNode> find(String path) throws CommandFailedException, InterruptedException {
    HttpResponse<String> answer =
        send(request("GET", path, null).build(), BodyHandlers.ofString(), 1);
    return answer.statusCode() == 404 ? Optional.empty() : Optional.of(body(answer));
  }

  /** What is there and is no JSON. */
  String text(String path) throws CommandFailedException, InterruptedException {
    HttpRequest request =
        request(path).setHeader("Accept", "text/plain").method("GET", noBody()).build();
    HttpResponse<String> answer = send(request, BodyHandlers.ofString(), 1);
    if (answer.statusCode() / 100 != 2) {
      throw Refusal.of(answer.statusCode(), answer.body());
    }
    return answer.body();
  }

  /** Everything in a collection. */
  List<JsonNode> list(String path) throws CommandFailedException, InterruptedException {
    return list(path, Map.of(), Integer.MAX_VALUE);
  }

  /**
   * What is in a collection, page by page.
   *
   * @param query parameters; those that are null are left out
   * @param limit the most items
   */
  List<JsonNode> list(String path, Map<String, ? extends @Nullable String> query, int limit)
      throws CommandFailedException, InterruptedException {
    StringBuilder filters = new StringBuilder();
    query.forEach((name, value) -> {
      if (value != null) {
        filters.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
      }
    });
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    do {
      int wanted = Math.min(PAGE, limit - all.size());
      JsonNode page = get(path + "?limit=" + wanted + filters + cursor);
      page.path("items").forEach(all::add);
      cursor = page.has("nextCursor") ? "&cursor=" + page.path("nextCursor").asString() : "";
    } while (!cursor.isEmpty() && all.size() < limit);
    return all;
  }

  /**
   * Asks for something once, however often the answer gets lost: the server knows its key, or, of a
   * token, its name.
   */
  JsonNode post(String path, JsonNode body) throws CommandFailedException, InterruptedException {
    HttpRequest request =
        request("POST", path, body).header("Idempotency-Key", UUID.randomUUID().toString()).build();
    return body(send(request, BodyHandlers.ofString(), ATTEMPTS_MAX));
  }

  /**
   * Replaces.
   *
   * @param eTag what it must have now
   */
  JsonNode put(String path, JsonNode body, Optional<String> eTag)
      throws CommandFailedException, InterruptedException {
    return call("PUT", path, body, eTag);
  }

  /**
   * Changes.
   *
   * @param eTag what it must have now
   */
  JsonNode patch(String path, JsonNode body, Optional<String> eTag)
      throws CommandFailedException, InterruptedException {
    return call("PATCH", path, body, eTag);
  }

  JsonNode delete(String path) throws CommandFailedException, InterruptedException {
    return call("DELETE", path, null, Optional.empty());
  }

  /**
   * Follows events as they happen.
   *
   * @param after the id of the last that is known; what happens from then on when absent
   */
  EventStream follow(String path, @Nullable String after)
      throws CommandFailedException, InterruptedException {
    HttpRequest.Builder request =
        request(path).setHeader("Accept", "text/event-stream").method("GET", noBody());
    if (after != null) {
      request.header("Last-Event-ID", after);
    }
    HttpResponse<InputStream> answer = send(request.build(), BodyHandlers.ofInputStream(), 1);
    if (answer.statusCode() / 100 == 2) {
      return new EventStream(answer.body());
    }
    try (InputStream refusal = answer.body()) {
      throw Refusal.of(answer.statusCode(), new String(refusal.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw cannotReach(e);
    }
  }

  private JsonNode call(String method, String path, @Nullable JsonNode body, Optional<String> eTag)
      throws CommandFailedException, InterruptedException {
    HttpRequest.Builder request = request(method, path, body);
    eTag.ifPresent(value -> request.header("If-Match", value));
    return body(send(request.build(), BodyHandlers.ofString(), 1));
  }

  private JsonNode body(HttpResponse<String> answer) throws CommandFailedException {
    int status = answer.statusCode();
    if (status / 100 != 2) {
      throw Refusal.of(status, answer.body());
    }
    try {
      return answer.body().isEmpty()
          ? Json.MAPPER.createObjectNode()
          : Json.MAPPER.readTree(answer.body());
    } catch (JacksonException e) {
      throw new CommandFailedException(
          ExitCode.NO_ACCESS,
          credentials.url() + " does not answer as HAVIP does; check the URL: `havip login --url`");
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(credentials.url() + path))
        .timeout(ANSWER_LIMIT)
        .header("Authorization", "Bearer " + credentials.token())
        .header("Accept", "application/json");
  }

  private HttpRequest.Builder request(String method, String path, @Nullable JsonNode body) {
    if (body == null) {
      return request(path).method(method, noBody());
    }
    return request(path)
        .header(
            "Content-Type",
            method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
        .method(method, ofString(Json.MAPPER.writeValueAsString(body)));
  }

  /**
   * Sends a request.
   *
   * @param attempts how often at most, when the answer gets lost
   */
  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> reader, int attempts)
      throws CommandFailedException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return http.send(request, reader);
      } catch (IOException e) {
        if (attempt == attempts || e instanceof ConnectException) {
          throw cannotReach(e);
        }
        Thread.sleep(RETRY_PERIOD);
      }
    }
  }

  private CommandFailedException cannotReach(IOException failure) {
    String reason =
        switch (failure) {
          case HttpTimeoutException _ -> "it does not answer in time";
          case ConnectException _ -> "nothing accepts connections there";
          default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    return new CommandFailedException(
        ExitCode.NO_ACCESS,
        "cannot reach the server at %s: %s; start it (`havip server`) or choose another (`havip login --url URL`)"
            .formatted(credentials.url(), Text.printable(reason)));
  }
}
