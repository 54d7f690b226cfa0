package io.havip.account;

import java.time.Instant;

/**
 * A browser that is signed in, as it is kept: never the session's own key.
 *
 * @param keyHash SHA-256 of the key that the browser sends, 64 lower-case hexadecimal digits
 * @param tokenHash of the API key that it was signed in with; it acts as that key, while that
 *     exists
 * @param expiresAt the session ends at this moment, however busy it is
 */
public record Session(String keyHash, String tokenHash, Instant expiresAt) {}
