package io.havip.http;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.service.Access;
import io.havip.vip.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Browsers sign in and out. */
@RestController
@RequestMapping(path = SessionRoutes.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class SessionRoutes {
  static final String PATH = "/v1/session";

  private final Access access;
  private final Limits limits;
  private final Clock clock;

  SessionRoutes(Access access, Limits limits, Clock clock) {
    this.access = access;
    this.limits = limits;
    this.clock = clock;
  }

  record SignIn(String token) {}

  record SessionJson(String actor, Role role, Limits limits, @Nullable Instant expiresAt) {}

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<SessionJson> signIn(HttpServletRequest request, @RequestBody SignIn body) {
    Access.SignedIn session =
        access
            .signIn(body.token())
            .orElseThrow(() ->
                Refused.field(
                    "token",
                    ErrorCode.UNAUTHORIZED,
                    "this token is nobody's; an administrator makes one, as the first start did"));
    Duration lifetime = Duration.between(clock.instant(), session.expiresAt());
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(HttpHeaders.SET_COOKIE, SessionCookie.of(request, session.key(), lifetime))
        .body(json(session.caller(), session.expiresAt()));
  }

  @GetMapping
  SessionJson get(HttpServletRequest request, Caller caller) {
    return json(caller, SessionCookie.keyIn(request).flatMap(access::sessionEnd).orElse(null));
  }

  private SessionJson json(Caller caller, @Nullable Instant expiresAt) {
    return new SessionJson(caller.actor(), caller.role(), limits, expiresAt);
  }

  @DeleteMapping
  ResponseEntity<Void> signOut(HttpServletRequest request) {
    SessionCookie.keyIn(request).ifPresent(access::signOut);
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, SessionCookie.of(request, "", Duration.ZERO))
        .build();
  }
}
