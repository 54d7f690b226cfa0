package io.havip.reconcile;

import static io.havip.fabric.linux.LinuxLab.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.Happening;
import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.fabric.linux.LinuxLab;
import io.havip.id.VmId;
import io.havip.inventory.AddressConflict;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A physical host behind the uplink of an external network: its kernel answers for its address. The
 * Linux fabric judges all packets; the test moves HAVIP's clock.
 */
class PhysicalHostIT {
  private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.0.30");
  private static final int PACKETS = 50;

  private VirtualNic vm;
  private VirtualNic client;
  private VirtualNic host;
  private Fabric fabric;
  private ConflictStage stage;

  @BeforeEach
  void build(@TempDir Path directory) throws Exception {
    vm = LinuxLab.plug(1, Ipv4Address.parse("10.0.0.31"));
    client = LinuxLab.plug(9, Ipv4Address.parse("10.0.0.19"));
    host = LinuxLab.plug(50, Ipv4Address.parse("10.0.0.40"));
    fabric = LinuxFabric.open();
    stage = new ConflictStage(fabric, directory, host.port());
    VmId other = stage.vm(client.address().toString(), client.mac(), client.port());
    ConflictStage.await(() -> stage.nic(other), nic -> nic.status().up());
    ConflictStage.await(() -> stage.isUsable(other), it -> it);
  }

  @AfterEach
  void clear() throws Exception {
    stage.close();
    fabric.close();
    for (VirtualNic each : new VirtualNic[] {vm, client, host}) {
      each.socket().close();
    }
    LinuxLab.clear();
  }

  private static void comes() throws Exception {
    run("ip", "addr", "add", ADDRESS + "/24", "dev", "nic50");
  }

  private static void goes() throws Exception {
    run("ip", "addr", "del", ADDRESS + "/24", "dev", "nic50");
  }

  private VmId create() {
    // From its other address the VM may always send.
    return stage.vm(ADDRESS.toString(), vm.mac(), vm.port(), vm.address() + "/32");
  }

  @Test
  void aHostThatHasTheAddressKeepsItUntilItLeaves() throws Exception {
    comes();
    VmId id = create();

    AddressConflict conflict = stage.awaitConflict(id);
    assertThat(conflict.mac()).isEqualTo(host.mac());
    assertThat(conflict.port()).isEqualTo(host.port());
    ConflictStage.await(() -> stage.nic(id), nic -> nic.status().up());
    assertThat(vm.reaches(client, vm.claim(ADDRESS))).as("the VM's claim").isFalse();
    assertThat(vm.reaches(client, vm.udp(ADDRESS, client.address(), "as the host"))).isFalse();
    for (int i = 0; i < PACKETS; i++) {
      assertThat(host.reaches(client, host.claim(ADDRESS))).as("claim %d", i).isTrue();
      assertThat(host.reaches(client, host.udp(ADDRESS, client.address(), "packet " + i)))
          .as("packet %d", i)
          .isTrue();
    }
    assertThat(stage.toldToTheTenant())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), id, null, null));
    assertThat(stage.toldToAdministrators())
        .containsExactly(
            new Happening.AddressConflictBegan(
                ADDRESS, stage.networkId(), id, host.mac(), host.port()));

    goes();
    stage.advance(Duration.ofSeconds(30));
    stage.awaitNoConflict(id);
    ConflictStage.await(() -> reaches(vm.claim(ADDRESS)), it -> it);
    assertThat(vm.reaches(client, vm.udp(ADDRESS, client.address(), "the VM's"))).isTrue();
    assertThat(host.reaches(client, host.claim(ADDRESS))).as("the VM's address now").isFalse();
  }

  private boolean reaches(byte[] frame) {
    try {
      return vm.reaches(client, frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aHostThatReturnsIsToldAsAConflict() throws Exception {
    VmId id = create();
    ConflictStage.await(() -> reaches(vm.claim(ADDRESS)), it -> it);

    comes();
    assertThat(host.reaches(client, host.claim(ADDRESS))).as("refused").isFalse();

    AddressConflict conflict = stage.awaitConflict(id);
    assertThat(conflict.mac()).isEqualTo(host.mac());
    assertThat(conflict.port()).isEqualTo(host.port());
    assertThat(vm.reaches(client, vm.claim(ADDRESS))).as("the VM keeps it").isTrue();
    assertThat(stage.toldToTheTenant())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), id, null, null));

    goes();
    stage.advance(Duration.ofSeconds(65));
    stage.awaitNoConflict(id);
    assertThat(stage.toldToTheTenant()).hasSize(2);
  }
}
