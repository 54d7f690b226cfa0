package io.havip.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.havip.RootJvm;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.ovsdb.OvsdbServer;
import io.havip.vip.AuthPass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * heartbeat and pacemaker on HAVIP's fabric, set up by the scripts that HAVIP makes. They wait for
 * minutes and do little, so other tests run beside them.
 */
@Execution(ExecutionMode.CONCURRENT)
class ClusterTest {
  private static final VipId VIP = new VipId("vip-" + "0".repeat(26));
  private static final VipId OTHER = new VipId("vip-" + "0".repeat(25) + "1");
  private static final Member VM1 = member(1, "vm1");
  private static final Member VM2 = member(2, "vm2");
  private static final Member VM3 = member(3, "vm3");

  private static final Path HEARTBEAT = Path.of("/usr/libexec/heartbeat/heartbeat");
  private static final Path PACEMAKER = Path.of("/usr/sbin/pacemakerd");

  @TempDir private Path directory;

  @Test
  void heartbeatFailsOver() throws Exception {
    assertThat(failOver("heartbeat", HEARTBEAT, "linux")).contains("nothing was stolen");
  }

  @Test
  void pacemakerFailsOver() throws Exception {
    assertThat(failOver("pacemaker", PACEMAKER, "linux")).contains("nothing was stolen");
  }

  @Test
  void heartbeatFailsOverBetweenChassisOfOvn() throws Exception {
    OvsdbServer.assumeInstalled();
    failOver("heartbeat", HEARTBEAT, "ovn");
  }

  @Test
  void pacemakerFailsOverBetweenChassisOfOvn() throws Exception {
    OvsdbServer.assumeInstalled();
    failOver("pacemaker", PACEMAKER, "ovn");
  }

  @Test
  void theyAreSetUpAsThePageSays() throws Exception {
    assumeTrue(Files.isExecutable(HEARTBEAT), "heartbeat is not installed");
    assumeTrue(Files.isExecutable(PACEMAKER), "pacemaker is not installed");
    RootJvm.run(directory, "io.havip.server.ClusterHowto", directory.toString());
  }

  @Test
  void heartbeatKnowsTwoNodes() {
    assertThatThrownBy(() -> HeartbeatConfiguration.of(node(VM1, VM1, VM2, VM3), VIP))
        .hasMessageContaining("two nodes, and 3 VMs are bound");
    assertThatThrownBy(() -> HeartbeatConfiguration.of(node(VM1, VM1), VIP))
        .hasMessageContaining("1 VMs are bound");
  }

  @Test
  void nodesHaveTheNamesOfHosts() {
    for (String name : List.of("db 1", "-db", "db'", "名", "a".repeat(64))) {
      Member named = member(1, name);
      assertThatThrownBy(() -> PacemakerConfiguration.of(node(named, named, VM2), VIP))
          .hasMessageContaining("`uname -n`");
    }
    assertThatThrownBy(() -> PacemakerConfiguration.of(node(VM1, VM1, member(2, "vm1")), VIP))
        .hasMessageContaining("named alike");
  }

  @Test
  void aClusterRunsTheVipsOfExactlyItsVms() {
    Node node =
        new Node(
            VM1.id(),
            "vm1",
            List.of(internal(VIP, 100, VM1, VM1, VM2), internal(OTHER, 101, VM1, VM1, VM3)));
    String script = HeartbeatConfiguration.of(node, OTHER);
    assertThat(script)
        .contains("node vm1 vm3\n", "vm1 IPaddr2::10.77.0.101/24/eth0\n")
        .contains("# Not in it, because other VMs are bound: 10.77.0.100\n")
        .doesNotContain("IPaddr2::10.77.0.100", "vm2");
  }

  @Test
  void anExternalVipLeavesThroughItsGateway() {
    for (BiFunction<Node, VipId, String> write :
        List.<BiFunction<Node, VipId, String>>of(
            HeartbeatConfiguration::of, PacemakerConfiguration::of)) {
      assertThat(write.apply(new Node(VM1.id(), "vm1", List.of(external())), VIP))
          .contains(
              "ip route replace default via 192.0.2.1 dev eth1 onlink table 10007\n",
              "ip rule add from 192.0.2.100 lookup 10007 priority 10007\n");
    }
  }

  private String failOver(String software, Path program, String fabric) throws Exception {
    assumeTrue(Files.isExecutable(program), software + " is not installed");
    String told =
        RootJvm.run(
            directory,
            "io.havip.demo.FailoverScene",
            software.toUpperCase(Locale.ROOT),
            fabric,
            directory.toString());
    System.out.print(told);
    assertThat(told).contains("traffic stopped for");
    return told;
  }

  private static Node node(Member self, Member... members) {
    return new Node(self.id(), self.name(), List.of(internal(VIP, 100, self, members)));
  }

  private static Membership internal(VipId id, int host, Member self, Member... members) {
    return membership(id, "10.77.0." + host, "10.77.0.0/24", "eth0", null, self, members);
  }

  private static Membership external() {
    return membership(VIP, "192.0.2.100", "192.0.2.0/24", "eth1", "192.0.2.1", VM1, VM1, VM2);
  }

  private static Membership membership(
      VipId id,
      String address,
      String network,
      String device,
      @Nullable String uplink,
      Member self,
      Member... members) {
    return new Membership(
        id,
        "db",
        Ipv4Address.parse(address),
        Cidr.parse(network),
        device,
        uplink == null ? null : Ipv4Address.parse(uplink),
        "eth0",
        7,
        new AuthPass("abcd1234"),
        self,
        List.of(members));
  }

  private static Member member(int number, String name) {
    return new Member(
        new VmId("vm-" + "0".repeat(25) + number), name, Ipv4Address.parse("10.77.0.1" + number));
  }
}
