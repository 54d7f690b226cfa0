package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Role;
import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.AccountId;
import io.havip.id.TokenId;
import io.havip.store.Store;
import io.havip.vip.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Followers of events on a server that is impatient with them, and with a long history. */
class FollowersApiTest extends ApiFixture {
  /** Far more than the kernel keeps for a connection whose other side does not read. */
  private static final int HISTORY_BYTES = 24 << 20;

  private static final int EVENT_BYTES = 8 << 10;
  private static final String MEMBER = "a-member-of-another-account";
  private static final int A_GOOD_WHILE_MS = 60_000;

  @SuppressWarnings("NullAway.Init") // wrap() is called before each test
  private Store store;

  @Override
  Settings settings() {
    return new Settings(
        "havip",
        "127.0.0.1",
        0,
        Limits.DEFAULT,
        Duration.ofSeconds(5),
        10_000,
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofHours(1),
        false,
        Duration.ofSeconds(30),
        "info");
  }

  /** The history concerns the installation. */
  @Override
  Store wrap(Store real) {
    store = real;
    Change event =
        new Change.Append(
            new Event(
                null,
                null,
                Instant.EPOCH,
                Event.SYSTEM,
                new Happening.FabricRepaired("x".repeat(EVENT_BYTES))));
    write(Collections.nCopies(HISTORY_BYTES / EVENT_BYTES, event));
    return real;
  }

  @Test
  void anIdleFollowerIsToldThatTheServerIsThere() throws Exception {
    try (Socket follower = follow("/v1/events", token)) {
      BufferedReader lines = lines(follower);
      List<String> read = new ArrayList<>();
      while (Collections.frequency(read, ":") < 2) {
        read.add(lines.readLine());
      }
      assertThat(read).contains("").noneMatch(line -> line.startsWith("data"));
    }
  }

  @Test
  void oneThatDoesNotReadIsCutOffAndOthersGetEverything() throws Exception {
    try (Socket deaf = follow("/v1/events?after=0-0", token);
        Socket other = follow("/v1/events?after=0-0", token)) {
      assertThat(deaf.getInputStream().read()).isEqualTo('H');
      BufferedReader lines = lines(other);
      int events = 0;
      while (events < HISTORY_BYTES / EVENT_BYTES) {
        events += lines.readLine().startsWith("data:") ? 1 : 0;
      }
      awaitFollowers(1);
      made("/v1/vips", vipBody("later", subnet, "'remark': ''"));
      String line = "";
      while (!line.contains("vip_created")) {
        line = lines.readLine();
      }
      assertThat(bytesUntilTheEnd(deaf)).isLessThan(HISTORY_BYTES);
    }
    awaitFollowers(0);
  }

  @Test
  void whatConcernsTheInstallationIsForAdministrators() throws Exception {
    AccountId account = new AccountId("account-01k3v4q8zt6m2n0c5d7e9f1g3h");
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(MEMBER.getBytes(UTF_8)));
    write(
        List.of(
            new Change.PutAccount(new Account(account, "other", Instant.EPOCH)),
            new Change.PutApiKey(
                new ApiKey(
                    new TokenId("token-" + "0".repeat(26)),
                    hash,
                    account,
                    Role.MEMBER,
                    "member",
                    Instant.EPOCH))));
    Answer administrators = get("/v1/events?limit=1");
    assertThat(administrators.json().get("items").get(0).get("kind").asString())
        .isEqualTo("fabric_repaired");
    Answer members =
        send(HttpRequest.newBuilder(uri("/v1/events")).header("Authorization", "Bearer " + MEMBER));
    assertThat(members.status()).isEqualTo(200);
    assertThat(members.json().get("items")).isEmpty();
    try (Socket follower = follow("/v1/events?after=0-0", MEMBER)) {
      BufferedReader lines = lines(follower);
      String line = "";
      while (!line.equals(":")) {
        line = lines.readLine();
        assertThat(line).doesNotStartWith("data");
      }
    }
  }

  private void write(List<Change> changes) {
    store.write(_ -> new Decision<>(changes, Set.of(), true));
  }

  private Socket follow(String path, String bearer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 << 10);
    socket.setSoTimeout(A_GOOD_WHILE_MS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.0\r\nAuthorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(path, bearer)
                .getBytes(UTF_8));
    return socket;
  }

  private static BufferedReader lines(Socket follower) throws IOException {
    return new BufferedReader(new InputStreamReader(follower.getInputStream(), UTF_8));
  }

  /** The server may end it with a reset. */
  private static long bytesUntilTheEnd(Socket socket) {
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    try {
      for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
        bytes += read;
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    return bytes;
  }

  private void awaitFollowers(int count) throws Exception {
    awaitMetrics(now -> Objects.equals(now.get("havip_event_followers"), (double) count));
  }
}
