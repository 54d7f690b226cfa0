package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxFabric;
import io.havip.fabric.linux.LinuxLab;
import io.havip.net.Ipv4Address;
import io.havip.vrrp.Advertisement;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A policy that is changed by the API, and what VMs on real bridges can send before and after. */
class NetworkPolicyIT extends ApiFixture {
  /** Shorter than the time between two scans: the change itself must reach the fabric. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final int AH = 51;

  @Override
  Fabric network(Path dir) throws Exception {
    return LinuxFabric.open();
  }

  @AfterAll
  void clear() throws Exception {
    LinuxLab.clear();
  }

  @Test
  void aChangedPolicyTakesEffectOnARunningNetwork() throws Exception {
    VirtualNic first = vm(1);
    VirtualNic second = vm(2);
    byte[] ipv6 = new byte[60];
    ipv6[0] = 0x60;
    ipv6[5] = 20;
    ipv6[6] = 59; // no next header
    byte[] other = Ethernet.frame(Ethernet.BROADCAST, first.mac(), 0x86dd, ipv6);
    byte[] ah = ah(first);

    assertThat(get(path()).json().get("otherTraffic").asString()).isEqualTo("drop");
    assertThat(first.reaches(second, other)).isFalse();
    assertThat(first.reaches(second, ah)).isTrue();

    patch("{'otherTraffic': 'pass'}");
    awaitPassing(first, second, other, true);
    patch("{'ipsec': false}");
    awaitPassing(first, second, ah, false);
    assertThat(first.reaches(second, other)).as("it stays").isTrue();
    patch("{'otherTraffic': 'drop', 'ipsec': null}");
    awaitPassing(first, second, other, false);
    awaitPassing(first, second, ah, true);
  }

  private String path() {
    return "/v1/subnets/" + subnet;
  }

  private void patch(String body) throws Exception {
    assertThat(call("PATCH", path(), body).status()).isEqualTo(200);
  }

  private VirtualNic vm(int number) throws Exception {
    VirtualNic nic = LinuxLab.plug(number, Ipv4Address.parse(hostOf(subnet, 10 + number)));
    String id =
        made(
            "/v1/vms",
            ("{'name': 'vm%d', 'vpcId': '%s', 'nics':"
                    + " [{'networkId': '%s', 'address': '%s', 'mac': '%s', 'port': '%s'}]}")
                .formatted(number, vpc, subnet, nic.address(), nic.mac(), nic.port()));
    await("/v1/vms/" + id, vm -> vm.at("/nics/0/up").asBoolean());
    return nic;
  }

  /** Sends the frame again and again until the network does with it what it should. */
  private static void awaitPassing(VirtualNic from, VirtualNic to, byte[] frame, boolean passes)
      throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (from.reaches(to, frame) != passes) {
      assertThat(System.nanoTime()).as("the frame passes: " + passes).isLessThan(end);
    }
  }

  /** An authentication header (RFC 4302) around something that is no VRRP. */
  private static byte[] ah(VirtualNic vm) {
    byte[] header = new byte[32];
    header[0] = Ipv4.UDP;
    header[1] = 4;
    header[7] = 1;
    header[11] = 1;
    return vm.frame(new Ipv4(vm.address(), Advertisement.GROUP, AH, 255, 7).packet(header));
  }
}
