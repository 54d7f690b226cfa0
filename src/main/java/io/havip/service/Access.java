package io.havip.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Session;
import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who is calling. Tokens are kept as hashes only: they are random enough to need no salt. */
public final class Access {
  private static final int TOKEN_BYTES = 32;

  private final Store store;
  private final TimeOrderedIds ids;
  private final Clock clock;
  private final Duration sessionLifetime;

  /**
   * Knows callers by the store.
   *
   * @param sessionLifetime after which a browser has to sign in again
   */
  public Access(Store store, TimeOrderedIds ids, Clock clock, Duration sessionLifetime) {
    this.store = store;
    this.ids = ids;
    this.clock = clock;
    this.sessionLifetime = sessionLifetime;
  }

  /**
   * A browser is signed in.
   *
   * @param key what it sends from now on in place of the token; it cannot be had again
   */
  public record SignedIn(Caller caller, String key, Instant expiresAt) {}

  /** The caller whose token or session key this is, if it is anybody's. */
  public Optional<Caller> callerOf(String secret) {
    String hash = hash(secret);
    Instant now = Contexts.now(clock);
    return store.read(reader ->
        reader
            .apiKey(hash)
            .or(() ->
                reader.session(hash, now).flatMap(session -> reader.apiKey(session.tokenHash())))
            .map(Access::caller));
  }

  /** When a session ends, if there is one with this key. */
  public Optional<Instant> sessionEnd(String sessionKey) {
    Instant now = Contexts.now(clock);
    return store.read(reader -> reader.session(hash(sessionKey), now)).map(Session::expiresAt);
  }

  /**
   * Opens a session for whoever has this token; nothing when it is nobody's.
   *
   * @throws Refused when it is an agent's
   */
  public Optional<SignedIn> signIn(String token) {
    String tokenHash = hash(token);
    if (store.read(reader -> reader.apiKey(tokenHash)).isEmpty()) {
      return Optional.empty(); // who guesses does not keep writers waiting
    }
    String key = secret("session_");
    Instant now = Contexts.now(clock);
    Session session = new Session(hash(key), tokenHash, now.plus(sessionLifetime));
    return store
        .<Optional<SignedIn>>write(reader ->
            reader
                .apiKey(tokenHash)
                .map(apiKey -> signIn(apiKey, key, session, now))
                .orElseGet(() -> new Decision<>(List.of(), Set.of(), Optional.empty())))
        .answer();
  }

  private static Decision<Optional<SignedIn>> signIn(
      ApiKey apiKey, String key, Session session, Instant now) {
    if (apiKey.role() == Role.AGENT) {
      throw Refused.of(
          ErrorCode.FORBIDDEN, "this token is for `havip agent`; sign in with a member's");
    }
    return new Decision<>(
        List.of(new Change.OpenSession(session, now)),
        Set.of(),
        Optional.of(new SignedIn(caller(apiKey), key, session.expiresAt())));
  }

  public void signOut(String sessionKey) {
    Change end = new Change.EndSession(hash(sessionKey));
    store.write(_ -> new Decision<>(List.of(end), Set.of(), sessionKey));
  }

  private static Caller caller(ApiKey key) {
    return new Caller(key.accountId(), key.role(), key.name(), key.id());
  }

  /**
   * Makes the account {@code default} and its administrator's key when there is no key at all.
   *
   * @return the token, which cannot be had again; nothing when there is a key already
   */
  public Optional<String> firstKey() {
    String token = newToken();
    boolean made = store.write(reader -> firstKey(reader, token)).answer();
    return made ? Optional.of(token) : Optional.empty();
  }

  private Decision<Boolean> firstKey(Reader reader, String token) {
    if (reader.hasApiKeys()) {
      return new Decision<>(List.of(), Set.of(), false);
    }
    Account account = new Account(ids.account(), "default", Contexts.now(clock));
    ApiKey key =
        new ApiKey(
            ids.token(), hash(token), account.id(), Role.ADMIN, "admin", account.createdAt());
    return new Decision<>(
        List.of(new Change.PutAccount(account), new Change.PutApiKey(key)), Set.of(), true);
  }

  /** One that nobody can guess. */
  static String newToken() {
    return secret("havip_");
  }

  private static String secret(String prefix) {
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /** As it is kept. */
  static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }
}
