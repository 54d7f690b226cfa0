package io.havip.ha;

import io.havip.net.Ipv4Address;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parts of the shell scripts that set up heartbeat or pacemaker in a VM. */
final class Scripts {
  /** RFC 1123, section 2.1, as uname(1) shows it. */
  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");

  /** Tables and rules of external VIPs are numbered from here by VRID. */
  private static final int TABLE_BASE = 10_000;

  private Scripts() {}

  /**
   * The names by which the cluster knows its nodes: what {@code uname -n} says in the VMs.
   *
   * @throws IllegalArgumentException when a VM's name cannot be its host's
   */
  static List<String> hostNames(List<Member> members) {
    List<String> names = members.stream().map(Member::name).toList();
    for (String name : names) {
      if (!HOST_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "it knows VMs by their host names, and '"
                + Comments.harmless(name)
                + "' can be none; rename the VM to what `uname -n` says in it");
      }
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "it knows VMs by their host names, and two VMs are named alike: " + names);
    }
    return names;
  }

  /** Writes a file that only root reads. */
  static String file(String path, String content) {
    return "cat >%s <<'END'\n%sEND\nchmod 600 %s\n".formatted(path, content, path);
  }

  /**
   * Lets packets from external VIPs, and no others, leave through the external gateway. It is
   * harmless in a VM that does not hold the VIP, and must be done at every boot.
   */
  static String routes(List<Membership> memberships) {
    return memberships.stream().map(Scripts::route).collect(Collectors.joining());
  }

  private static String route(Membership vip) {
    Ipv4Address uplink = vip.uplink();
    if (uplink == null) {
      return "";
    }
    int table = TABLE_BASE + vip.vrid();
    return """

    # Now and at every boot: only packets from %1$s leave through the external gateway.
    ip link set %2$s up
    ip route replace default via %3$s dev %2$s onlink table %4$s
    ip rule del from %1$s 2>/dev/null || true
    ip rule add from %1$s lookup %4$s priority %4$s
    """
        .formatted(vip.address(), vip.device(), uplink, Integer.toString(table));
  }

  /** What people must know first. */
  static String head(String software, Node node, List<Membership> memberships) {
    String others =
        node.memberships().stream()
            .filter(vip -> !memberships.contains(vip))
            .map(vip -> "# Not in it, because other VMs are bound: " + vip.address() + "\n")
            .collect(Collectors.joining());
    return """
    #!/bin/sh
    # Sets up %s in VM %s (%s), made by HAVIP: read it, then run it there as root.
    # Every bound VM needs its own. When bindings change, make them all anew.
    %s# Beside it in /etc/sysctl.d/90-havip.conf, then `sysctl --system`:
    #   net.ipv4.conf.all.arp_ignore = 1      answer for an address on its own NIC only
    #   net.ipv4.conf.all.arp_announce = 2    and never ask with the address of another
    set -eu

    """
        .formatted(software, Comments.harmless(node.name()), node.id(), others);
  }
}
