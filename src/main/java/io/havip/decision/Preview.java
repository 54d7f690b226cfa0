package io.havip.decision;

import io.havip.id.NetworkId;
import io.havip.id.VmId;
import io.havip.vip.Binding;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VirtualRouter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a change of who may use a VIP would do.
 *
 * @param add the VMs that would be bound
 * @param remove the VMs that would be unbound
 * @param keep the VMs that would stay bound
 * @param attachNics the NICs that the VMs would get, for whoever runs them to plug
 * @param holderLoses the VMs that use the VIP now and would lose it
 * @param outdatedConfigurations the VMs whose configuration, made by HAVIP, would name others than
 *     are bound
 * @param risks what would be risky, in words
 * @param version the VIP's version that this is about; absent when there is no VIP yet
 */
public record Preview(
    List<VmId> add,
    List<VmId> remove,
    List<VmId> keep,
    List<NewNic> attachNics,
    List<VmId> holderLoses,
    List<VmId> outdatedConfigurations,
    List<String> risks,
    @Nullable Long version) {
  /** An address-less NIC of a VM on an external network. */
  public record NewNic(VmId vmId, NetworkId networkId) {}

  /**
   * Compares a VIP with what a decision would make of it.
   *
   * @param before nothing when the decision creates it
   * @param holders who uses it now
   * @param router what its VMs were told so far, if anything
   * @param risk what is risky when a VM that uses it loses it
   */
  public static Preview of(
      Optional<Vip> before,
      Decision<Vip> decision,
      List<Holder> holders,
      Optional<VirtualRouter> router,
      Function<VmId, Optional<String>> risk) {
    List<VmId> old = before.map(Vip::vmIds).orElse(List.of());
    List<VmId> wanted =
        decision.answer().state() == VipState.DELETING ? List.of() : decision.answer().vmIds();
    List<VmId> add = without(wanted, old);
    List<VmId> remove = without(old, wanted);
    List<VmId> keep = without(old, remove);
    List<VmId> losers =
        holders.stream()
            .map(Holder::vmId)
            .filter(vm -> remove.contains(vm) || isFenced(decision.answer(), vm))
            .toList();
    return new Preview(
        add,
        remove,
        keep,
        decision.changes().stream()
            .filter(Change.AddNic.class::isInstance)
            .map(change -> ((Change.AddNic) change).nic())
            .map(nic -> new NewNic(nic.vmId(), nic.networkId()))
            .toList(),
        losers,
        keep.stream().filter(vmId -> isOutdated(router, vmId, decision.answer())).toList(),
        losers.stream().flatMap(vm -> risk.apply(vm).stream()).toList(),
        before.map(Vip::version).orElse(null));
  }

  private static boolean isFenced(Vip wanted, VmId vm) {
    return wanted.binding(vm).filter(Binding::isFenced).isPresent();
  }

  private static boolean isOutdated(Optional<VirtualRouter> router, VmId vmId, Vip wanted) {
    return router
        .map(it -> it.configurationOf(vmId, wanted.bindings()))
        .filter(VirtualRouter.Configuration.OUTDATED::equals)
        .isPresent();
  }

  private static List<VmId> without(List<VmId> all, List<VmId> some) {
    return all.stream().filter(id -> !some.contains(id)).toList();
  }
}
