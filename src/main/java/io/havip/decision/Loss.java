package io.havip.decision;

import java.util.Optional;

/** What is risky when a VM loses its permission for a VIP that it uses. */
public final class Loss {
  private Loss() {}

  /**
   * Only VRRP notices.
   *
   * @param vm its name
   * @param advertises whether it talks VRRP about the VIP; absent where the fabric cannot tell
   * @return nothing when there is no risk
   */
  public static Optional<String> risk(String vm, Optional<Boolean> advertises) {
    if (advertises.orElse(false)) {
      return Optional.empty();
    }
    String what =
        advertises.isPresent()
            ? vm + " does not talk VRRP"
            : "it is not known whether " + vm + " talks VRRP";
    return Optional.of(
        what
            + ": other software (heartbeat, pacemaker, Windows) does not notice that it lost its"
            + " permission, and elects nobody");
  }
}
