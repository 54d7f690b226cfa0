package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Events as they happen (Server-Sent Events). */
class EventStreamApiTest extends ApiFixture {
  private static final int FOLLOWERS = 1_000;

  /** A connection that follows; it reads lines until a blank one. */
  final class Stream implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Stream(String path, String... headers) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
      socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
      // 1.0: the body is not cut into chunks.
      String request =
          "GET %s HTTP/1.0\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n%s\r\n"
              .formatted(
                  path,
                  token,
                  String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList()));
      socket.getOutputStream().write(request.getBytes(UTF_8));
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /** The lines of the header, and the first id. */
    Stream opened() throws IOException {
      assertThat(block().getFirst()).endsWith("200 ");
      assertThat(block()).singleElement().asString().startsWith("id: ");
      return this;
    }

    List<String> block() throws IOException {
      List<String> lines = new ArrayList<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        lines.add(line);
      }
      return lines;
    }

    /** The next event's id and kind, past heartbeats. */
    String event() throws IOException {
      List<String> lines = block();
      while (lines.equals(List.of(":"))) {
        lines = block();
      }
      assertThat(lines).hasSize(2);
      JsonNode data = Json.MAPPER.readTree(lines.get(1).substring("data: ".length()));
      assertThat(lines.get(0)).isEqualTo("id: " + data.get("id").asString());
      return data.get("id").asString() + " " + data.get("kind").asString();
    }

    /** Whether the server has ended it. */
    boolean isAtEnd() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aStreamGoesOnWhereTheHistoryEndsWithoutGapOrDuplicate() throws Exception {
    String id = made("/v1/vips", vipBody("s", subnet, "'remark': ''"));
    String path = "/v1/vips/" + id;
    await(path, vip -> vip.get("state").asString().equals("available"));
    try (Stream fromNow = new Stream(path + "/events").opened();
        Stream fromStart = new Stream(path + "/events?after=0-0").opened()) {
      for (int i = 0; i < 250; i++) {
        call("PATCH", path, "{'name': 'n" + i + "'}");
      }
      List<String> history = new ArrayList<>();
      for (int read = -1; read < history.size(); ) {
        read = history.size();
        String after = history.isEmpty() ? "0-0" : idOf(history.getLast());
        get(path + "/events?after=" + after)
            .json()
            .get("items")
            .forEach(event ->
                history.add(event.get("id").asString() + " " + event.get("kind").asString()));
      }
      assertThat(history).hasSize(252).startsWith(history.getFirst());
      assertThat(next(fromStart, 252)).isEqualTo(history);
      assertThat(next(fromNow, 250)).isEqualTo(history.subList(2, 252));
      String seen = idOf(history.get(100));
      try (Stream resumed =
          new Stream(path + "/events?after=0-0", "Last-Event-ID: " + seen).opened()) {
        assertThat(next(resumed, 151)).isEqualTo(history.subList(101, 252));
      }
    }
  }

  @Test
  void aClientThatSawNothingYetResumesWhereItBegan() throws Exception {
    String id;
    try (Stream stream = new Stream("/v1/events")) {
      stream.block();
      id = stream.block().getFirst().substring("id: ".length());
    }
    made("/v1/vips", vipBody("missed", subnet, "'remark': ''"));
    try (Stream resumed = new Stream("/v1/events", "Last-Event-ID: " + id).opened()) {
      assertThat(resumed.event()).endsWith(" vip_created");
    }
  }

  @Test
  void aThousandFollowersEachGetTheNextEventAndNobodyIsSlowedByOneWhoDoesNotRead()
      throws Exception {
    String path = "/v1/vips/" + made("/v1/vips", vipBody("watched", subnet, "'remark': ''"));
    await(path, vip -> vip.get("state").asString().equals("available"));
    List<Stream> streams = new ArrayList<>();
    try (Stream deaf = new Stream("/v1/events?after=0-0")) {
      assertThat(deaf.socket.isConnected()).isTrue();
      for (int i = 0; i < FOLLOWERS; i++) {
        streams.add(new Stream(path + "/events").opened());
      }
      assertThat(call("PATCH", path, "{'name': 'news'}").status()).isEqualTo(200);
      List<String> events = new ArrayList<>();
      for (Stream stream : streams) {
        events.add(stream.event());
      }
      assertThat(events.stream().distinct()).hasSize(1);
      assertThat(events.getFirst()).endsWith(" vip_described");
    } finally {
      for (Stream stream : streams) {
        stream.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "42", "-1-0", "1-", "1-0,2-0"})
  void whatIsNoEventIdIsRefused(String after) throws Exception {
    assertRefused(
        send(
            authorized("/v1/events")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", after)
                .GET()),
        422,
        "invalid_field",
        "Last-Event-ID");
    assertRefused(
        send(authorized("/v1/events?after=" + after).header("Accept", "text/event-stream").GET()),
        422,
        "invalid_field",
        "after");
  }

  @Test
  void stoppingTheServerEndsStreams(@TempDir Path elsewhere) throws Exception {
    try (Lonely other = new Lonely()) {
      other.start(elsewhere);
      Stream stream = other.stream("/v1/events");
      stream.opened();
      // In the time of a graceful shutdown, which waits for requests for 30 s.
      long before = System.nanoTime();
      other.stop();
      assertThat(stream.isAtEnd()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(25));
      stream.close();
    }
  }

  /** Another server. */
  private static final class Lonely extends EventStreamApiTest implements AutoCloseable {
    private boolean stopped;

    @Override
    void stop() {
      stopped = true;
      super.stop();
    }

    @Override
    public void close() {
      if (!stopped) {
        stop();
      }
    }
  }

  Stream stream(String path) throws IOException {
    return new Stream(path);
  }

  private static String idOf(String event) {
    return event.substring(0, event.indexOf(' '));
  }

  private static List<String> next(Stream stream, int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> {
          try {
            return stream.event();
          } catch (IOException e) {
            throw new AssertionError("the stream broke off", e);
          }
        })
        .toList();
  }
}
