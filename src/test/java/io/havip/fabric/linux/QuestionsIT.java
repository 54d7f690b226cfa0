package io.havip.fabric.linux;

import static io.havip.fabric.linux.LinuxLab.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.VirtualNic;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Answer;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What HAVIP's questions do to real guests: they answer whatever their settings, note nothing false
 * about an address in use, and take no question for a conflict.
 */
class QuestionsIT extends LinuxFixture {
  private static final Path NETWORKD = Path.of("/lib/systemd/systemd-networkd");

  /** As often as a drill asks. */
  private static final Duration HIGHEST_RATE = Duration.ofMillis(10);

  /** How many guests start, {@value #TOGETHER} at a time; more are tried by hand. */
  private static final int STARTS = Integer.getInteger("havip.acdStarts", 4);

  private static final int TOGETHER = 20;
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(2);
  private static final String NEIGHBOUR = "10.0.0.12 lladdr 02:00:00:00:00:02";

  private final List<Guest> guests = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  /** A network namespace that stands in for a VM, whose kernel answers. */
  private record Guest(int number, String name, String port, MacAddress mac) {
    Ipv4Address address() {
      return Ipv4Address.parse("10.0.1." + number);
    }

    Ipv4Address vip() {
      return Ipv4Address.parse("10.0.2." + number);
    }

    Port onSegment() {
      return new Port(
          new NicId(VirtualNic.id("nic", 100 + number)), SEGMENT, port, mac, address(), List.of());
    }

    Grant grant() {
      return new Grant(
          new VipId(VirtualNic.id("vip", 100 + number)),
          SEGMENT,
          vip(),
          List.of(new Grant.Member(port, mac, port, null)));
    }

    String inside(String... command) throws Exception {
      List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
      all.addAll(List.of(command));
      return run(all.toArray(String[]::new));
    }
  }

  @AfterEach
  void clear() throws Exception {
    stopNetworkd();
    for (Guest guest : guests) {
      run("ip", "link", "del", guest.port());
      run("ip", "netns", "del", guest.name());
    }
  }

  private void stopNetworkd() throws Exception {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    processes.clear();
  }

  private Guest guest(int number) throws Exception {
    String mac = String.format(Locale.ROOT, "02:00:00:00:01:%02x", number);
    Guest guest = new Guest(number, "g" + number, "p-g" + number, MacAddress.parse(mac));
    run("ip", "netns", "add", guest.name());
    guests.add(guest);
    run(
        "ip",
        "link",
        "add",
        guest.port(),
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "address",
        mac,
        "netns",
        guest.name());
    run("ip", "link", "set", guest.port(), "addrgenmode", "none", "up");
    guest.inside("ip", "link", "set", "lo", "up");
    guest.inside("ip", "link", "set", "eth0", "addrgenmode", "none", "up");
    return guest;
  }

  private static Segment network(@Nullable String uplink) {
    return new Segment(
        segment(SEGMENT).id(),
        SEGMENT,
        uplink,
        null,
        Enforcement.ENFORCE,
        null,
        uplink != null,
        NetworkPolicy.DEFAULT,
        Cidr.parse("10.0.0.0/16"));
  }

  private boolean answers(Guest guest) throws Exception {
    Fabric.Question question = fabric.askMembers(List.of(guest.grant())).orElseThrow();
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (question.answers().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(2);
    }
    return question
        .answers()
        .equals(List.of(new Answer(SEGMENT, guest.vip(), guest.port(), guest.mac())));
  }

  @Test
  void aMemberAnswersWhateverItsSettingsAndNotesNothingFalse() throws Exception {
    answersWhateverItsSettings(null);
  }

  @Test
  void soItDoesOnAJoinedNetworkOnceItsAddressIsKnownToBeNobodys() throws Exception {
    answersWhateverItsSettings(client.port());
  }

  private void answersWhateverItsSettings(@Nullable String uplink) throws Exception {
    Guest guest = guest(1);
    guest.inside("ip", "addr", "add", guest.address() + "/16", "dev", "eth0");
    guest.inside("ip", "addr", "add", guest.vip() + "/32", "dev", "eth0");
    guest.inside("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "eth1p");
    guest.inside("ip", "addr", "add", "172.31.0.1/24", "dev", "eth1");
    guest.inside("ip", "link", "set", "eth1", "up");
    guest.inside("ip", "link", "set", "eth1p", "up");
    fabric.sync(desired(network(uplink), guest.onSegment(), vm2.on(SEGMENT), guest.grant()));
    LinuxLab.awaitUp("havip" + SEGMENT);
    set(guest, "arp_ignore", 2);
    await(() -> answers(guest)); // at a joined network, not at once
    set(guest, "arp_ignore", 0);

    guest.inside(
        "ip",
        "neigh",
        "replace",
        NEIGHBOUR.split(" ", -1)[0],
        "lladdr",
        NEIGHBOUR.split(" ", -1)[2],
        "dev",
        "eth0",
        "nud",
        "stale");
    for (String route : List.of("", "172.31.0.9")) {
      if (!route.isEmpty()) {
        guest.inside("ip", "route", "add", "default", "via", route);
      }
      for (int value : List.of(0, 1, 2)) {
        for (String setting : List.of("rp_filter", "arp_ignore", "arp_filter")) {
          if (value < 2 || !setting.equals("arp_filter")) {
            set(guest, setting, value);
            assertThat(answers(guest)).as("%s=%d, default %s", setting, value, route).isTrue();
            fabric.ask(List.of(guest.grant().asked()));
            set(guest, setting, 0);
          }
        }
      }
    }
    String senders = "192\\.0\\.0\\.8 .*|10\\.0\\.0\\.0 .*|172\\..*";
    assertThat(
            guest
                .inside("ip", "neigh")
                .lines()
                .filter(it -> !it.matches(senders))
                .map(it -> it.replace("dev eth0 ", "").strip())
                .collect(Collectors.toList()))
        .containsExactly(NEIGHBOUR + " STALE");
  }

  private static void set(Guest guest, String setting, int value) throws Exception {
    for (String link : List.of("all", "eth0")) {
      guest.inside("sysctl", "-qw", "net.ipv4.conf." + link + "." + setting + "=" + value);
    }
  }

  private interface State {
    boolean holds() throws Exception;
  }

  private static void await(State state) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
    while (!state.holds()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void systemdNetworkdGetsItsVipThoughItLooksForConflictsAndHavipAsks(@TempDir Path directory)
      throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(NETWORKD), "without systemd-networkd nobody probes");
    int started = 0;
    while (started < STARTS) {
      List<Guest> together = new ArrayList<>();
      for (int i = 0; i < Math.min(TOGETHER, STARTS - started); i++) {
        together.add(guest(++started));
      }
      startAll(together, directory);
    }
    assertThat(started).isEqualTo(STARTS);
  }

  private void startAll(List<Guest> together, Path directory) throws Exception {
    List<Object> parts = new ArrayList<>(List.of(network(null)));
    together.forEach(guest -> parts.addAll(List.of(guest.onSegment(), guest.grant())));
    fabric.sync(desired(parts.toArray()));
    LinuxLab.awaitUp("havip" + SEGMENT);
    List<Grant> grants = together.stream().map(Guest::grant).toList();
    AtomicBoolean isDone = new AtomicBoolean();
    Thread asking =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!isDone.get()) {
                  fabric.askMembers(grants);
                  fabric.ask(grants.stream().map(Grant::asked).toList());
                  Thread.sleep(HIGHEST_RATE);
                }
              } catch (FabricException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      for (Guest guest : together) {
        startNetworkd(guest, directory);
      }
      long end = System.nanoTime() + STARTED_WITHIN.toNanos();
      List<Guest> waiting = new ArrayList<>(together);
      while (!waiting.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(100);
        for (Guest guest : List.copyOf(waiting)) {
          if (guest.inside("ip", "-4", "-o", "addr").contains(guest.vip() + "/32 ")) {
            waiting.remove(guest);
          }
        }
      }
      assertThat(asking.isAlive()).as("asked all the time").isTrue();
      for (Guest guest : together) {
        assertThat(Files.readString(log(guest, directory)))
            .as(guest.name())
            .contains("Probing " + guest.vip())
            .doesNotContainIgnoringCase("conflict");
      }
      assertThat(waiting).as("without their VIPs").isEmpty();
    } finally {
      isDone.set(true);
      asking.join();
      stopNetworkd();
    }
  }

  private static Path log(Guest guest, Path directory) {
    return directory.resolve(guest.name() + ".log");
  }

  private void startNetworkd(Guest guest, Path directory) throws Exception {
    String script =
        """
        set -e
        mount --make-rprivate /
        mount -o remount,bind,ro /sys
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
        grep -v ^systemd-network: /etc/passwd >/run/passwd
        echo 'systemd-network:x:0:0::/:/bin/false' >>/run/passwd
        mount --bind /run/passwd /etc/passwd
        cat >/run/systemd/network/10-eth0.network <<END
        [Match]
        Name=eth0
        [Network]
        LinkLocalAddressing=no
        IPv6AcceptRA=no
        LLDP=no
        [Address]
        Address=%s/16
        [Address]
        Address=%s/32
        DuplicateAddressDetection=ipv4
        END
        SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console exec %s
        """
            .formatted(guest.address(), guest.vip(), NETWORKD);
    File log = log(guest, directory).toFile();
    processes.add(
        new ProcessBuilder(
                "ip", "netns", "exec", guest.name(), "unshare", "--mount", "sh", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start());
  }
}
