package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Administrators let others in, and keep them out again. */
class TokenApiTest extends ApiFixture {
  private static final String TOKENS = "/v1/tokens";

  /** What an agent may do, and what is open to everybody. */
  private static final Set<String> ITS_OWN = Set.of("reportSightings", "signIn");

  private static final String VPC = "{'name': 'theirs', 'cidr': '10.0.0.0/8'}";

  @Test
  void membersOfAnotherAccountShareItAndNothingElse() throws Exception {
    JsonNode made = create("{'name': 'ci', 'account': 'team-a'}");
    assertThat(made.get("role").asString()).isEqualTo("member");
    assertThat(made.get("account").asString()).isEqualTo("team-a");
    String ci = made.get("token").asString();
    String people = create("{'name': 'people', 'account': 'team-a'}").get("token").asString();

    assertThat(get(ci, "/v1/vpcs").json().get("items")).isEmpty();
    assertThat(send(as(ci, "POST", "/v1/vpcs", VPC)).status()).isEqualTo(201);
    assertThat(get(people, "/v1/vpcs").json().at("/items/0/name").asString()).isEqualTo("theirs");
    assertThat(get("/v1/vpcs").json().findValuesAsString("name")).doesNotContain("theirs");

    assertRefused(get(ci, TOKENS), 403, "forbidden", "");
    assertRefused(get(ci, TOKENS + "/" + made.get("id").asString()), 403, "forbidden", "");
    assertRefused(send(as(ci, "POST", TOKENS, "{'name': 'x'}")), 403, "forbidden", "");
  }

  @Test
  void theSecretIsShownOnce() throws Exception {
    JsonNode made = create("{'name': 'ops', 'role': 'admin'}");
    String id = made.get("id").asString();
    String secret = made.get("token").asString();
    assertThat(made.get("account").asString()).isEqualTo("default");
    assertThat(get(secret, TOKENS).raw().body()).contains(id).doesNotContain(secret);
    assertThat(get(TOKENS + "/" + id).raw().body()).contains("ops").doesNotContain(secret);
  }

  @Test
  void whoseTokenIsDeletedIsOutWithAllBrowsers() throws Exception {
    JsonNode made = create("{'name': 'gone'}");
    String secret = made.get("token").asString();
    Answer signedIn = post("/v1/session", "{'token': '" + secret + "'}");
    String cookie =
        signedIn.raw().headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    HttpRequest.Builder browser =
        HttpRequest.newBuilder(uri("/v1/vips"))
            .header("Cookie", cookie)
            .header("Sec-Fetch-Site", "same-origin");
    assertThat(send(browser).status()).isEqualTo(200);

    String path = TOKENS + "/" + made.get("id").asString();
    assertThat(call("DELETE", path).status()).isEqualTo(204);
    assertRefused(get(secret, "/v1/vips"), 401, "unauthorized", "");
    assertRefused(send(browser), 401, "unauthorized", "");
    assertRefused(call("DELETE", path), 404, "not_found", "");
  }

  @Test
  void theLastAdministratorStaysIn() throws Exception {
    JsonNode deputy = create("{'name': 'deputy', 'role': 'admin'}");
    for (JsonNode other : get(TOKENS).json().get("items")) {
      if (!other.get("id").equals(deputy.get("id"))) {
        String path = TOKENS + "/" + other.get("id").asString();
        assertThat(send(as(deputy.get("token").asString(), "DELETE", path, "")).status())
            .isEqualTo(204);
      }
    }
    token = deputy.get("token").asString();
    String last = TOKENS + "/" + deputy.get("id").asString();
    assertRefused(call("DELETE", last), 409, "in_use", "");
    assertThat(get(last).status()).isEqualTo(200);
  }

  @Test
  void whoFollowsEventsIsCutOffWithTheToken() throws Exception {
    JsonNode made = create("{'name': 'follower'}");
    HttpRequest follow =
        HttpRequest.newBuilder(uri("/v1/events"))
            .header("Authorization", "Bearer " + made.get("token").asString())
            .header("Accept", "text/event-stream")
            .build();
    try (InputStream stream = http.send(follow, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      assertThat(stream.read()).isPositive();
      assertThat(call("DELETE", TOKENS + "/" + made.get("id").asString()).status()).isEqualTo(204);
      assertTimeoutPreemptively(Duration.ofSeconds(5), stream::readAllBytes);
    }
  }

  @Test
  void namesAreUniqueInAnAccount() throws Exception {
    create("{'name': 'twice', 'account': 'team-b'}");
    create("{'name': 'twice', 'account': 'team-c'}");
    assertRefused(post(TOKENS, "{'name': 'twice', 'account': 'team-b'}"), 409, "in_use", "");
  }

  @Test
  void anAgentReportsAndDoesNothingElse() throws Exception {
    String agent = create("{'name': 'chassis-1', 'role': 'agent'}").get("token").asString();
    fabric.setNeedsAgents(true);
    assertThat(send(as(agent, "PUT", "/v1/chassis/host-1/sightings", "{'ports': []}")).status())
        .isEqualTo(204);
    assertRefused(post("/v1/session", "{'token': '" + agent + "'}"), 403, "forbidden", "");
    for (Contract.Operation operation : Contract.INSTANCE.operations()) {
      if (operation.path.startsWith("/v1/") && !ITS_OWN.contains(operation.id())) {
        String path = operation.path.replaceAll("\\{[^}]*}", "x");
        HttpResponse<String> answer =
            http.send(
                as(agent, operation.method, path, "").build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(operation.id()).isEqualTo(403);
        assertThat(answer.body()).contains("\"code\":\"forbidden\"", "use a member's");
      }
    }
  }

  @Test
  void badTokensAreRefusedAtTheirFields() throws Exception {
    assertRefused(post(TOKENS, "{'name': ' '}"), 422, "invalid_field", "name");
    assertRefused(post(TOKENS, "{'name': 'havip'}"), 422, "invalid_field", "name");
    assertRefused(post(TOKENS, "{'name': 'x', 'account': ''}"), 422, "invalid_field", "account");
    assertRefused(post(TOKENS, "{'name': 'x', 'role': 'root'}"), 422, "invalid_field", "role");
    assertRefused(post(TOKENS, "{'name': 'x', 'token': 'y'}"), 400, "unknown_field", "token");
  }

  private JsonNode create(String body) throws Exception {
    Answer made = post(TOKENS, body);
    assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
    return made.json();
  }

  private Answer get(String secret, String path) throws Exception {
    return send(as(secret, "GET", path, ""));
  }

  private HttpRequest.Builder as(String secret, String method, String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .header("Authorization", "Bearer " + secret)
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
  }
}
