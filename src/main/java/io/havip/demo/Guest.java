package io.havip.demo;

import io.havip.kernel.NetworkNamespace;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network namespace that stands in for a VM. Its NIC `eth0` is one end of a veth pair, whose
 * other end is the port that the fabric attaches to its bridge.
 *
 * @param name at most 10 characters
 * @param address of its NIC
 * @param mac of its NIC
 */
record Guest(String name, Ipv4Address address, MacAddress mac) {
  static final String NIC = "eth0";

  private static final Pattern LINK_LAYER_ADDRESS = Pattern.compile("lladdr (\\S+)");

  /** The fabric's end of the NIC; also what ip-netns(8) calls the namespace. */
  String port() {
    return "demo-" + name;
  }

  NetworkNamespace namespace() {
    return NetworkNamespace.named(port());
  }

  /** Makes the namespace and the NIC. */
  void plug(Cidr subnet) throws IOException, InterruptedException {
    Program.output("ip", "netns", "add", port());
    sysctl("net/ipv6/conf/all/disable_ipv6", 1);
    sysctl("net/ipv6/conf/default/disable_ipv6", 1);
    // A server may then wait for requests to the VIP before its machine holds it.
    sysctl("net/ipv4/ip_nonlocal_bind", 1);
    ip("link", "set", "lo", "up");
    Program.output(
        "ip",
        "link",
        "add",
        port(),
        "type",
        "veth",
        "peer",
        "name",
        NIC,
        "address",
        mac.toString(),
        "netns",
        port());
    Program.output("ip", "link", "set", port(), "addrgenmode", "none", "up");
    ip("addr", "add", address + "/" + subnet.prefixLength(), "brd", "+", "dev", NIC);
    ip("link", "set", NIC, "up");
  }

  /** Removes the namespace, and with it the NIC and the port. */
  void unplug() throws IOException, InterruptedException {
    // Left to the namespace, they would stay until the kernel finds time to remove it.
    Program.run(List.of("ip", "link", "del", port()));
    Program.output("ip", "netns", "del", port());
  }

  /** Runs ip(8) inside. */
  String ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", port()));
    command.addAll(List.of(arguments));
    return Program.output(command.toArray(String[]::new));
  }

  /** What is to be run to run the command inside. */
  List<String> inside(String... command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + namespace().path()));
    all.addAll(List.of(command));
    return all;
  }

  /** Whether the NIC has the address. */
  boolean has(Ipv4Address wanted) throws IOException, InterruptedException {
    return ip("-o", "-4", "addr", "show", "dev", NIC).contains(" " + wanted + "/");
  }

  /** Where packets to the neighbour go: its entry in the ARP cache, if there is a usable one. */
  Optional<MacAddress> neighbour(Ipv4Address neighbour) throws IOException, InterruptedException {
    return neighbour(neighbour, NIC);
  }

  /** The same for the neighbours of another of its NICs. */
  Optional<MacAddress> neighbour(Ipv4Address neighbour, String device)
      throws IOException, InterruptedException {
    Matcher entry =
        LINK_LAYER_ADDRESS.matcher(ip("neigh", "show", neighbour.toString(), "dev", device));
    return entry.find() ? Optional.of(MacAddress.parse(entry.group(1))) : Optional.empty();
  }

  private void sysctl(String name, int value) throws IOException, InterruptedException {
    Path setting = Path.of("/proc/sys", name);
    namespace()
        .call(() ->
            Files.exists(setting) ? Files.writeString(setting, Integer.toString(value)) : setting);
  }
}
