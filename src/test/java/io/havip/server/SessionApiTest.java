package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Browsers sign in with a token and are known by a cookie from then on. */
class SessionApiTest extends ApiFixture {
  private static final String SESSION = "/v1/session";

  @Test
  void whoSignsInActsAsTheTokensKey() throws Exception {
    Answer signedIn = signIn(token);
    assertThat(signedIn.status()).isEqualTo(201);
    assertThat(signedIn.json().get("actor").asString()).isEqualTo("admin");
    assertThat(signedIn.json().get("role").asString()).isEqualTo("admin");
    assertThat(signedIn.json().at("/limits/vmsPerVip").asInt()).isEqualTo(3);
    assertThat(Instant.parse(signedIn.json().get("expiresAt").asString()))
        .isBetween(
            Instant.now().plus(Duration.ofHours(11)), Instant.now().plus(Duration.ofHours(13)));

    String setCookie = signedIn.raw().headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(setCookie)
        .contains("Path=/v1", "HttpOnly", "SameSite=Strict")
        .doesNotContain(token, "Secure");
    Answer session = send(asBrowser(SESSION, cookie(signedIn)).GET());
    assertThat(session.json()).isEqualTo(signedIn.json());
    assertThat(send(asBrowser("/v1/vpcs", cookie(signedIn)).GET()).status()).isEqualTo(200);
  }

  @Test
  void aWrongTokenIsRefusedAtItsField() throws Exception {
    assertRefused(signIn("havip_nonsense"), 401, "unauthorized", "token");
  }

  @Test
  void whoSignsOutIsOutForGood() throws Exception {
    String cookie = cookie(signIn(token));
    Answer out = send(asBrowser(SESSION, cookie).DELETE());
    assertThat(out.status()).isEqualTo(204);
    assertThat(out.raw().headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(send(asBrowser(SESSION, cookie).GET()).status()).isEqualTo(401);
  }

  @Test
  void whoseSessionIsOverSignsInAnewAndReadsTheConsole() throws Exception {
    String over = "havip_session=session_nonsense";
    assertThat(send(asBrowser("/v1/vips", over).GET()).status()).isEqualTo(401);
    assertThat(page(asBrowser("/", over)).statusCode()).isEqualTo(200);
    HttpRequest.Builder again =
        asBrowser(SESSION, over)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"token\": \"" + token + "\"}"));
    assertThat(send(again).status()).isEqualTo(201);
  }

  @Test
  void theCookieCountsOnlyInRequestsOfTheServersOwnPages() throws Exception {
    String cookie = cookie(signIn(token));
    assertThat(statusOfChange(cookie, "Sec-Fetch-Site", "same-origin")).isEqualTo(201);
    assertThat(statusOfChange(cookie, "Origin", uri("").toString())).isEqualTo(201);
    assertThat(statusOfChange(cookie, "Sec-Fetch-Site", "cross-site")).isEqualTo(401);
    // Another port of this machine is the same site, but not the same origin.
    assertThat(statusOfChange(cookie, "Sec-Fetch-Site", "same-site")).isEqualTo(401);
    assertThat(statusOfChange(cookie, "Origin", "http://127.0.0.1:1")).isEqualTo(401);
    assertThat(statusOfChange(cookie, "Origin", "null")).isEqualTo(401);
    assertThat(statusOfChange(cookie, "X-Nothing", "says where it comes from")).isEqualTo(401);
  }

  @Test
  void theConsoleIsCachedByNameAndRunsNoForeignScript() throws Exception {
    HttpResponse<String> index = page(request("/vips/whatever"));
    assertThat(index.statusCode()).isEqualTo(200);
    assertThat(header(index, "Cache-Control")).hasValue("no-cache");
    assertThat(header(index, "Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    String script = index.body().replaceAll("(?s).*src=\"(/assets/[^\"]+\\.js)\".*", "$1");
    HttpResponse<String> code = page(request(script).header("Accept-Encoding", "gzip"));
    assertThat(code.statusCode()).isEqualTo(200);
    assertThat(header(code, "Cache-Control").orElseThrow()).contains("max-age=31536000");
    assertThat(header(code, "Content-Encoding")).hasValue("gzip");
    assertThat(page(request("/assets/nothing.js")).statusCode()).isEqualTo(404);
  }

  /** What belongs to the console is no part of the API. */
  private HttpResponse<String> page(HttpRequest.Builder request) throws Exception {
    return http.send(request.GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  private int statusOfChange(String cookie, String header, String value) throws Exception {
    return send(request("/v1/vpcs")
            .header("Cookie", cookie)
            .header(header, value)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"name\": \"n\", \"cidr\": \"10.0.0.0/16\"}")))
        .status();
  }

  private Answer signIn(String with) throws Exception {
    return send(
        request(SESSION)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"token\": \"" + with + "\"}")));
  }

  private static String cookie(Answer signedIn) {
    return signedIn.raw().headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }

  private HttpRequest.Builder asBrowser(String path, String cookie) {
    return request(path).header("Cookie", cookie).header("Sec-Fetch-Site", "same-origin");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path));
  }

  private static Optional<String> header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name);
  }
}
