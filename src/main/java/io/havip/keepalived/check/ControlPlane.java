package io.havip.keepalived.check;

import io.havip.net.Ipv4Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What HAVIP knows of the VPC that the files are for.
 *
 * @param vips those whose addresses the files name, of the VPC
 * @param vms those that are bound to one of them, and {@code vm}
 * @param vm the id of the VM whose file it is; nothing when each file is of another VM
 */
public record ControlPlane(List<KnownVip> vips, List<KnownVm> vms, @Nullable String vm) {
  public ControlPlane {
    vips = List.copyOf(vips);
    vms = List.copyOf(vms);
  }

  /**
   * A VIP.
   *
   * @param prefixLength of its network
   * @param vrid the virtual router id that HAVIP gave it; nothing when it has none
   * @param vmIds the VMs that are bound to it
   */
  public record KnownVip(
      String name,
      Ipv4Address address,
      int prefixLength,
      boolean isExternal,
      Optional<Integer> vrid,
      Set<String> vmIds) {
    public KnownVip {
      vmIds = Set.copyOf(vmIds);
    }
  }

  /**
   * A VM.
   *
   * @param addresses of its NICs on subnets of the VPC
   */
  public record KnownVm(String id, String name, Set<Ipv4Address> addresses) {
    public KnownVm {
      addresses = Set.copyOf(addresses);
    }
  }

  Optional<KnownVip> vip(Ipv4Address address) {
    return vips.stream().filter(vip -> vip.address().equals(address)).findFirst();
  }

  Optional<KnownVm> vm(String id) {
    return vms.stream().filter(known -> known.id().equals(id)).findFirst();
  }

  Optional<KnownVm> vmAt(Ipv4Address address) {
    return vms.stream().filter(known -> known.addresses().contains(address)).findFirst();
  }
}
