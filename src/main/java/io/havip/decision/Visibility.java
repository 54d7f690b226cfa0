package io.havip.decision;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Subnet;

/** Which networks a caller sees. To others a network answers as one that does not exist. */
public final class Visibility {
  private Visibility() {}

  /**
   * Whether the caller sees the network: its account's subnets, and the external networks that its
   * account may use; an administrator every external network.
   */
  public static boolean isVisible(Network network, Caller caller) {
    return switch (network) {
      case Subnet subnet -> subnet.accountId().equals(caller.accountId());
      case ExternalNetwork external ->
          caller.role() == Role.ADMIN || external.sharing().includes(caller.accountId());
    };
  }
}
