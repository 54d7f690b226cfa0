package io.havip.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that keeps a browser signed in. Scripts cannot read it, and it counts only in requests
 * that a page of this very server makes: not even one of another port of this machine, which the
 * cookie's own rules let pass (RFC 6265bis, sections 4.1.2.5 and 5.2).
 */
final class SessionCookie {
  static final String PATH = "/v1";

  private static final String NAME = "havip_session";
  private static final String SEC_FETCH_SITE = "Sec-Fetch-Site";

  private SessionCookie() {}

  /** The session's key, if the request brings one that counts. */
  static Optional<String> keyIn(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    return cookies == null || !isOfThisOrigin(request)
        ? Optional.empty()
        : Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(NAME))
            .map(Cookie::getValue)
            .findFirst();
  }

  /** A cookie that the browser forgets after a time; at once when that is zero. */
  static String of(HttpServletRequest request, String key, Duration lifetime) {
    return ResponseCookie.from(NAME, key)
        .path(PATH)
        .maxAge(lifetime)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(request.isSecure())
        .build()
        .toString();
  }

  /**
   * Whether the browser says that a page of this server, or its user, made the request. Browsers
   * send {@code Sec-Fetch-Site} over TLS and to this machine, and {@code Origin} with every change
   * (Fetch standard, section 3.2; Fetch Metadata, section 2.3).
   */
  private static boolean isOfThisOrigin(HttpServletRequest request) {
    String site = request.getHeader(SEC_FETCH_SITE);
    if (site != null) {
      return site.equals("same-origin") || site.equals("none");
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin == null ? request.getMethod().equals("GET") : isThis(origin, request);
  }

  private static boolean isThis(String origin, HttpServletRequest request) {
    @Nullable String authority;
    try {
      authority = URI.create(origin).getRawAuthority();
    } catch (IllegalArgumentException e) {
      return false;
    }
    return authority != null && authority.equals(request.getHeader(HttpHeaders.HOST));
  }
}
