package io.havip.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a thousand followers, to whom nothing happens, cost a server that is a process. */
class FollowersIT {
  private static final int FOLLOWERS = 1_000;

  /** Some 128 were measured; most of it are Tomcat's buffers for a connection. */
  private static final int HEAP_PER_FOLLOWER_MAX_KIB = 192;

  private static final int THREADS_MORE_MAX = 50;
  private static final Duration IDLE = Duration.ofSeconds(3);

  /** Of one processor while nothing happens; 0.16 was measured in a server that had just begun. */
  private static final double CPU_MAX = 0.5;

  private static final int A_GOOD_WHILE_MS = 60_000;

  /** What the server's process has. */
  private record Cost(double heapKib, int threads) {}

  @Test
  void aThousandIdleFollowersCostLittleAndEachGetsTheNextEvent(@TempDir Path directory)
      throws Exception {
    ServerProcess server = new ServerProcess(directory);
    List<Socket> followers = new ArrayList<>();
    try {
      // What the first ones load is no cost of each.
      followers.add(follow(server));
      Cost none = cost(server);
      while (followers.size() <= FOLLOWERS) {
        followers.add(follow(server));
      }
      Cost all = cost(server);
      Duration used = cpu(server);
      long start = System.nanoTime();
      Thread.sleep(IDLE);
      double cpu = (double) cpu(server).minus(used).toNanos() / (System.nanoTime() - start);
      double heap = (all.heapKib() - none.heapKib()) / FOLLOWERS;
      int threads = all.threads() - none.threads();
      System.out.printf(
          "%d idle followers: %.1f KiB of heap each, %d threads more, %.1f %% of a processor%n",
          FOLLOWERS, heap, threads, 100 * cpu);
      assertThat(heap).isLessThan(HEAP_PER_FOLLOWER_MAX_KIB);
      assertThat(threads).isLessThan(THREADS_MORE_MAX);
      assertThat(cpu).isLessThan(CPU_MAX);

      createVip(server);
      long created = System.nanoTime();
      for (Socket follower : followers) {
        await(follower, "\"vip_created\"");
      }
      System.out.printf(
          "an event reached all of them in %d ms%n", (System.nanoTime() - created) / 1_000_000);
    } finally {
      for (Socket follower : followers) {
        follower.close();
      }
      server.stop();
    }
  }

  private static void createVip(ServerProcess server) throws Exception {
    String vpc =
        server
            .call("POST", "/v1/vpcs", Map.of("name", "v", "cidr", "10.0.0.0/8"))
            .get("id")
            .asString();
    String subnet =
        server
            .call("POST", "/v1/subnets", Map.of("vpcId", vpc, "name", "s", "cidr", "10.0.0.0/24"))
            .get("id")
            .asString();
    server.call(
        "POST",
        "/v1/vips",
        Map.of("name", "v", "type", "internal", "vpcId", vpc, "networkId", subnet));
  }

  /** Follows from now on. */
  private static Socket follow(ServerProcess server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), ServerProcess.PORT);
    socket.setSoTimeout(A_GOOD_WHILE_MS);
    socket
        .getOutputStream()
        .write(
            "GET /v1/events HTTP/1.0\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(server.token())
                .getBytes(US_ASCII));
    await(socket, "\nid: ");
    return socket;
  }

  /** Reads until a text has come. */
  private static void await(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("the end instead of %s after %s", text, read).isNotNegative();
      read.append((char) next);
    }
  }

  /** After a collection of garbage. */
  private static Cost cost(ServerProcess server) throws Exception {
    String pid = Long.toString(server.pid());
    String heap = jcmd(pid, "GC.run") + jcmd(pid, "GC.heap_info");
    Matcher used = Pattern.compile("heap.* used (\\d+)K").matcher(heap);
    assertThat(used.find()).as(heap).isTrue();
    Matcher threads =
        Pattern.compile("Threads:\\s+(\\d+)")
            .matcher(Files.readString(Path.of("/proc", pid, "status")));
    assertThat(threads.find()).isTrue();
    return new Cost(Double.parseDouble(used.group(1)), Integer.parseInt(threads.group(1)));
  }

  private static Duration cpu(ServerProcess server) {
    return ProcessHandle.of(server.pid()).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  private static String jcmd(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString()));
    command.addAll(List.of(arguments));
    Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(jcmd.getInputStream().readAllBytes(), US_ASCII);
    assertThat(jcmd.waitFor()).as(output).isZero();
    return output;
  }
}
