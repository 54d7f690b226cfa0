package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.havip.fabric.linux.LinuxLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages of docs/howto whose commands are fenced, done as they say. What stands in: network
 * namespaces for VMs, libvirt's test driver for its hypervisor, and a script for the VMs' systemd.
 */
class HowtoIT {
  @TempDir private Path directory;
  private HowtoHost host;

  @BeforeEach
  void start() throws Exception {
    host = new HowtoHost(directory);
    host.program(
        "systemctl",
        """
        set -e
        [ "$2" = keepalived ]
        kill $(cat /run/keepalived.pid) 2>/dev/null && sleep 1 || true
        [ "$1" = stop ] || keepalived --use-file /etc/keepalived/keepalived.conf \
          --pid /run/keepalived.pid --vrrp_pid /run/vrrp.pid --vrrp </dev/null >/dev/null 2>&1
        """);
  }

  @AfterEach
  void stop() throws Exception {
    host.stop();
  }

  @Test
  void theFirstVipOnAKvmHost() throws Exception {
    assumeTrue(isHere("virsh"), "virsh is not installed");
    defineDomains();
    for (String number : List.of("1", "2")) {
      String vm = "db-" + number;
      HowtoHost.namespace(vm);
      HowtoHost.nic(
          vm,
          "db" + number + "-eth0",
          "eth0",
          "52:54:00:4d:01:1" + number,
          "10.77.1.1" + number + "/24");
      host.start(vm);
    }
    host.follow(Path.of("docs/howto/first-vip.md"));
  }

  @Test
  void anExternalVip() throws Exception {
    LinuxLab.run("ip", "link", "add", "br-ext", "type", "bridge", "forward_delay", "0");
    LinuxLab.run("ip", "link", "set", "br-ext", "up");
    for (String number : List.of("1", "2")) {
      String vm = "web-" + number;
      String port = "web" + number;
      HowtoHost.namespace(vm);
      HowtoHost.nic(
          vm, port + "-eth0", "eth0", "52:54:00:4d:01:1" + number, "10.77.1.1" + number + "/24");
      HowtoHost.nic(vm, port + "-eth1", "eth1", "52:54:00:4d:02:1" + number);
      LinuxLab.run("ip", "-n", vm, "route", "add", "default", "via", "10.77.1.1");
      host.start(vm);
    }
    HowtoHost.namespace("gateway");
    HowtoHost.nic("gateway", "gateway-eth0", "eth0", "52:54:00:4d:03:01", "192.0.2.1/24");
    LinuxLab.run("ip", "link", "set", "gateway-eth0", "master", "br-ext");
    HowtoHost.namespace("client");
    HowtoHost.nic("client", "gateway-eth1", "eth0", "52:54:00:4d:04:20", "198.51.100.20/24");
    LinuxLab.run("ip", "link", "set", "gateway-eth1", "netns", "gateway");
    LinuxLab.run("ip", "-n", "gateway", "addr", "add", "198.51.100.1/24", "dev", "gateway-eth1");
    LinuxLab.run("ip", "-n", "gateway", "link", "set", "gateway-eth1", "up");
    LinuxLab.run("ip", "-n", "client", "route", "add", "default", "via", "198.51.100.1");
    LinuxLab.run("ip", "netns", "exec", "gateway", "sysctl", "-qw", "net.ipv4.ip_forward=1");
    host.start("client");
    host.follow(Path.of("docs/howto/external-vip.md"));
  }

  private void defineDomains() throws IOException {
    host.program(
        "virsh",
        "shift 3; exec /usr/bin/virsh --quiet --connect test://%s \"$@\""
            .formatted(directory.resolve("node.xml")));
    Matcher nic =
        Pattern.compile("(?ms)^```xml\\n(.*?)^```$")
            .matcher(Files.readString(Path.of("docs/howto/first-vip.md")));
    assertThat(nic.find()).isTrue();
    String second =
        nic.group(1).replace(":11'", ":12'").replace("db1", "db2").replace("1.11'", "1.12'");
    Files.writeString(
        directory.resolve("node.xml"),
        "<node>" + domain("db-1", nic.group(1)) + domain("db-2", second) + "</node>");
  }

  private static String domain(String name, String nic) {
    return "<domain type='test'><name>%s</name><memory>8192</memory><os><type>hvm</type></os><devices>%s</devices></domain>"
        .formatted(name, nic);
  }

  private static boolean isHere(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }
}
