package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.kernel.NetworkNamespace;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A host that boots: a network namespace in which nothing is yet, and in which no server runs. Who
 * plugs the VMs there knows nothing but the bridge's name, as libvirt does.
 */
class BootIT {
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");

  @TempDir private Path directory;

  @Test
  void whatWasEnforcedIsInForceBeforeAnyVmStarts() throws Exception {
    Path data = enforce();

    LinuxLab.run("ip", "netns", "add", "booted");
    assertThat(inside("nft", "list", "ruleset")).isEmpty();
    assertThat(inside(ServerProcess.havip("boot", "--data-dir", data.toString())))
        .contains("In force: 1 networks, 3 NICs, 1 VIPs");
    assertThat(inside("ip", "-br", "link", "show", "type", "bridge")).contains("havip1 ");

    List<VirtualNic> vms = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      vms.add(plugInside(i));
    }
    VirtualNic bound = vms.get(0);
    VirtualNic unbound = vms.get(1);
    VirtualNic witness = vms.get(2);
    assertThat(bound.reaches(witness, bound.claim(VIP))).as("bound").isTrue();
    assertThat(unbound.reaches(witness, unbound.claim(VIP))).as("unbound").isFalse();
    assertThat(unbound.reaches(witness, unbound.advert(VIP))).as("unbound").isFalse();
    assertThat(unbound.reaches(witness, unbound.udp(VIP, witness.address(), "theft"))).isFalse();
    for (VirtualNic vm : vms) {
      vm.socket().close();
    }

    LinuxLab.run("ip", "netns", "del", "booted");
  }

  /** A server with three VMs and a VIP, from which the second was unbound at last; it is killed. */
  private Path enforce() throws Exception {
    ServerProcess server = new ServerProcess(directory);
    try {
      String vpc = id(server.call("POST", "/v1/vpcs", Map.of("name", "v", "cidr", "10.0.0.0/16")));
      String subnet =
          id(
              server.call(
                  "POST", "/v1/subnets", Map.of("name", "s", "vpcId", vpc, "cidr", "10.0.0.0/24")));
      List<String> vmIds = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        Map<String, String> nic =
            Map.of(
                "networkId",
                subnet,
                "address",
                address(i).toString(),
                "mac",
                "02:00:00:00:00:0" + i,
                "port",
                "p-vm" + i);
        vmIds.add(
            id(
                server.call(
                    "POST", "/v1/vms", Map.of("name", "vm", "vpcId", vpc, "nics", List.of(nic)))));
      }
      String vip =
          id(
              server.call(
                  "POST",
                  "/v1/vips",
                  Map.of(
                      "name",
                      "vip",
                      "type",
                      "internal",
                      "vpcId",
                      vpc,
                      "networkId",
                      subnet,
                      "address",
                      VIP.toString(),
                      "vmIds",
                      vmIds.subList(0, 2))));
      server.call("DELETE", "/v1/vips/" + vip + "/bindings/" + vmIds.get(1), List.of());
      String all = "\"members\":[{\"port\":\"p-vm1\",";
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!isSaved(server.dataDir(), all)) {
        assertThat(System.nanoTime()).as("not yet saved").isLessThan(end);
        Thread.sleep(10);
      }
    } finally {
      server.kill();
    }
    return server.dataDir();
  }

  private static boolean isSaved(Path dataDir, String text) throws IOException {
    Path file = dataDir.resolve("fabric.json");
    return Files.exists(file)
        && Files.readString(file).contains(text)
        && Files.readString(file).split("vrrpPort", -1).length == 2;
  }

  /** As libvirt does when a VM starts: the tap is made, and then put on the bridge. */
  private static VirtualNic plugInside(int number) throws Exception {
    return NetworkNamespace.named("booted")
        .call(() -> {
          try {
            VirtualNic nic = LinuxLab.plug(number, address(number));
            LinuxLab.run("ip", "link", "set", nic.port(), "master", "havip1");
            return nic;
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            throw new UncheckedIOException(new IOException(e));
          }
        });
  }

  private static String inside(String... command) throws Exception {
    return inside(List.of(command));
  }

  private static String inside(List<String> command) throws Exception {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/booted"));
    all.addAll(command);
    return LinuxLab.run(all.toArray(String[]::new));
  }

  private static Ipv4Address address(int number) {
    return Ipv4Address.parse("10.0.0.1" + number);
  }

  private static String id(JsonNode resource) {
    return resource.get("id").asString();
  }
}
