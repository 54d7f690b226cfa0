package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.plan.Grant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Rehearsals of failovers, on a fabric that can neither ask nor see advertisements. */
class DrillApiTest extends ApiFixture {
  private static final String DRILL = "{'kind': 'isolate-holder', 'seconds': %d %s}";

  /** In seconds; all that a test looks at meanwhile must have happened by then. */
  private static final int LONG = 10;

  @SuppressWarnings("NullAway.Init") // prepare() is called before each test
  private String first;

  @SuppressWarnings("NullAway.Init")
  private String second;

  @SuppressWarnings("NullAway.Init")
  private String path;

  @BeforeEach
  void prepare() throws Exception {
    String network = newSubnet(vpc);
    first = newVm(vpc, network);
    second = newVm(vpc, network);
    path =
        "/v1/vips/"
            + made(
                "/v1/vips", vipBody("v", network, "'vmIds': ['" + first + "','" + second + "']"));
    await(path, vip -> vip.get("state").asString().equals("available"));
  }

  private Answer drill(int seconds, String more) throws Exception {
    return call("POST", path + "/drills", DRILL.formatted(seconds, more));
  }

  private List<String> members() throws Exception {
    String address = get(path).json().get("address").asString();
    return fabric.held().grants().values().stream()
        .filter(grant -> grant.address().toString().equals(address))
        .flatMap(grant -> grant.members().stream())
        .map(Grant.Member::port)
        .toList();
  }

  @Test
  void theHolderIsCutOffUntilTheEndAndAnotherTakesOver() throws Exception {
    hold(path, first);
    Answer predicted = call("POST", path + "/drills?dryRun=true", DRILL.formatted(LONG, ""));
    assertThat(predicted.status()).isEqualTo(200);
    assertThat(predicted.json().get("vmId").asString()).isEqualTo(first);
    assertThat(predicted.json().get("candidates").get(0).asString()).isEqualTo(second);
    assertThat(predicted.json().get("risks").get(0).asString()).contains("not known", "VRRP");
    assertThat(members()).as("nothing happened").hasSize(2);

    Answer began = drill(LONG, ", 'targetMillis': " + LONG * 1_000);
    assertThat(began.status()).as(began.raw().body()).isEqualTo(202);
    assertThat(began.json().get("state").asString()).isEqualTo("running");
    await(path, vip -> vip.get("state").asString().equals("available"));
    assertThat(members()).hasSize(1);
    assertRefused(drill(LONG, ""), 409, "wrong_state", "");
    hold(path, second);

    String one = began.raw().headers().firstValue("Location").orElseThrow();
    await(path, vip -> !vip.get("bindings").get(0).has("fencedUntil"));
    hold(path, first);
    JsonNode ended = await(one, it -> !it.get("state").asString().equals("running"));
    assertThat(ended.get("state").asString()).isEqualTo("passed");
    assertThat(ended.get("newHolder").asString()).isEqualTo(second);
    assertThat(ended.get("outageMillis").asLong()).isBetween(0L, LONG * 1_000L);
    assertThat(ended.get("cameBack").asBoolean()).isTrue();
    await(path, vip -> vip.get("state").asString().equals("available"));
    assertThat(members()).hasSize(2);
    assertThat(get(path + "/drills").json().get("items")).hasSize(1);
    assertThat(
            get(path + "/events")
                .json()
                .get("items")
                .valueStream()
                .map(event -> event.get("kind").asString()))
        .containsSubsequence(
            "drill_began", "fence_began", "holder_changed", "fence_ended", "drill_ended");
  }

  @Test
  void aWholePortIsOffItsSegmentForAWhile() throws Exception {
    JsonNode held = hold(path, first);
    String port = held.get("bindings").get(0).get("port").asString();
    assertThat(drill(LONG, ", 'wholePort': true").status()).isEqualTo(202);
    await(path, vip -> !vip.get("bindings").get(0).get("up").asBoolean());
    await(path, vip -> vip.get("bindings").get(0).get("up").asBoolean());
    assertThat(fabric.held().ports().values()).anyMatch(it -> it.name().equals(port));
  }

  @Test
  void ofSeveralDrillsAtATimeEachEnds() throws Exception {
    hold(path, first);
    assertThat(drill(3, "").status()).isEqualTo(202);
    String other = path;
    prepare();
    hold(path, first);
    assertThat(drill(1, "").status()).isEqualTo(202);
    for (String vip : List.of(other, path)) {
      await(vip + "/drills/1", it -> !it.get("state").asString().equals("running"));
    }
  }

  @Test
  void nobodyIsCutOffWhereNobodyCouldTakeOver() throws Exception {
    hold(path, first);
    assertThat(call("DELETE", path + "/bindings/" + second).status()).isEqualTo(202);
    await(path, vip -> vip.get("state").asString().equals("available"));
    assertRefused(drill(1, ""), 409, "wrong_state", "");
    assertThat(drill(1, ", 'force': true").status()).isEqualTo(202);
  }

  @Test
  void aDrillThatWasRunningWhenTheServerStoppedIsOver() throws Exception {
    hold(path, first);
    assertThat(drill(600, "").status()).isEqualTo(202);
    restart();
    JsonNode ended = await(path + "/drills/1", it -> !it.get("state").asString().equals("running"));
    assertThat(ended.get("state").asString()).isEqualTo("interrupted");
    await(path, vip -> !vip.get("bindings").get(0).has("fencedUntil"));
  }
}
