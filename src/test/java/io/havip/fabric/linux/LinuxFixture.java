package io.havip.fabric.linux;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.FabricFixture;
import io.havip.fabric.VirtualNic;
import io.havip.net.Ipv4Address;
import org.junit.jupiter.api.AfterEach;

/** The fabric of this host; each VM is the far end of a veth. */
abstract class LinuxFixture extends FabricFixture {
  @Override
  protected Fabric open() throws FabricException {
    return LinuxFabric.open();
  }

  @Override
  protected VirtualNic plug(int number, Ipv4Address address) throws Exception {
    return LinuxLab.plug(number, address);
  }

  @Override
  protected void unplug(VirtualNic vm) throws Exception {
    LinuxLab.unplug(vm);
  }

  @AfterEach
  void clearHost() throws Exception {
    LinuxLab.clear();
  }
}
