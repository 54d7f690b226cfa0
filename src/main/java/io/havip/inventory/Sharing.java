package io.havip.inventory;

import io.havip.id.AccountId;
import java.util.Set;

/**
 * Which accounts may use an external network. Members of other accounts do not learn that it
 * exists.
 *
 * @param shared whether all accounts may, present and future ones
 * @param accounts the accounts that may while it is not shared; kept while it is
 */
public record Sharing(boolean shared, Set<AccountId> accounts) {
  /** Every account may use the network. */
  public static final Sharing WITH_ALL = new Sharing(true, Set.of());

  public Sharing {
    accounts = Set.copyOf(accounts);
  }

  /** Whether an account may use the network. */
  public boolean includes(AccountId account) {
    return shared || accounts.contains(account);
  }
}
