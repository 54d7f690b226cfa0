package io.havip.decision;

import io.havip.id.VipId;
import io.havip.inventory.Vm;
import io.havip.vip.Vip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What stopping or deleting a VM would do to its VIPs.
 *
 * @param unbinds the VIPs that it would be unbound from
 * @param holderLoses the VIPs that it uses now and would lose
 * @param risks what would be risky, in words
 * @param version the VM's version that this is about
 */
public record VmPreview(
    List<VipId> unbinds, List<VipId> holderLoses, List<String> risks, long version) {
  /**
   * What a VM that stops would lose; it stays bound, and the others notice that it is gone.
   *
   * @param held the VIPs that it uses now
   */
  public static VmPreview ofStop(Vm vm, List<Vip> held) {
    return of(vm, List.of(), held, _ -> Optional.empty());
  }

  /**
   * What a VM that is deleted would lose.
   *
   * @param vips those that the VM is bound to
   * @param held those of them that it uses now
   * @param advertises whether the VM talks VRRP about a VIP; absent where the fabric cannot tell
   */
  public static VmPreview ofDelete(
      Vm vm, List<Vip> vips, List<Vip> held, Function<VipId, Optional<Boolean>> advertises) {
    return of(vm, vips, held, vip -> Loss.risk(vm.name(), advertises.apply(vip.id())));
  }

  /** A VM that neither stops nor goes loses nothing. */
  public static VmPreview ofNothing(Vm vm) {
    return of(vm, List.of(), List.of(), _ -> Optional.empty());
  }

  private static VmPreview of(
      Vm vm, List<Vip> unbinds, List<Vip> held, Function<Vip, Optional<String>> risk) {
    List<String> risks = new ArrayList<>();
    for (Vip vip : held) {
      if (vip.bindings().size() == 1) {
        risks.add(
            "no other VM is bound to %s: nobody can take it over from %s"
                .formatted(vip.name(), vm.name()));
      } else {
        risk.apply(vip).ifPresent(text -> risks.add(vip.name() + ": " + text));
      }
    }
    return new VmPreview(
        unbinds.stream().map(Vip::id).toList(),
        held.stream().map(Vip::id).toList(),
        risks,
        vm.version());
  }
}
