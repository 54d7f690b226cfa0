package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.Snapshot;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.Vm;
import io.havip.keepalived.check.Checker;
import io.havip.keepalived.check.ControlPlane;
import io.havip.keepalived.check.ControlPlane.KnownVip;
import io.havip.keepalived.check.ControlPlane.KnownVm;
import io.havip.keepalived.check.Report;
import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.SourceFile;
import io.havip.net.Ipv4Address;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds mistakes in keepalived.conf. What belongs to other accounts is not known to it. */
public final class KeepalivedCheckService {
  /** Of the VIPs that files name, so many are looked up. */
  private static final int VIPS_MAX = 64;

  private final Store store;

  public KeepalivedCheckService(Store store) {
    this.store = store;
  }

  /**
   * Looks at files together, and at what is known when one of the ids is given.
   *
   * @param vmId the VM whose file it is
   * @param vipId the VIP whose VMs have the files
   */
  public Report check(
      Caller caller, List<SourceFile> files, @Nullable VmId vmId, @Nullable VipId vipId) {
    if (vmId == null && vipId == null) {
      return new Checker(Includes.NONE, null).check(files);
    }
    Set<Ipv4Address> named = new Checker(Includes.NONE, null).vipAddresses(files);
    ControlPlane plane =
        store.read(reader ->
            vmId != null
                ? ofVm(reader, caller, vmId, named)
                : ofVip(reader, caller, Objects.requireNonNull(vipId), named));
    return new Checker(Includes.NONE, plane).check(files);
  }

  private static ControlPlane ofVm(Reader reader, Caller caller, VmId id, Set<Ipv4Address> named) {
    Vm vm =
        reader
            .vm(id)
            .filter(it -> it.accountId().equals(caller.accountId()))
            .orElseThrow(() -> missing("vmId", id.value()));
    return plane(reader, caller, vm.vpcId(), named, Optional.empty(), Optional.of(vm));
  }

  private static ControlPlane ofVip(
      Reader reader, Caller caller, VipId id, Set<Ipv4Address> named) {
    Vip vip =
        reader
            .vip(id)
            .filter(it -> it.accountId().equals(caller.accountId()))
            .orElseThrow(() -> missing("vipId", id.value()));
    return plane(reader, caller, vip.vpcId(), named, Optional.of(vip), Optional.empty());
  }

  private static Refused missing(String field, String id) {
    return Refused.field(field, ErrorCode.REFERENCE_NOT_FOUND, id + " does not exist");
  }

  private static ControlPlane plane(
      Reader reader,
      Caller caller,
      VpcId vpcId,
      Set<Ipv4Address> named,
      Optional<Vip> vip,
      Optional<Vm> vm) {
    Set<Vip> vips = new LinkedHashSet<>();
    vip.ifPresent(vips::add);
    for (Ipv4Address address : named.stream().limit(VIPS_MAX).toList()) {
      VipQuery query =
          new VipQuery(null, null, vpcId, null, null, address, null, VipQuery.Sort.ID, false);
      vips.addAll(reader.vips(caller.accountId(), query, null, VIPS_MAX).items());
    }
    Set<VmId> vmIds = vips.stream().flatMap(it -> it.vmIds().stream()).collect(Collectors.toSet());
    vm.ifPresent(it -> vmIds.add(it.id()));
    return new ControlPlane(
        vips.stream().map(it -> known(reader, it)).toList(),
        reader.vms(vmIds).values().stream().map(KeepalivedCheckService::known).toList(),
        vm.map(it -> it.id().value()).orElse(null));
  }

  private static KnownVip known(Snapshot snapshot, Vip vip) {
    int prefixLength =
        snapshot
            .network(vip.networkId())
            .map(network -> network.cidr().prefixLength())
            .orElseThrow(() -> new IllegalStateException(vip.id() + " is on no network"));
    return new KnownVip(
        vip.name(),
        vip.address(),
        prefixLength,
        vip.type() == VipType.EXTERNAL,
        snapshot
            .virtualRouter(vip.id())
            .filter(VirtualRouter::isConfigured)
            .map(VirtualRouter::vrid),
        vip.vmIds().stream().map(VmId::value).collect(Collectors.toSet()));
  }

  private static KnownVm known(Vm vm) {
    return new KnownVm(
        vm.id().value(),
        vm.name(),
        vm.nics().stream()
            .filter(nic -> !nic.networkId().isExternal())
            .flatMap(nic -> Optional.ofNullable(nic.address()).stream())
            .collect(Collectors.toSet()));
  }
}
