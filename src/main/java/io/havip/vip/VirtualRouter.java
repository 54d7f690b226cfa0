package io.havip.vip;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.net.MacAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the HA software of a VIP's VMs shares: a virtual router in the words of RFC 9568. It is
 * allocated when the first VM is bound, and kept for the VIP's life.
 *
 * @param networkId the subnet of the VRRP NICs, on which no other VIP has this VRID
 * @param vrid {@link #VRID_MIN} to {@link #VRID_MAX}
 * @param configured for each VM that was given a configuration, the VRRP NICs of the VMs that it
 *     names, its own among them; empty for a configuration with the VRID before this one
 * @param previousVrid the VRID before this one, while a bound VM was not given a configuration with
 *     the new one; both count until then
 */
public record VirtualRouter(
    VipId vipId,
    NetworkId networkId,
    int vrid,
    AuthPass authPass,
    Map<VmId, Set<NicId>> configured,
    @Nullable Integer previousVrid) {
  /** RFC 9568, section 5.2.3. */
  public static final int VRID_MIN = 1;

  public static final int VRID_MAX = 255;

  private static final long MAC_BASE = 0x0000_5e00_0100L;

  public VirtualRouter {
    if (vrid < VRID_MIN || vrid > VRID_MAX) {
      throw new IllegalArgumentException("a VRID is 1 to 255, not " + vrid);
    }
    configured = Map.copyOf(configured);
  }

  /** A virtual router that always had this VRID. */
  public VirtualRouter(
      VipId vipId,
      NetworkId networkId,
      int vrid,
      AuthPass authPass,
      Map<VmId, Set<NicId>> configured) {
    this(vipId, networkId, vrid, authPass, configured, null);
  }

  /** The VRIDs with which the VIP's VMs may advertise it: the current one and the previous one. */
  public Set<Integer> vrids() {
    return previousVrid == null ? Set.of(vrid) : Set.of(vrid, previousVrid);
  }

  /**
   * The same virtual router on another subnet or with another VRID. With another VRID, all
   * configurations that were made are outdated.
   */
  public VirtualRouter moved(NetworkId newNetworkId, int newVrid) {
    if (newVrid == vrid) {
      return new VirtualRouter(vipId, newNetworkId, vrid, authPass, configured, previousVrid);
    }
    Map<VmId, Set<NicId>> outdated = new HashMap<>(configured);
    outdated.replaceAll((_, _) -> Set.of());
    return new VirtualRouter(vipId, newNetworkId, newVrid, authPass, outdated, vrid);
  }

  /** The VRID whose IPv4 MAC address this is; empty for any other MAC address. */
  public static Optional<Integer> vridOf(MacAddress mac) {
    long vrid = mac.bits() - MAC_BASE;
    return vrid >= VRID_MIN && vrid <= VRID_MAX ? Optional.of((int) vrid) : Optional.empty();
  }

  /** The MAC address of a VRID: RFC 9568, section 7.3. */
  public MacAddress mac() {
    return new MacAddress(MAC_BASE | vrid);
  }

  /** Whether HAVIP made a configuration with it; VMs that people configured may use other VRIDs. */
  public boolean isConfigured() {
    return !configured.isEmpty();
  }

  /** What HAVIP knows of a VM's configuration. */
  public enum Configuration {
    /** None was made by HAVIP. */
    NONE,
    /** The newest one names the VMs that are bound. */
    CURRENT,
    /** It names others than are bound: two VMs may use the VIP at once until it is replaced. */
    OUTDATED
  }

  /** What a bound VM's configuration is worth with these bindings. */
  public Configuration configurationOf(VmId vmId, Collection<Binding> bindings) {
    Set<NicId> named = configured.get(vmId);
    if (named == null) {
      return Configuration.NONE;
    }
    return named.equals(vrrpNics(bindings)) ? Configuration.CURRENT : Configuration.OUTDATED;
  }

  /** After a VM was given a configuration; what VMs have that are not bound is forgotten. */
  public VirtualRouter configuring(VmId vmId, Collection<Binding> bindings) {
    Map<VmId, Set<NicId>> now = new HashMap<>(configured);
    now.keySet().retainAll(bindings.stream().map(Binding::vmId).toList());
    now.put(vmId, vrrpNics(bindings));
    boolean isDone =
        bindings.stream().noneMatch(it -> now.getOrDefault(it.vmId(), Set.of()).isEmpty());
    return new VirtualRouter(vipId, networkId, vrid, authPass, now, isDone ? null : previousVrid);
  }

  private static Set<NicId> vrrpNics(Collection<Binding> bindings) {
    return bindings.stream().map(Binding::vrrpNicId).collect(Collectors.toSet());
  }
}
