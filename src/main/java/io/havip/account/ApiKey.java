package io.havip.account;

import io.havip.id.AccountId;
import io.havip.id.TokenId;
import java.time.Instant;

/**
 * A bearer token as it is kept: never the token itself.
 *
 * @param id by which it is shown and deleted
 * @param tokenHash SHA-256 of the token, 64 lower-case hexadecimal digits
 * @param name who or what uses it; the actor of the events it causes
 */
public record ApiKey(
    TokenId id, String tokenHash, AccountId accountId, Role role, String name, Instant createdAt) {}
