package io.havip.keepalived.check;

import io.havip.keepalived.check.ControlPlane.KnownVip;
import io.havip.keepalived.check.ControlPlane.KnownVm;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import io.havip.net.Ipv4Address;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What differs from what HAVIP knows. */
final class PlaneChecks {
  private final Findings findings;
  private final ControlPlane plane;

  PlaneChecks(Findings findings, ControlPlane plane) {
    this.findings = findings;
    this.plane = plane;
  }

  void check(Node node) {
    for (Instance instance : node.instances()) {
      Optional<KnownVm> vm = vm(instance);
      for (VipLine line : instance.vips()) {
        line.address().ifPresent(address -> vip(instance, vm, line, address));
      }
      Set<String> bound =
          instance.vips().stream()
              .flatMap(line -> line.address().flatMap(plane::vip).stream())
              .flatMap(vip -> vip.vmIds().stream())
              .collect(Collectors.toSet());
      if (!bound.isEmpty()) {
        peers(instance, vm, bound);
      }
    }
  }

  /** The VM that the file is of; its source address is checked on the way. */
  private Optional<KnownVm> vm(Instance instance) {
    String said = plane.vm();
    Optional<Ipv4Address> source = instance.sourceAddress();
    Optional<KnownVm> known = said == null ? source.flatMap(plane::vmAt) : plane.vm(said);
    Optional<Word> word = instance.source();
    if (word.isPresent() && source.isPresent()) {
      boolean isOwn = known.filter(vm -> vm.addresses().contains(source.get())).isPresent();
      if (!isOwn) {
        List<Edit> fix =
            known
                .filter(vm -> vm.addresses().size() == 1)
                .map(
                    vm -> Findings.replace(word.get(), vm.addresses().iterator().next().toString()))
                .orElse(List.of());
        findings.add(
            FindingCode.SOURCE_NOT_OF_VM,
            word.get(),
            known
                .map(vm -> source.get() + " is no address of " + vm.name())
                .orElse(source.get() + " is the address of no VM that is bound"),
            fix);
      }
    }
    return known;
  }

  private void vip(Instance instance, Optional<KnownVm> vm, VipLine line, Ipv4Address address) {
    Optional<KnownVip> known = plane.vip(address);
    if (known.isEmpty()) {
      findings.add(
          FindingCode.VIP_UNKNOWN,
          line.word(),
          "there is no VIP " + address + " in this VPC",
          List.of());
      return;
    }
    KnownVip vip = known.get();
    if (vm.isPresent() && !vip.vmIds().contains(vm.get().id())) {
      findings.add(
          FindingCode.VM_NOT_BOUND,
          line.word(),
          "%s is not bound to %s".formatted(vm.get().name(), vip.name()),
          List.of());
    }
    int length = vip.prefixLength();
    if (line.hasPrefix() && !line.prefixLength().equals(Optional.of(length))) {
      findings.add(
          FindingCode.VIP_WRONG_PREFIX,
          line.word(),
          "the network of %s is a /%d".formatted(vip.name(), length),
          Findings.replace(line.word(), address + "/" + length));
    }
    dev(instance, line, vip);
    vrid(instance, vip);
  }

  private void dev(Instance instance, VipLine line, KnownVip vip) {
    Optional<Word> dev = line.dev();
    Optional<Word> nic = instance.networkInterface();
    if (dev.isEmpty() || nic.isEmpty()) {
      return;
    }
    boolean isSame = dev.get().text().equals(nic.get().text());
    if (isSame == vip.isExternal()) {
      findings.add(
          FindingCode.VIP_WRONG_DEV,
          dev.get(),
          vip.isExternal()
              ? vip.name() + " is external and belongs on the NIC of its external network"
              : vip.name() + " is internal and belongs on " + nic.get().text(),
          vip.isExternal() ? List.of() : Findings.replace(dev.get(), nic.get().text()));
    }
  }

  private void vrid(Instance instance, KnownVip vip) {
    Optional<Word> word = instance.word("virtual_router_id");
    if (word.isPresent()
        && vip.vrid().isPresent()
        && instance.vrid().isPresent()
        && !vip.vrid().equals(instance.vrid())) {
      findings.add(
          FindingCode.VRID_NOT_ALLOCATED,
          word.get(),
          "the virtual router id of %s is %d".formatted(vip.name(), vip.vrid().get()),
          Findings.replace(word.get(), Integer.toString(vip.vrid().get())));
    }
  }

  private void peers(Instance instance, Optional<KnownVm> self, Set<String> bound) {
    Set<String> reached = new HashSet<>();
    self.ifPresent(vm -> reached.add(vm.id()));
    for (Word peer : instance.peers()) {
      Optional<Ipv4Address> address = Numbers.address(peer.text());
      Optional<KnownVm> vm =
          address.flatMap(plane::vmAt).filter(known -> bound.contains(known.id()));
      vm.ifPresent(known -> reached.add(known.id()));
      if (address.isPresent() && vm.isEmpty()) {
        findings.add(
            FindingCode.PEER_NOT_BOUND,
            peer,
            peer.text() + " is the address of no VM that is bound to the VIP",
            findings.comment(peer));
      }
    }
    Optional<Statement> block = instance.statement().last("unicast_peer");
    for (String id : bound.stream().sorted().toList()) {
      Optional<KnownVm> missing = plane.vm(id).filter(_ -> !reached.contains(id));
      if (missing.isPresent() && block.isPresent() && self.isPresent()) {
        KnownVm vm = missing.get();
        findings.add(
            FindingCode.BOUND_VM_NOT_PEER,
            block.get(),
            vm.name() + " is bound to the VIP and is no peer",
            vm.addresses().stream()
                .sorted()
                .findFirst()
                .map(address -> findings.addTo(block.get(), address.toString()))
                .orElse(List.of()));
      }
    }
  }
}
