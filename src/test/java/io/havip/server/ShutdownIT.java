package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.linux.LinuxLab;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is told to stop while it works, with the rights that its systemd unit leaves it and
 * no others.
 */
class ShutdownIT {
  private static final Path UNIT = Path.of("deploy/systemd/havip.service");
  private static final Duration A_GOOD_WHILE = Duration.ofSeconds(60);
  private static final int WRITERS = 8;

  @TempDir private Path directory;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory, withTheRightsOfTheUnit(), List.of());
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    LinuxLab.clear();
  }

  @Test
  void whatRunsIsFinishedAndWhatWasAnsweredIsKept() throws Exception {
    String vpc = server.call("POST", "/v1/vpcs", vpc("v")).get("id").asString();
    server.call("POST", "/v1/subnets", Map.of("vpcId", vpc, "name", "s", "cidr", "10.0.0.0/24"));
    awaitTrue(() -> LinuxLab.run("ip", "link").contains("havip1"));

    Queue<String> answered = new ConcurrentLinkedQueue<>();
    Queue<Integer> refused = new ConcurrentLinkedQueue<>();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      String name = "w" + i + "-";
      writers.add(Thread.ofPlatform().start(() -> writeUntilRefused(name, answered, refused)));
    }
    awaitTrue(() -> answered.size() > 10 * WRITERS);
    String body = "{\"name\": \"slow\", \"cidr\": \"10.0.0.0/8\"}";
    try (Socket follower = connect();
        Socket slow = connect()) {
      send(follower, request("GET", "/v1/events", "Accept: text/event-stream"));
      assertThat(follower.getInputStream().read()).isEqualTo('H');
      send(
          slow,
          request(
                  "POST",
                  "/v1/vpcs",
                  "Content-Type: application/json",
                  "X-Request-Id: the-slow-one",
                  "Content-Length: " + body.length())
              + body.substring(0, 10));
      // By then the server works on it; but it does not wait for a client for more than 20 s.
      int before = answered.size();
      awaitTrue(() -> answered.size() > before + WRITERS);
      String table = table();

      server.terminate();
      awaitTrue(ShutdownIT::isClosed);
      follower.getInputStream().readAllBytes(); // which returns because the stream ends
      assertThat(ProcessHandle.of(server.pid())).isPresent();
      send(slow, body.substring(10));
      String response = new String(slow.getInputStream().readAllBytes(), UTF_8);
      assertThat(response).startsWith("HTTP/1.1 201").contains("X-Request-Id: the-slow-one");
      answered.add("slow");

      assertThat(server.exitStatus()).isEqualTo(143);
      assertThat(table()).isEqualTo(table).contains("havip1");
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(refused).as("statuses of refusals").allMatch(status -> status == 503);
    System.out.println(answered.size() + " VPCs made before the server stopped");
    assertThat(server.log())
        .contains("RequestLog: [the-slow-one] POST /v1/vpcs 201 ")
        .doesNotContain(" ERROR ", "Exception");

    server.restart();
    List<String> kept = names();
    assertThat(kept).containsAll(answered).doesNotHaveDuplicates();
  }

  private void writeUntilRefused(String name, Queue<String> answered, Queue<Integer> refused) {
    try {
      for (int i = 0; ; i++) {
        HttpResponse<String> response = server.post("/v1/vpcs", vpc(name + i), name + i);
        if (response.statusCode() != 201) {
          refused.add(response.statusCode());
          return;
        }
        answered.add(name + i);
      }
    } catch (IOException e) {
      // Nobody listens any more.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> names() throws Exception {
    List<String> names = new ArrayList<>();
    String cursor = "";
    do {
      var page = server.get("/v1/vpcs?limit=1000" + cursor);
      page.get("items").forEach(it -> names.add(it.get("name").asString()));
      cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
    } while (!cursor.isEmpty());
    return names;
  }

  /** The capabilities that the unit names, and no way to get others. */
  private static List<String> withTheRightsOfTheUnit() throws IOException {
    var bounding =
        Pattern.compile("(?m)^CapabilityBoundingSet=(.*)$").matcher(Files.readString(UNIT));
    assertThat(bounding.find()).isTrue();
    String kept =
        bounding.group(1).strip().toLowerCase(Locale.ROOT).replace("cap_", ",+").replace(" ", "");
    return List.of(
        "setpriv", "--no-new-privs", "--bounding-set", "-all" + kept, "--inh-caps", "-all" + kept);
  }

  private static String table() throws Exception {
    return LinuxLab.run("sh", "-c", "nft list table bridge havip | grep -v -e counter -e expires")
        + LinuxLab.run("ip", "-br", "link");
  }

  private static boolean isClosed() throws IOException {
    try (Socket _ = connect()) {
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), ServerProcess.PORT);
    socket.setSoTimeout((int) A_GOOD_WHILE.toMillis());
    return socket;
  }

  private String request(String method, String path, String... headers) {
    return "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n"
        .formatted(method, path, server.token(), String.join("\r\n", headers));
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static Map<String, String> vpc(String name) {
    return Map.of("name", name, "cidr", "10.0.0.0/8");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitTrue(Condition condition) throws Exception {
    long end = System.nanoTime() + A_GOOD_WHILE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
