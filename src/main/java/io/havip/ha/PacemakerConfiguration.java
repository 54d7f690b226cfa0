package io.havip.ha;

import io.havip.id.VipId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * pacemaker 2 on corosync 3 in a VM: corosync.conf, and the IPaddr2 resources as commands of
 * pacemaker's own tools, inside a script. The commands do the same from any node, however often.
 */
public final class PacemakerConfiguration {
  private PacemakerConfiguration() {}

  /**
   * The script.
   *
   * @param vipId a VIP of the node; what moves is this one and the others of the same VMs
   * @throws IllegalArgumentException when pacemaker cannot run this VIP; the message says why and
   *     what to do
   */
  public static String of(Node node, VipId vipId) {
    List<Membership> memberships = node.cluster(vipId);
    List<Member> members = memberships.getFirst().members();
    List<String> names = Scripts.hostNames(members);
    return Scripts.head("pacemaker", node, memberships)
        + Scripts.file("/etc/corosync/corosync.conf", corosync(members, names))
        + Scripts.routes(memberships)
        + """

        if [ -d /run/systemd/system ]; then
          systemctl restart corosync pacemaker
        elif ! pidof pacemakerd >/dev/null; then
          echo 'Start corosync and pacemakerd in every VM, then run this again in one.'
          exit
        fi

        # In one VM is enough; run in each it does no harm.
        configure() {
          crm_attribute --type rsc_defaults --name resource-stickiness --update 100 &&
            crm_attribute --type crm_config --name stonith-enabled --update false &&
            cibadmin --modify --allow-create --scope resources --xml-text '%s'
        }
        until configure; do
          echo 'Waiting for the cluster …'
          sleep 1
        done
        """
            .formatted(resources(memberships));
  }

  private static String corosync(List<Member> members, List<String> names) {
    String nodes =
        IntStream.range(0, members.size())
            .mapToObj(i ->
                """
                  node {
                    nodeid: %s
                    name: %s
                    ring0_addr: %s
                  }
                """
                    .formatted(Integer.toString(i + 1), names.get(i), members.get(i).address()))
            .collect(Collectors.joining());
    return """
    # HAVIP lets no other VM send from these addresses. To encrypt as well, share a file made by
    # corosync-keygen, and set crypto_cipher: aes256 and crypto_hash: sha256.
    totem {
      version: 2
      cluster_name: havip
      transport: knet
      crypto_cipher: none
      crypto_hash: none
      token: 1000
    }
    nodelist {
    %s}
    quorum {
      provider: corosync_votequorum
    %s}
    logging {
      to_syslog: yes
    }
    """
        .formatted(nodes, members.size() == 2 ? "  two_node: 1\n  wait_for_all: 0\n" : "");
  }

  /** A group: its resources run in the same VM. */
  private static String resources(List<Membership> memberships) {
    return memberships.stream()
        .map(PacemakerConfiguration::primitive)
        .collect(Collectors.joining("", "<group id=\"havip\">", "\n</group>"));
  }

  private static String primitive(Membership vip) {
    return """

    <primitive id="%1$s" class="ocf" provider="heartbeat" type="IPaddr2">
      <instance_attributes id="%1$s-attributes">
        <nvpair id="%1$s-ip" name="ip" value="%2$s"/>
        <nvpair id="%1$s-netmask" name="cidr_netmask" value="%3$s"/>
        <nvpair id="%1$s-nic" name="nic" value="%4$s"/>
      </instance_attributes>
      <operations>
        <op id="%1$s-monitor" name="monitor" interval="5s" timeout="20s"/>
      </operations>
    </primitive>\
    """
        .formatted(
            vip.id(), vip.address(), Integer.toString(vip.network().prefixLength()), vip.device());
  }
}
