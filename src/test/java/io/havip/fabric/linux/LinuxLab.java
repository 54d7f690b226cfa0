package io.havip.fabric.linux;

import io.havip.fabric.VirtualNic;
import io.havip.kernel.PacketSocket;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Interfaces and nftables of the sandbox, by the tools that an operator would use. */
public final class LinuxLab {
  private LinuxLab() {}

  /** A veth pair: the port, and the VM's end, over which the test sends and receives. */
  public static VirtualNic plug(int number, Ipv4Address address) throws Exception {
    String port = "p-vm" + number;
    String nic = "nic" + number;
    MacAddress mac = MacAddress.parse(String.format(Locale.ROOT, "02:00:00:00:00:%02x", number));
    run("ip", "link", "add", port, "type", "veth", "peer", "name", nic, "address", mac.toString());
    run("ip", "link", "set", nic, "addrgenmode", "none");
    run("ip", "link", "set", port, "addrgenmode", "none");
    run("ip", "link", "set", nic, "up");
    run("ip", "link", "set", port, "up");
    awaitUp(nic);
    awaitUp(port);
    return new VirtualNic(number, port, mac, address, PacketSocket.open(nic));
  }

  /** The kernel lets packets through a moment after the carrier is there. */
  static void awaitUp(String name) throws Exception {
    while (!run("ip", "link", "show", name).contains(" state UP ")) {
      Thread.sleep(Duration.ofMillis(2));
    }
  }

  static void unplug(VirtualNic vm) throws Exception {
    run("ip", "link", "del", vm.port());
  }

  public static String nft(String commands) throws Exception {
    return run("nft", commands);
  }

  /** As if the machine had just started. */
  public static void clear() throws Exception {
    nft("flush ruleset");
    for (String line : run("ip", "-br", "link").lines().toList()) {
      String name = line.split("[ @]", 2)[0];
      boolean isOurs = name.startsWith("p-vm") || name.matches("havip[0-9]+|br[0-9]+");
      if (isOurs) {
        run("ip", "link", "del", name);
      }
    }
  }

  public static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(List.of(command) + ": " + output);
    }
    return output;
  }
}
