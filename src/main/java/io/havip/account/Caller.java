package io.havip.account;

import io.havip.id.AccountId;

/**
 * On whose behalf a request is made.
 *
 * @param actor the name of the key, as events show it
 */
public record Caller(AccountId accountId, Role role, String actor) {}
