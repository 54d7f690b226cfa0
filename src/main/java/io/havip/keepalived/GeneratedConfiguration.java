package io.havip.keepalived;

import io.havip.ha.Comments;
import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.VmId;
import io.havip.net.Ipv4Address;
import io.havip.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The keepalived.conf(5) of one VM, for keepalived 2.0 and newer: one VRRP instance for each of its
 * VIPs, unicast among exactly the bound VMs, with distinct priorities. VIPs of the same VMs move
 * together.
 *
 * <p>An external VIP is elected for over the VM's NIC in the VPC and is put on its external NIC.
 * Its default route is in a table of its own that only packets from the VIP look into: in the main
 * table it would take all the traffic of the VM.
 */
public final class GeneratedConfiguration {
  /** So often the holder repeats its claim, for switches and filters that forgot it. */
  private static final Duration CLAIM_REFRESH = Duration.ofSeconds(5);

  private static final String CHECK = "havip_check";
  private static final int PRIORITY_HIGHEST = 200;
  private static final int PRIORITY_STEP = 10;
  private static final int MEMBERS_MAX = 20;

  /** Tables and rules of external VIPs are numbered from here by VRID. */
  private static final int TABLE_BASE = 10_000;

  private final Node node;
  private final GenerationOptions options;
  private final StringBuilder text = new StringBuilder();

  private GeneratedConfiguration(Node node, GenerationOptions options) {
    this.node = node;
    this.options = options;
  }

  /** The whole file. */
  public static String of(Node node, GenerationOptions options) {
    return new GeneratedConfiguration(node, options).write();
  }

  private String write() {
    head();
    globals();
    if (options.checkScript() != null) {
      check();
    }
    node.memberships().forEach(this::instance);
    syncGroups();
    return text.toString();
  }

  private void head() {
    line(
        "# keepalived.conf of VM %s (%s), made by HAVIP."
            .formatted(Comments.harmless(node.name()), node.id()));
    line("# Every VM that is bound to a VIP needs a file of its own. When bindings change, make");
    line("# them all anew: a VM that does not know a new one would hold the VIP beside it.");
    line("#");
    line("# Install it as root, beside these lines in /etc/sysctl.d/90-havip.conf:");
    line("#   net.ipv4.conf.all.arp_ignore = 1      answer for an address on its own NIC only");
    line("#   net.ipv4.conf.all.arp_announce = 2    and never ask with the address of another");
    line("#");
    line("#   install -m 600 FILE /etc/keepalived/keepalived.conf");
    line("#   sysctl --system");
    line("#   keepalived --config-test && systemctl reload-or-restart keepalived");
    line("");
  }

  private void globals() {
    line("global_defs {");
    line("  router_id %s".formatted(node.id()));
    line("  vrrp_version %s".formatted(options.version().number()));
    line("  # Scripts run as root, and only those that nobody else can write.");
    line("  script_user root");
    line("  enable_script_security");
    line("}");
  }

  private void check() {
    line("");
    line("# The VM gives its VIPs up when this fails twice. It has no weight: with one, a VM that");
    line("# holds a VIP and is not preempted would keep it.");
    line("vrrp_script %s {".formatted(CHECK));
    line("  script \"%s\"".formatted(options.checkScript()));
    line("  interval 1");
    line("  timeout 3");
    line("  fall 2");
    line("  rise 2");
    line("}");
  }

  private void instance(Membership vip) {
    line("");
    line("# VIP %s: %s".formatted(Comments.harmless(vip.vipName()), vip.address()));
    line("vrrp_instance %s {".formatted(instanceName(vip)));
    line("  state BACKUP");
    if (!options.preempt()) {
      line("  # Who holds the VIP keeps it when a preferred VM returns: one interruption less.");
      line("  nopreempt");
    }
    line("  interface %s".formatted(vip.vrrpDevice()));
    line("  virtual_router_id %s".formatted(vip.vrid()));
    line("  # Another for each VM: with equal ones two may hold the VIP after a crash.");
    line("  priority %s".formatted(priority(vip, vip.self())));
    line("  # When the holder dies, another notices after at most %s s.".formatted(noticed(vip)));
    line("  advert_int %s".formatted(interval()));
    line("  # A claim that the network missed is repeated after a second, then every few seconds.");
    line("  garp_master_delay 1");
    line("  garp_master_refresh %s".formatted(CLAIM_REFRESH.toSeconds()));
    if (options.vmac()) {
      line(
          "  # The VIP has the MAC address %s; advertisements keep the VM's own."
              .formatted(vmac(vip)));
      line("  use_vmac");
      line("  vmac_xmit_base");
    }
    if (options.version() == VrrpVersion.V2) {
      line("  authentication {");
      line("    auth_type PASS");
      line("    auth_pass %s".formatted(vip.authPass().secret()));
      line("  }");
    }
    peers(vip);
    addresses(vip);
    if (options.checkScript() != null) {
      line("  track_script {");
      line("    %s".formatted(CHECK));
      line("  }");
    }
    line("}");
  }

  private void peers(Membership vip) {
    if (vip.peers().isEmpty()) {
      line("  # No other VM is bound: there is nobody to name as unicast_peer.");
      line("  mcast_src_ip %s".formatted(vip.self().address()));
      return;
    }
    line("  unicast_src_ip %s".formatted(vip.self().address()));
    line("  unicast_peer {");
    for (Member peer : vip.peers()) {
      line("    %s # %s".formatted(peer.address(), Comments.harmless(peer.name())));
    }
    line("  }");
  }

  private void addresses(Membership vip) {
    Ipv4Address uplink = vip.uplink();
    boolean hasOwnVmac = options.vmac() && uplink != null;
    line("  virtual_ipaddress {");
    line(
        "    %s/%s dev %s%s"
            .formatted(
                vip.address(),
                vip.network().prefixLength(),
                vip.device(),
                hasOwnVmac ? " use_vmac" : ""));
    line("  }");
    if (uplink == null) {
      return;
    }
    int table = TABLE_BASE + vip.vrid();
    line("  # Only packets from the VIP leave through the external gateway.");
    line("  virtual_routes {");
    if (hasOwnVmac) {
      // keepalived chooses the name of the VIP's interface; the kernel finds it by the gateway.
      line("    default via %s src %s table %s no_track".formatted(uplink, vip.address(), table));
    } else {
      line(
          "    %s dev %s scope link src %s table %s"
              .formatted(vip.network(), vip.device(), vip.address(), table));
      line(
          "    default via %s dev %s src %s table %s"
              .formatted(uplink, vip.device(), vip.address(), table));
    }
    line("  }");
    line("  virtual_rules {");
    if (hasOwnVmac) {
      line(
          "    from %s to %s lookup main priority %s"
              .formatted(vip.address(), vip.network(), table));
    }
    line("    from %s lookup %s priority %s".formatted(vip.address(), table, table));
    line("  }");
    line("  # Without its external NIC the VM is no use as a holder.");
    line("  track_interface {");
    line("    %s".formatted(vip.device()));
    line("  }");
  }

  /** VIPs of the same VMs are held by the same VM, so that what depends on several can run. */
  private void syncGroups() {
    Map<List<VmId>, List<Membership>> byVms =
        node.memberships().stream()
            .collect(
                Collectors.groupingBy(
                    Membership::memberIds, LinkedHashMap::new, Collectors.toList()));
    int group = 0;
    for (List<Membership> together : byVms.values()) {
      if (together.size() > 1) {
        line("");
        line("# These VIPs have the same VMs; they move together.");
        line("vrrp_sync_group HAVIP_%s {".formatted(++group));
        line("  group {");
        together.forEach(vip -> line("    %s".formatted(instanceName(vip))));
        line("  }");
        line("}");
      }
    }
  }

  /** Unique in the VM: it has one NIC for each network, and a network each address once. */
  private static String instanceName(Membership vip) {
    return "VIP_" + vip.address() + "_" + vip.device();
  }

  private static int priority(Membership vip, Member member) {
    int place = vip.members().indexOf(member);
    if (place >= MEMBERS_MAX) {
      throw new IllegalArgumentException("there are priorities for 20 members, not for more");
    }
    return PRIORITY_HIGHEST - PRIORITY_STEP * place;
  }

  /**
   * Active_Down_Interval of the last in the order, in seconds (RFC 9568, section 6.1; in version 2
   * the skew is a part of a second, RFC 3768, section 6.1).
   */
  private String noticed(Membership vip) {
    int lowest = priority(vip, vip.members().getLast());
    Duration interval = options.advertInterval();
    Duration skewed =
        switch (options.version()) {
          case V2 -> Duration.ofSeconds(1);
          case V3 -> interval;
        };
    return seconds(interval.multipliedBy(3).plus(skewed.multipliedBy(256 - lowest).dividedBy(256)));
  }

  private String interval() {
    return switch (options.version()) {
      case V2 -> Long.toString(options.advertInterval().toSeconds());
      case V3 -> seconds(options.advertInterval());
    };
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 1000.0);
  }

  private static String vmac(Membership vip) {
    return String.format(Locale.ROOT, "00:00:5e:00:01:%02x", vip.vrid());
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
