package io.havip.service;

import io.havip.id.VmId;
import io.havip.inventory.Nic;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A VIP with all that its viewers want to see at once.
 *
 * @param vrid the VIP's VRID; nothing while no configuration was made for it
 * @param conflictSince when another host was first noticed that has the VIP's address; nothing when
 *     none was
 */
public record VipDetails(
    Vip vip,
    Optional<Integer> vrid,
    List<Bound> bindings,
    List<Holder> holders,
    Optional<Instant> conflictSince) {
  public VipDetails {
    bindings = List.copyOf(bindings);
    holders = List.copyOf(holders);
  }

  /**
   * Whether several VMs use it at a time; absent when they may and nobody hears it, since those who
   * could are not all listened to.
   */
  public Optional<Boolean> split() {
    List<Bound> able = bindings.stream().filter(it -> it.up() && it.fencedUntil() == null).toList();
    boolean isSplit = holders.size() > 1;
    boolean isKnown = isSplit || able.size() < 2 || able.stream().allMatch(Bound::heard);
    return isKnown ? Optional.of(isSplit) : Optional.empty();
  }

  /**
   * A bound VM.
   *
   * @param nic its NIC on the VIP's network
   * @param up whether that NIC's port carries traffic
   * @param heard whether what the VM says there is heard now
   * @param vmac whether it may use the VRID's MAC address
   * @param configuration whether the configuration that it was given is right for the bindings
   * @param fencedUntil set while its permission is taken away
   */
  public record Bound(
      VmId vmId,
      String vmName,
      Nic nic,
      boolean up,
      boolean heard,
      boolean vmac,
      VirtualRouter.Configuration configuration,
      @Nullable Instant fencedUntil) {}
}
