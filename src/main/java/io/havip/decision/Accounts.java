package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.AccountId;
import org.jspecify.annotations.Nullable;

/** Accounts that requests name. */
public final class Accounts {
  private Accounts() {}

  /**
   * The account that a request is about: the caller's own, or the one that an administrator names.
   *
   * @param name null for the caller's own
   * @param what what the administrator does with the other account, for the message
   * @param unknown the error's code when no account has the name
   * @throws Refused with {@code FORBIDDEN} when the caller is no administrator, or with {@code
   *     unknown}
   */
  public static AccountId chosen(
      Snapshot snapshot, Caller caller, @Nullable String name, String what, ErrorCode unknown) {
    if (name == null) {
      return caller.accountId();
    }
    if (caller.role() != Role.ADMIN) {
      throw Refused.field(
          "account",
          ErrorCode.FORBIDDEN,
          "only an administrator may " + what + " another account; leave it out");
    }
    return named(snapshot, "account", name, unknown);
  }

  /** The account of this name; for administrators, because others may not learn names. */
  static AccountId named(Snapshot snapshot, String field, String name, ErrorCode unknown) {
    return snapshot
        .account(name)
        .map(Account::id)
        .orElseThrow(() ->
            Refused.field(
                field,
                unknown,
                "there is no account of this name; name one that a token acts for"));
  }
}
