package io.havip.ha;

import io.havip.id.VipId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * heartbeat 3 in a VM without a cluster resource manager: ha.cf, haresources and authkeys, inside a
 * script that writes them. It knows exactly two nodes. A death is noticed after 3 s, then IPaddr2
 * takes the VIPs.
 */
public final class HeartbeatConfiguration {
  private static final int NODES = 2;

  private HeartbeatConfiguration() {}

  /**
   * The script.
   *
   * @param vipId a VIP of the node; what moves is this one and the others of the same two VMs
   * @throws IllegalArgumentException when heartbeat cannot run this VIP; the message says why and
   *     what to do
   */
  public static String of(Node node, VipId vipId) {
    List<Membership> memberships = node.cluster(vipId);
    Membership first = memberships.getFirst();
    List<Member> members = first.members();
    if (members.size() != NODES) {
      throw new IllegalArgumentException(
          "heartbeat knows two nodes, and "
              + members.size()
              + " VMs are bound; bind two, or use keepalived or pacemaker");
    }
    List<String> names = Scripts.hostNames(members);
    String peers =
        members.stream()
            .map(member -> "ucast %s %s\n".formatted(first.vrrpDevice(), member.address()))
            .collect(Collectors.joining());
    String resources =
        memberships.stream()
            .map(vip ->
                "IPaddr2::%s/%s/%s"
                    .formatted(
                        vip.address(),
                        Integer.toString(vip.network().prefixLength()),
                        vip.device()))
            .collect(Collectors.joining(" "));
    return Scripts.head("heartbeat", node, memberships)
        + "umask 077\n"
        + Scripts.file(
            "/etc/ha.d/ha.cf",
            """
            # Node names are what `uname -n` says. %s
            logfile /var/log/ha-log
            udpport 694
            keepalive 500ms
            warntime 1500ms
            deadtime 3
            initdead 10
            %sauto_failback off
            node %s
            crm no
            """
                .formatted("Who holds the VIPs keeps them.", peers, String.join(" ", names)))
        + Scripts.file("/etc/ha.d/haresources", names.getFirst() + " " + resources + "\n")
        + Scripts.file("/etc/ha.d/authkeys", "auth 1\n1 sha1 " + first.authPass().secret() + "\n")
        + Scripts.routes(memberships)
        + "\n# Then, in both VMs: systemctl restart heartbeat\n";
  }
}
