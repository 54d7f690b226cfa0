package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that is away while a real server is killed (SIGKILL) and comes back. */
class WebhookIT {
  private static final int EVENTS = 20;

  @TempDir private Path directory;

  @Test
  void whoWasAwayWhileTheServerWasKilledIsToldAllInOrder() throws Exception {
    ServerProcess server = new ServerProcess(directory, "--webhooks-to-this-host=true");
    List<WebhookApiTest.Call> calls = new ArrayList<>();
    try {
      String vpc = id(server, "/v1/vpcs", Map.of("name", "v", "cidr", "10.0.0.0/16"));
      String subnet =
          id(server, "/v1/subnets", Map.of("vpcId", vpc, "name", "s", "cidr", "10.0.0.0/24"));
      String secret;
      int port;
      String vip;
      try (WebhookApiTest.Receiver receiver = new WebhookApiTest.Receiver(0, _ -> 200)) {
        port = receiver.port();
        secret =
            server
                .call("POST", "/v1/webhooks", Map.of("name", "w", "url", receiver.url()))
                .path("secret")
                .asString();
        receiver.secret = secret;
        vip =
            "/v1/vips/"
                + id(
                    server,
                    "/v1/vips",
                    Map.of("name", "v", "type", "internal", "vpcId", vpc, "networkId", subnet));
        calls.addAll(receiver.await(2));
      }
      rename(server, vip, 0);
      Thread.sleep(1_500); // it is tried in vain meanwhile
      server.kill();
      server.restart();
      rename(server, vip, EVENTS / 2);
      try (WebhookApiTest.Receiver receiver = new WebhookApiTest.Receiver(port, _ -> 200)) {
        receiver.secret = secret;
        List<String> history =
            server
                .get(vip + "/events?limit=1000")
                .path("items")
                .valueStream()
                .map(event -> event.path("id").asString())
                .toList();
        assertThat(history).hasSize(2 + EVENTS);
        calls.addAll(receiver.awaitEvent(history.getLast()));
        assertThat(calls).allMatch(WebhookApiTest.Call::signed);
        assertThat(calls.stream().map(WebhookApiTest.Call::id).distinct().toList())
            .isEqualTo(history);
      }
    } finally {
      server.kill();
    }
  }

  private static void rename(ServerProcess server, String vip, int first) throws Exception {
    for (int i = first; i < first + EVENTS / 2; i++) {
      server.call("PATCH", vip, Map.of("name", "n" + i));
    }
  }

  private static String id(ServerProcess server, String path, Object body) throws Exception {
    return server.call("POST", path, body).path("id").asString();
  }
}
