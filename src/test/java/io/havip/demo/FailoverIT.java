package io.havip.demo;

import static io.havip.demo.Checks.awaitTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.ha.Member;
import io.havip.ha.Membership;
import io.havip.ha.Node;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.keepalived.GeneratedConfiguration;
import io.havip.keepalived.GenerationOptions;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.AuthPass;
import io.havip.vrrp.VrrpVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real keepalived on a bridge that does not defend itself: fail-over works with the generated
 * configuration, the probe measures it, and every theft of the demo succeeds. What HAVIP refuses is
 * therefore worth refusing.
 */
class FailoverIT {
  private static final Cidr SUBNET = Cidr.parse("10.77.0.0/24");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.77.0.100");
  private static final Guest VM1 = guest("vm1", 11);
  private static final Guest VM2 = guest("vm2", 12);
  private static final Guest THIEF = guest("thief", 14);
  private static final Guest CLIENT = guest("client", 20);
  private static final List<Guest> MEMBERS = List.of(VM1, VM2);
  private static final int VRID = 7;

  @TempDir private Path directory;
  private final CleanUps cleanUps = new CleanUps();
  private List<Guest> members = MEMBERS;

  @BeforeEach
  void plug() throws Exception {
    Program.output("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    cleanUps.add(() -> Program.output("ip", "link", "del", "br0"));
    Program.output("ip", "link", "set", "br0", "up");
    for (Guest guest : List.of(VM1, VM2, THIEF, CLIENT)) {
      cleanUps.add(guest::unplug);
      guest.plug(SUBNET);
      Program.output("ip", "link", "set", guest.port(), "master", "br0");
      EchoServer server = EchoServer.start(guest, VIP);
      cleanUps.add(server::close);
    }
  }

  @AfterEach
  void unplug() throws Exception {
    cleanUps.run();
  }

  @Test
  void theVipDriftsWhenItsHolderDies() throws Exception {
    Keepaliveds keepaliveds = elect();
    Probe probe = ask();
    awaitAnswerFrom(probe, VM1);

    long death = System.nanoTime();
    VM1.ip("link", "set", Guest.NIC, "down");
    keepaliveds.of(VM1).kill();
    awaitAnswerFrom(probe, VM2);

    assertThat(keepaliveds.believesToHold(VM2)).isTrue();
    assertThat(CLIENT.neighbour(VIP)).hasValue(VM2.mac());
    Duration silence = probe.silence(death, VM1.name());
    System.out.println("traffic stopped for " + silence.toMillis() + " ms");
    // Two missed advertisements cannot be a death yet: RFC 9568, section 6.1.
    assertThat(silence).isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
  }

  @Test
  void aNewMemberIsTakenInByReload() throws Exception {
    Keepaliveds keepaliveds = elect();
    members = List.of(VM1, VM2, THIEF);
    for (Guest member : MEMBERS) {
      keepaliveds.reconfigure(member);
    }
    for (Guest member : MEMBERS) {
      awaitTrue("reloaded", keepaliveds.of(member)::hasReloaded, () -> keepaliveds.tails(MEMBERS));
    }
    keepaliveds.start(THIEF);
    awaitTrue(
        "the new member has begun",
        () -> !keepaliveds.of(THIEF).state().isEmpty(),
        () -> keepaliveds.tails(members));
    Thread.sleep(Duration.ofSeconds(1));
    assertThat(keepaliveds.of(THIEF).state()).isEqualTo("BACKUP");
    assertThat(keepaliveds.believesToHold(VM1)).isTrue();

    keepaliveds.of(VM2).stop();
    keepaliveds.of(VM1).stop();
    awaitTrue(
        "the new member takes over",
        () -> keepaliveds.believesToHold(THIEF),
        () -> keepaliveds.tails(members));
  }

  @ParameterizedTest
  @EnumSource
  void gratuitousArpWouldSteal(Thief.Announcement announcement) throws Exception {
    elect();
    Probe probe = ask();
    awaitAnswerFrom(probe, VM1);
    Thief thief = new Thief(THIEF, VIP);
    thief.dress();
    long start = System.nanoTime();
    thief.announce(announcement);
    awaitAnswerFrom(probe, start, THIEF);
  }

  @Test
  void packetsFromTheVipWouldDeceive() throws Exception {
    elect();
    Probe probe = ask();
    awaitAnswerFrom(probe, VM1);
    long start = System.nanoTime();
    int sent = new Thief(THIEF, VIP).answerFromVip(CLIENT, CLIENT.mac(), probe.port());
    awaitTrue(
        "the client believes every one",
        () -> probe.answersSince(start).getOrDefault(THIEF.name(), 0L) == sent,
        () -> probe.answersSince(start));
  }

  @ParameterizedTest
  @EnumSource
  void vrrpWouldSilenceTheMaster(Thief.Shape shape) throws Exception {
    Keepaliveds keepaliveds = elect();
    new Thief(THIEF, VIP).advertise(shape, VRID, Keepaliveds.ADVERT_INTERVAL, MEMBERS);
    awaitTrue(
        "BACKUP, MASTER, and BACKUP again",
        () -> keepaliveds.transitions(List.of(VM1)) >= 3,
        () -> keepaliveds.tails(MEMBERS));
  }

  @Test
  void keepalivedAcceptsTheConfigurationAsItIs() throws Exception {
    Keepaliveds keepaliveds = elect();
    Program.Result result =
        Program.run(
            VM1.inside(
                "keepalived",
                "--config-test",
                "--use-file",
                directory.resolve("vm1.conf").toString()));
    assertThat(result).isEqualTo(new Program.Result(0, ""));
    assertThat(keepaliveds.of(VM1).log()).doesNotContain("WARNING", "Unknown keyword", "invalid");
  }

  private Keepaliveds elect() throws Exception {
    Keepaliveds keepaliveds = new Keepaliveds(VIP, this::configuration, directory);
    cleanUps.add(keepaliveds::killAll);
    keepaliveds.start(VM1);
    awaitTrue(
        "vm1 takes the VIP that nobody holds",
        () -> keepaliveds.believesToHold(VM1),
        () -> keepaliveds.tails(List.of(VM1)));
    keepaliveds.start(VM2);
    awaitTrue(
        "vm2 is its backup",
        () -> keepaliveds.of(VM2).state().equals("BACKUP"),
        () -> keepaliveds.tails(MEMBERS));
    return keepaliveds;
  }

  private String configuration(Guest guest) {
    return GeneratedConfiguration.of(
        new Node(
            vmId(guest),
            guest.name(),
            List.of(
                new Membership(
                    new VipId("vip-" + "0".repeat(26)),
                    "db",
                    VIP,
                    SUBNET,
                    Guest.NIC,
                    null,
                    Guest.NIC,
                    VRID,
                    new AuthPass("abcd1234"),
                    member(guest),
                    members.stream().map(FailoverIT::member).toList()))),
        new GenerationOptions(VrrpVersion.V3, Keepaliveds.ADVERT_INTERVAL, null, false, false));
  }

  private static Member member(Guest guest) {
    return new Member(vmId(guest), guest.name(), guest.address());
  }

  private static VmId vmId(Guest guest) {
    return new VmId("vm-" + "0".repeat(24) + guest.address().toString().substring(8));
  }

  private Probe ask() throws Exception {
    Probe probe = Probe.start(CLIENT, VIP);
    cleanUps.add(probe::close);
    return probe;
  }

  private static void awaitAnswerFrom(Probe probe, Guest guest) throws Exception {
    awaitAnswerFrom(probe, System.nanoTime(), guest);
  }

  private static void awaitAnswerFrom(Probe probe, long start, Guest guest) throws Exception {
    awaitTrue(
        guest.name() + " answers",
        () -> probe.answersSince(start).containsKey(guest.name()),
        () -> probe.answersSince(start));
  }

  private static Guest guest(String name, int number) {
    return new Guest(
        name, Ipv4Address.parse("10.77.0." + number), MacAddress.parse("02:00:0a:4d:00:" + number));
  }
}
