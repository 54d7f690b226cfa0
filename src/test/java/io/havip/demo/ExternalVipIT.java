package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.net.Ipv4Address;
import io.havip.ovsdb.OvsdbServer;
import io.havip.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A VIP of an external network with the files that HAVIP makes: keepalived talks over the first
 * NICs, the VIP is on second NICs that have no address, and the client is behind the gateway.
 */
class ExternalVipIT {
  @TempDir private Path directory;
  private final CleanUps cleanUps = new CleanUps();

  @SuppressWarnings("NullAway.Init") // start() is called first
  private HavipGround ground;

  @SuppressWarnings("NullAway.Init")
  private Arena arena;

  private void start(Cabling cabling, String... flags) throws Exception {
    ServerProcess server = new ServerProcess(directory, flags);
    cleanUps.add(server::stop);
    ground = new HavipGround(server, Software.KEEPALIVED, true, cabling);
    cleanUps.add(ground::close);
    arena = new Arena(Software.KEEPALIVED, true, "", ground, directory.resolve("vms"));
    cleanUps.add(arena::close);
  }

  @AfterEach
  void end() throws IOException {
    cleanUps.run();
  }

  @Test
  void theClientBehindTheGatewayReachesWhoeverHoldsTheVip() throws Exception {
    start(Cabling.OF_THIS_HOST);
    assertClientFollows();
  }

  @Test
  void theClientBehindTheGatewayReachesWhoeverHoldsTheVipOnTwoChassisOfOvn() throws Exception {
    OvsdbServer.assumeInstalled();
    Ovn ovn = Ovn.start(Files.createDirectory(directory.resolve("ovn")));
    cleanUps.add(ovn::close);
    start(new Cabling.OfOvn(ovn), Theatre.flags(ovn));
    assertClientFollows();
  }

  private void assertClientFollows() throws Exception {
    Guest first = arena.members().getFirst();
    assertOwnTrafficLeavesByTheFirstNic(first);

    Guest holder = arena.elect();
    assertThat(gatewaySends()).isEqualTo(arena.mac(holder).toString());
    assertOwnTrafficLeavesByTheFirstNic(first);
    assertOwnTrafficLeavesByTheFirstNic(arena.other(first));
    assertThat(route(holder, arena.vip())).contains("via " + Arena.GATEWAY, "dev eth1");

    Duration outage = arena.crash(holder);
    System.out.println("traffic stopped for " + outage.toMillis() + " ms");
    Guest successor = arena.other(holder);
    assertThat(gatewaySends()).isEqualTo(arena.mac(successor).toString());
    assertOwnTrafficLeavesByTheFirstNic(successor);
    assertThat(ground.events()).containsSubsequence("holder_changed", "holder_changed");
  }

  @Test
  void whoIsNotBoundTakesNothing() throws Exception {
    start(Cabling.OF_THIS_HOST);
    Guest holder = arena.elect();
    for (Arena.Theft theft : arena.thefts(Stage.VM4, ground.vrid(), holder)) {
      Thefts.assertFutile(theft, arena, ground, Stage.VM4);
    }
    assertThat(gatewaySends()).isEqualTo(arena.mac(holder).toString());
  }

  /** Linux answers for all its addresses on all its NICs, unless arp_ignore says otherwise. */
  @Test
  void anAnswerForTheAddressOfTheOtherNicIsNoTheft() throws Exception {
    start(Cabling.OF_THIS_HOST);
    Guest vm = arena.members().getFirst();
    Guest holder = arena.elect();
    Program.output(
        vm.inside("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0").toArray(String[]::new));
    Program.Result asked =
        Program.run(
            Arena.ROUTER.inside(
                "arping", "-c", "3", "-w", "8", "-I", "eth1", vm.address().toString()));

    assertThat(asked.output()).contains("Received 0 response");
    Checks.awaitTrue(
        "the answers are told as misdirected",
        () -> ground.misdirected(Arena.secondPort(vm), "arp") >= 3,
        () -> ground.misdirected(Arena.secondPort(vm), "arp"));
    assertThat(ground.refused(Arena.secondPort(vm), "arp")).isZero();
    assertThat(ground.isHeldBy(holder)).isTrue();
  }

  /** Where the gateway sends packets to the VIP. */
  private String gatewaySends() throws Exception {
    return arena.neighbour(Arena.ROUTER).map(Object::toString).orElse("nowhere");
  }

  private void assertOwnTrafficLeavesByTheFirstNic(Guest vm) throws Exception {
    assertThat(route(vm, vm.address())).contains("via " + Arena.ROUTER.address(), "dev eth0");
    Program.Result ping =
        Program.run(
            vm.inside(
                "ping",
                "-c",
                "2",
                "-i",
                "0.2",
                "-W",
                "5",
                "-I",
                vm.address().toString(),
                arena.client().address().toString()));
    assertThat(ping.exitCode()).as(ping.output()).isZero();
  }

  private String route(Guest vm, Ipv4Address from) throws Exception {
    String client = arena.client().address().toString();
    return vm.ip("route", "get", client, "from", from.toString());
  }
}
