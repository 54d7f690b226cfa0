package io.havip.decision;

import static io.havip.error.ErrorCode.INVALID_FIELD;

import io.havip.account.Account;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.AccountId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkUse;
import io.havip.inventory.Sharing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides which accounts may use an external network. */
final class NetworkGrants {
  private static final int ACCOUNTS_MAX = 1000;

  /** How many NICs and VIPs a refusal names. */
  private static final int NAMED_USES_MAX = 5;

  private NetworkGrants() {}

  /** The grants of a new network: its creator's account unless the command says otherwise. */
  static Sharing ofNew(Snapshot snapshot, Command.Grants grants, Context context) {
    Set<AccountId> accounts =
        grants.accounts() == null
            ? Set.of(context.caller().accountId())
            : named(snapshot, grants.accounts());
    return new Sharing(Boolean.TRUE.equals(grants.shared()), accounts);
  }

  /** Whether the grants of a network are as before; a subnet has none. */
  static boolean areSame(Network before, Network after) {
    return !(before instanceof ExternalNetwork old)
        || !(after instanceof ExternalNetwork external)
        || old.sharing().equals(external.sharing());
  }

  /**
   * The grants of an external network after a change.
   *
   * @throws Refused with {@code IN_USE} when an account that would lose its grant uses the network
   */
  static Sharing changed(Snapshot snapshot, ExternalNetwork network, Command.Grants grants) {
    Sharing before = network.sharing();
    Sharing after =
        new Sharing(
            grants.shared() == null ? before.shared() : grants.shared(),
            grants.accounts() == null ? before.accounts() : named(snapshot, grants.accounts()));
    if (!after.shared() && !after.equals(before)) {
      checkUnused(snapshot, network, after);
    }
    return after;
  }

  private static Set<AccountId> named(Snapshot snapshot, List<String> names) {
    if (names.size() > ACCOUNTS_MAX) {
      throw Refused.field(
          "accounts", INVALID_FIELD, "name at most 1000 accounts, or share it with all (shared)");
    }
    Set<AccountId> accounts = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      accounts.add(
          Accounts.named(
              snapshot, "accounts[" + i + "]", names.get(i), ErrorCode.REFERENCE_NOT_FOUND));
    }
    return accounts;
  }

  private static void checkUnused(Snapshot snapshot, ExternalNetwork network, Sharing after) {
    List<NetworkUse> uses =
        snapshot.usesByOthers(network.id(), after.accounts(), NAMED_USES_MAX + 1);
    if (uses.isEmpty()) {
      return;
    }
    throw Refused.of(
        ErrorCode.IN_USE,
        "accounts that would lose "
            + network.name()
            + " use it: "
            + uses.stream()
                .limit(NAMED_USES_MAX)
                .map(use -> described(snapshot, use))
                .collect(Collectors.joining(", "))
            + (uses.size() > NAMED_USES_MAX ? " and more" : "")
            + "; keep them in accounts, or delete these NICs and VIPs first");
  }

  private static String described(Snapshot snapshot, NetworkUse use) {
    String account = snapshot.account(use.accountId()).map(Account::name).orElseThrow();
    return use.id() + " (" + use.name() + ", account " + account + ")";
  }
}
