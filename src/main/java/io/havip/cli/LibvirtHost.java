package io.havip.cli;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host that libvirt runs on, as virsh(1) shows it. Nothing is changed there. */
final class LibvirtHost {
  /** A line of `virsh domifaddr`: name, MAC, protocol, address with its prefix. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?m)^ *\\S+ +([0-9a-fA-F:]{17}) +ipv4 +([0-9.]+)/[0-9]+ *$");

  /** From the most certain on: what the guest says, what DHCP gave, what the host heard. */
  private static final List<String> SOURCES = List.of("agent", "lease", "arp");

  private final String uri;

  LibvirtHost(String uri) {
    this.uri = uri;
  }

  /** All its domains and networks. */
  List<LibvirtXml.Described> all() throws CommandFailedException, InterruptedException {
    List<LibvirtXml.Described> all = new ArrayList<>();
    for (String name : names("list", "--all", "--name")) {
      all.add(LibvirtXml.read("the domain " + name, virsh("dumpxml", "--domain", name)));
    }
    for (String name : names("net-list", "--all", "--name")) {
      all.add(LibvirtXml.read("the network " + name, virsh("net-dumpxml", "--network", name)));
    }
    return all;
  }

  /** The addresses that are known of a domain that runs. */
  Map<MacAddress, Ipv4Address> addresses(String domain) throws InterruptedException {
    Map<MacAddress, Ipv4Address> addresses = new HashMap<>();
    for (String source : SOURCES) {
      try {
        Matcher line =
            ADDRESS.matcher(virsh("domifaddr", "--full", "--source", source, "--domain", domain));
        while (line.find()) {
          addresses.putIfAbsent(
              MacAddress.parse(line.group(1).toLowerCase(Locale.ROOT)),
              Ipv4Address.parse(line.group(2)));
        }
      } catch (CommandFailedException _) {
        // Not every domain has each: an agent, a network with DHCP.
      }
    }
    return addresses;
  }

  private List<String> names(String... arguments)
      throws CommandFailedException, InterruptedException {
    return virsh(arguments).lines().map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  private String virsh(String... arguments) throws CommandFailedException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("virsh", "--quiet", "--connect", uri));
    command.addAll(List.of(arguments));
    return Program.output(
        command,
        "install libvirt's client (libvirt-clients), or name files that `virsh dumpxml` wrote");
  }
}
