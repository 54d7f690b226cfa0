package io.havip.account;

import io.havip.id.AccountId;
import io.havip.id.TokenId;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf a request is made.
 *
 * @param actor the name of the token, as events show it
 * @param tokenId the token that was shown; none where the server acts by itself
 */
public record Caller(AccountId accountId, Role role, String actor, @Nullable TokenId tokenId) {
  /** Whom no token lets in. */
  public Caller(AccountId accountId, Role role, String actor) {
    this(accountId, role, actor, null);
  }

  /**
   * Whether the caller may see and change the VMs of an account: its own, or an administrator's.
   */
  public boolean manages(AccountId owner) {
    return accountId.equals(owner) || role == Role.ADMIN;
  }
}
