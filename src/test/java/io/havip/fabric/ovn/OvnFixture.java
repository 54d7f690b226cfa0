package io.havip.fabric.ovn;

import io.havip.demo.Ovn;
import io.havip.demo.Ovn.Chassis;
import io.havip.fabric.Fabric;
import io.havip.fabric.FabricFixture;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.net.Ipv4Address;
import io.havip.ovsdb.OvsdbServer;
import io.havip.ovsdb.Remote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Real OVN on two chassis, between which the VMs are spread; one for all tests of a class. */
abstract class OvnFixture extends FabricFixture {
  @TempDir private static Path directory;
  private static @Nullable Ovn started;
  final List<VirtualNic> plugged = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    OvsdbServer.assumeInstalled();
    started = Ovn.start(directory);
  }

  @AfterAll
  static void end() throws Exception {
    if (started != null) {
      started.close();
    }
  }

  static Ovn ovn() {
    return Objects.requireNonNull(started);
  }

  @Override
  protected Fabric open() {
    return OvnFabric.open(
        List.of(Remote.parse(ovn().northbound())), List.of(Remote.parse(ovn().southbound())), null);
  }

  @Override
  protected boolean mayMissAClaim() {
    return true;
  }

  static Chassis chassisOf(VirtualNic vm) {
    return vm.number() % 2 == 1 ? Chassis.FIRST : Chassis.SECOND;
  }

  @Override
  protected VirtualNic plug(int number, Ipv4Address address) throws Exception {
    VirtualNic vm = LinuxLab.plug(number, address);
    ovn().plug(chassisOf(vm), vm.port());
    plugged.add(vm);
    return vm;
  }

  @Override
  protected void unplug(VirtualNic vm) throws Exception {
    ovn().unplug(chassisOf(vm), vm.port());
  }

  /** Takes away all VMs. */
  final void unplugAll() throws Exception {
    for (VirtualNic vm : plugged) {
      unplug(vm);
    }
    plugged.clear();
  }
}
