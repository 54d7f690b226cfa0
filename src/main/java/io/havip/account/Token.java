package io.havip.account;

/**
 * A key, as people see it.
 *
 * @param account the name of the account for which it acts
 */
public record Token(ApiKey key, String account) {}
