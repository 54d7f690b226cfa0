package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.json.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How histories are filtered, exported, and forgotten beyond a number. */
class HistoryApiTest extends ApiFixture {
  private static final int KEPT = 20;

  @Override
  Settings settings() {
    return super.settings().withEventsPerVip(KEPT);
  }

  private String newVip(String name) throws Exception {
    String vip = "/v1/vips/" + made("/v1/vips", vipBody(name, subnet, "'remark': ''"));
    await(vip, it -> it.get("state").asString().equals("available"));
    return vip;
  }

  private List<JsonNode> events(String target) throws Exception {
    List<JsonNode> events = new ArrayList<>();
    get(target).json().get("items").forEach(events::add);
    return events;
  }

  @Test
  void kindsAndTimesFilterListsStreamsAndExports() throws Exception {
    String vip = newVip("filtered");
    call("PATCH", vip, "{'name': '=1+1, \\\"quoted\\\"'}");
    List<JsonNode> all = events(vip + "/events");
    assertThat(all.stream().map(it -> it.get("kind").asString()))
        .containsExactly("vip_created", "vip_realised", "vip_described");
    String realisedAt = all.get(1).get("at").asString();
    String describedAt = all.get(2).get("at").asString();
    assertThat(events(vip + "/events?kind=vip_created,vip_described"))
        .containsExactly(all.get(0), all.get(2));
    assertThat(events(vip + "/events?from=" + realisedAt + "&until=" + describedAt))
        .containsExactly(all.get(1));
    assertThat(events("/v1/events?kind=vip_described&from=" + describedAt))
        .contains(all.get(2))
        .allMatch(it -> it.get("kind").asString().equals("vip_described"));

    HttpResponse<String> csv =
        send(authorized(vip + "/events?kind=vip_created,vip_described")
                .header("Accept", "text/csv"))
            .raw();
    assertThat(csv.headers().firstValue("Content-Disposition"))
        .hasValueSatisfying(it -> assertThat(it).contains("events.csv"));
    List<String> lines = csv.body().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("id,at,vipId,actor,kind,data");
    assertThat(lines.get(1)).startsWith(all.get(0).get("id").asString() + ",");
    assertThat(lines.get(2)).contains("vip_described", "=1+1, \\\"\"quoted");

    try (BufferedReader stream = follow(vip + "/events?after=0-0&kind=vip_realised")) {
      assertThat(block(stream)).containsExactly("id: 0-0");
      assertThat(block(stream)).anyMatch(line -> line.contains("vip_realised"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kind=nothing", "kind=vip_created,", "from=yesterday", "until=2030"})
  void whatIsNoFilterIsRefused(String query) throws Exception {
    assertRefused(get("/v1/events?" + query), 422, "invalid_field", query.replaceAll("=.*", ""));
  }

  @Test
  void theOldestEventsOfANoisyVipGoAndAGapSaysSo() throws Exception {
    String quiet = newVip("quiet");
    String noisy = newVip("noisy");
    List<JsonNode> quietEvents = events(quiet + "/events");
    for (int i = 0; i < KEPT + 5; i++) {
      call("PATCH", noisy, "{'name': 'noisy" + i + "'}");
    }
    await(noisy + "/events", it -> it.get("items").size() == KEPT);
    List<JsonNode> kept = events(noisy + "/events");
    assertThat(kept).allMatch(it -> it.get("kind").asString().equals("vip_described"));
    assertThat(events(quiet + "/events")).isEqualTo(quietEvents);

    try (BufferedReader stream = follow(noisy + "/events?after=0-0")) {
      assertThat(block(stream)).containsExactly("id: 0-0");
      List<String> gap = block(stream);
      assertThat(gap.getFirst()).isEqualTo("event: gap");
      JsonNode data = Json.MAPPER.readTree(gap.get(1).substring("data: ".length()));
      assertThat(data.get("after").asString()).isEqualTo("0-0");
      assertThat(revision(data.get("resumesAfter"))).isLessThan(revision(kept.get(0).get("id")));
      for (JsonNode event : kept) {
        assertThat(block(stream).getFirst()).isEqualTo("id: " + event.get("id").asString());
      }
    }
    // What others have of that time is not lost with it.
    try (BufferedReader stream = follow("/v1/events?after=0-0&kind=vip_created")) {
      assertThat(block(stream)).containsExactly("id: 0-0");
      assertThat(block(stream)).contains("event: gap");
      List<String> created = block(stream);
      while (!created.toString().contains("\"quiet\"")) {
        created = block(stream);
      }
    }
    try (BufferedReader stream =
        follow(noisy + "/events?after=" + kept.getFirst().get("id").asString())) {
      block(stream);
      assertThat(block(stream).getFirst()).isEqualTo("id: " + kept.get(1).get("id").asString());
    }
  }

  private static long revision(JsonNode id) {
    return Long.parseLong(id.asString().replaceAll("-.*", ""));
  }

  private BufferedReader follow(String target) throws Exception {
    HttpRequest request = authorized(target).header("Accept", "text/event-stream").GET().build();
    return new BufferedReader(
        new InputStreamReader(
            http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(),
            StandardCharsets.UTF_8));
  }

  private static List<String> block(BufferedReader stream) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line = stream.readLine(); line != null; line = stream.readLine()) {
      if (line.isEmpty() && !lines.isEmpty() && !lines.equals(List.of(":"))) {
        return lines;
      }
      if (line.isEmpty()) {
        lines.clear();
      } else {
        lines.add(line);
      }
    }
    throw new AssertionError("the stream ended with " + lines);
  }
}
