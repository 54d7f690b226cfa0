package io.havip.vip;

import io.havip.id.NicId;
import io.havip.id.VmId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A VM's permission to claim a VIP.
 *
 * @param nicId the VM's NIC on the VIP's network
 * @param vrrpNicId the NIC over which its HA software talks; the same for an internal VIP
 * @param vmac whether it may claim the VIP with the VRID's MAC address too (RFC 9568, section 7.3)
 * @param fencedUntil set while the permission is taken away: when it is given back
 */
public record Binding(
    VmId vmId, NicId nicId, NicId vrrpNicId, boolean vmac, @Nullable Instant fencedUntil) {
  public Binding(VmId vmId, NicId nicId, NicId vrrpNicId) {
    this(vmId, nicId, vrrpNicId, false, null);
  }

  /** The binding with its permission taken away, or given back. */
  public Binding fenced(@Nullable Instant until) {
    return new Binding(vmId, nicId, vrrpNicId, vmac, until);
  }

  public boolean isFenced() {
    return fencedUntil != null;
  }

  /** Whether it is fenced and that is to end by then. */
  public boolean isFenceOver(Instant now) {
    return fencedUntil != null && !now.isBefore(fencedUntil);
  }
}
