package io.havip.demo;

import static io.havip.demo.Checks.await;
import static io.havip.demo.Checks.awaitTrue;

import io.havip.kernel.PacketSocket;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.wire.Ipv4;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Two VMs that share a VIP by any HA software, a VM that is not bound to it, and a client that asks
 * the VIP all the time. An external VIP is on the second NICs of the VMs; the client is behind a
 * router then, and the VMs' default route leads to the same router by their first NICs.
 */
final class Arena implements AutoCloseable {
  static final Cidr EXTERNAL = Cidr.parse("192.0.2.0/24");
  static final Ipv4Address GATEWAY = Ipv4Address.parse("192.0.2.1");
  static final Cidr FAR_AWAY = Cidr.parse("198.51.100.0/24");
  static final String SECOND_NIC = "eth1";
  static final Guest ROUTER = guest("router", 1);

  private static final Ipv4Address EXTERNAL_VIP = Ipv4Address.parse("192.0.2.100");
  private static final Guest FAR_CLIENT =
      new Guest(
          "client", Ipv4Address.parse("198.51.100.20"), MacAddress.parse("02:00:c6:33:64:20"));

  /** So long nothing may have changed after a theft: several times what a failover takes. */
  private static final Duration AFTERMATH = Duration.ofSeconds(1);

  /** Of an IPv4 packet's protocol in an Ethernet frame. */
  private static final int PROTOCOL_OFFSET = 23;

  private final Software software;
  private final boolean external;
  private final Ground ground;
  private final Path directory;
  private final List<Guest> members;
  private final Guest client;
  private final Probe probe;
  private final CleanUps cleanUps = new CleanUps();
  private final Map<Guest, Vm> vms = new HashMap<>();

  /** What runs in a VM. */
  private record Vm(EchoServer server, CleanUps.CleanUp powerCut, Look log) {}

  private interface Look {
    String now() throws IOException;
  }

  /**
   * A theft, and what came of it.
   *
   * @param sent how many packets
   * @param effects on those that the thief wanted to deceive; none on a network that defends itself
   * @param held whether the ground still takes the same VM for the holder
   */
  record Theft(Thief.Attempt attempt, int sent, List<String> effects, boolean held) {}

  /**
   * Plugs the VMs; no HA software runs yet.
   *
   * @param prefix before the names of the VMs
   * @param directory for the files of the HA software
   */
  Arena(Software software, boolean external, String prefix, Ground ground, Path directory)
      throws CheckFailedException, IOException, InterruptedException {
    this.software = software;
    this.external = external;
    this.ground = ground;
    this.directory = Files.createDirectories(directory);
    this.members = List.of(named(prefix, Stage.VM1), named(prefix, Stage.VM2));
    this.client = external ? FAR_CLIENT : named(prefix, Stage.CLIENT);
    try {
      plug(client, external ? FAR_AWAY : Stage.SUBNET);
      if (external) {
        plugRouter();
      } else {
        ground.connect(client, false);
      }
      for (Guest member : members) {
        plugVm(member);
      }
      probe = Probe.start(client, vip());
      cleanUps.add(probe::close);
    } catch (CheckFailedException | IOException | InterruptedException | RuntimeException e) {
      cleanUps.run();
      throw e;
    }
  }

  Ipv4Address vip() {
    return vip(external);
  }

  static Ipv4Address vip(boolean external) {
    return external ? EXTERNAL_VIP : Stage.VIP;
  }

  List<Guest> members() {
    return members;
  }

  Guest client() {
    return client;
  }

  /** Who has the VIP in its ARP cache. */
  Guest neighbour() {
    return external ? ROUTER : client;
  }

  Probe probe() {
    return probe;
  }

  /**
   * Starts the HA software in the members, and waits until one holds the VIP. Two keepaliveds that
   * start at once may both take it for a moment, so the second starts when the first has it.
   */
  Guest elect() throws CheckFailedException, IOException, InterruptedException {
    Guest first = members.getFirst();
    Guest second = members.getLast();
    start(first);
    if (software.isCluster()) { // it waits for the other
      start(second);
      return holder();
    }
    Guest holder = holder();
    start(second);
    awaitTrue(
        second.name() + " is its backup", () -> log(second).contains("BACKUP STATE"), this::logs);
    return holder;
  }

  /** Who holds the VIP, as soon as one of the members does. */
  Guest holder() throws CheckFailedException, IOException, InterruptedException {
    return awaitHolder(members);
  }

  /**
   * The holder's power is cut.
   *
   * @return the time from its last answer to the first of the other member
   */
  Duration crash(Guest holder) throws CheckFailedException, IOException, InterruptedException {
    Vm vm = Objects.requireNonNull(vms.get(holder));
    long death = System.nanoTime();
    holder.ip("link", "set", Guest.NIC, "down");
    if (external) {
      holder.ip("link", "set", SECOND_NIC, "down");
    }
    vm.powerCut().run();
    Guest successor = other(holder);
    // Nothing else is asked meanwhile, which would take time from those who fail over.
    awaitTrue(
        successor.name() + " answers the client",
        () -> probe.answersSince(death).containsKey(successor.name()),
        this::logs);
    awaitHolder(List.of(successor));
    return probe.silence(death, holder.name());
  }

  /** Waits until a holder's keepalived advertises, as the other member hears it. */
  void awaitAdvertisement(Guest holder) throws IOException, InterruptedException {
    other(holder)
        .namespace()
        .call(() -> {
          try (PacketSocket heard = PacketSocket.open(Guest.NIC)) {
            byte[] frame;
            do {
              frame =
                  heard
                      .receive(Checks.PATIENCE)
                      .orElseThrow(() -> new IOException(holder.name() + " says nothing"));
            } while (frame[PROTOCOL_OFFSET] != Ipv4.VRRP);
            return true;
          }
        });
  }

  /** A VM whose power was cut boots again, with nothing of what it had in its memory. */
  void boot(Guest member) throws CheckFailedException, IOException, InterruptedException {
    Objects.requireNonNull(vms.remove(member)).server().close();
    unplug(member);
    plugVm(member);
    start(member);
  }

  Guest other(Guest member) {
    return members.get(members.getFirst().equals(member) ? 1 : 0);
  }

  /** Waits until the ground and the client agree that one of the candidates holds the VIP. */
  Guest awaitHolder(List<Guest> candidates)
      throws CheckFailedException, IOException, InterruptedException {
    Guest holder =
        await(
            "one of them holds the VIP: " + candidates,
            () -> {
              for (Guest candidate : candidates) {
                if (ground.isHeldBy(candidate)) {
                  return Optional.of(candidate);
                }
              }
              return Optional.empty();
            },
            this::logs);
    long start = System.nanoTime();
    awaitTrue(
        holder.name() + " answers the client",
        () -> probe.answersSince(start).containsKey(holder.name()),
        () -> probe.answersSince(start) + logs());
    return holder;
  }

  /** Plugs a VM that is not bound and lets it try all there is, while somebody holds the VIP. */
  List<Theft> thefts(Guest thief, int vrid, Guest holder)
      throws IOException, InterruptedException, CheckFailedException {
    plugVm(thief);
    Thief robber =
        external ? new Thief(thief, vip(), SECOND_NIC, secondMac(thief)) : new Thief(thief, vip());
    robber.dress();
    List<Theft> thefts = new ArrayList<>();
    for (Thief.Attempt attempt :
        robber.attempts(client, neighbourMac(), probe.port(), vrid, members)) {
      int saidBefore = log(holder).length();
      long start = System.nanoTime();
      int sent = attempt.attack().run();
      Thread.sleep(AFTERMATH);
      List<String> effects = effects(robber, start, log(holder).substring(saidBefore));
      thefts.add(new Theft(attempt, sent, effects, ground.isHeldBy(holder)));
    }
    robber.undress();
    return thefts;
  }

  /** What the client, its router and the holder believe of what a thief told them. */
  private List<String> effects(Thief robber, long start, String saidByHolder)
      throws IOException, InterruptedException {
    List<String> effects = new ArrayList<>();
    if (probe.answersSince(start).containsKey(robber.guest().name())) {
      effects.add("the client believes the thief");
    }
    if (neighbour(neighbour()).equals(Optional.of(robber.mac()))) {
      effects.add("packets to the VIP go to the thief");
    }
    if (saidByHolder.contains("higher priority " + Thief.PRIORITY)) {
      effects.add("the holder hears the thief's advertisements");
    }
    return effects;
  }

  /** The VIP's entry in a guest's ARP cache. */
  Optional<MacAddress> neighbour(Guest guest) throws IOException, InterruptedException {
    return guest.neighbour(vip(), external ? SECOND_NIC : Guest.NIC);
  }

  /** The MAC address of a member's NIC on the VIP's network. */
  MacAddress mac(Guest member) {
    return external ? secondMac(member) : member.mac();
  }

  /** The host's end of a VM's NIC on the VIP's network. */
  String port(Guest vm) {
    return port(vm, external);
  }

  static String port(Guest guest, boolean second) {
    return second ? secondPort(guest) : guest.port();
  }

  static MacAddress secondMac(Guest guest) {
    return new MacAddress(guest.mac().bits() ^ 0x0000_ff00_0000L);
  }

  static String secondPort(Guest guest) {
    return guest.port() + "-x";
  }

  private MacAddress neighbourMac() {
    return external ? secondMac(ROUTER) : client.mac();
  }

  /** Whatever the HA software of the VMs said. */
  String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (Guest vm : vms.keySet()) {
      logs.append("\n").append(vm.name()).append(":\n").append(log(vm));
    }
    return logs.toString();
  }

  private String log(Guest vm) throws IOException {
    return Objects.requireNonNull(vms.get(vm)).log().now();
  }

  private void start(Guest member) throws IOException, InterruptedException {
    String configuration = ground.configuration(member);
    if (software.isCluster()) {
      startCluster(member, configuration);
      return;
    }
    Keepalived keepalived = Keepalived.start(member, directory, software.adapt(configuration));
    cleanUps.add(keepalived::kill);
    runs(member, keepalived::kill, keepalived::log);
  }

  private void startCluster(Guest member, String script) throws IOException {
    Path file = directory.resolve(member.name() + ".sh");
    Files.writeString(file, script);
    Path log = directory.resolve(member.name() + ".out");
    Process process =
        new ProcessBuilder(
                "src/test/sandbox/node.sh",
                member.namespace().path().toString(),
                directory.toString(),
                member.name(),
                "src/test/sandbox/cluster.sh",
                software.name().toLowerCase(Locale.ROOT),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    cleanUps.add(process::destroyForcibly);
    runs(member, () -> process.destroyForcibly().waitFor(), () -> Files.readString(log));
  }

  private void runs(Guest member, CleanUps.CleanUp powerCut, Look log) {
    vms.computeIfPresent(member, (_, vm) -> new Vm(vm.server(), powerCut, log));
  }

  private void plugVm(Guest vm) throws CheckFailedException, IOException, InterruptedException {
    plug(vm, Stage.SUBNET);
    if (external) {
      plugSecond(vm);
      vm.ip("route", "add", "default", "via", ROUTER.address().toString());
    }
    // What the generated files ask for.
    Program.output(
        vm.inside("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1").toArray(String[]::new));
    Program.output(
        vm.inside("sysctl", "-qw", "net.ipv4.conf.all.arp_announce=2").toArray(String[]::new));
    ground.connect(vm, false);
    if (external) {
      ground.connect(vm, true);
    }
    EchoServer server = EchoServer.start(vm, vip());
    cleanUps.add(server::close);
    vms.put(vm, new Vm(server, () -> {}, () -> ""));
  }

  private void plug(Guest guest, Cidr network) throws IOException, InterruptedException {
    cleanUps.add(() -> unplugIfPresent(guest));
    guest.plug(network);
  }

  private void unplugIfPresent(Guest guest) throws IOException, InterruptedException {
    if (Files.exists(guest.namespace().path())) {
      unplug(guest);
    }
  }

  private void unplug(Guest guest) throws IOException, InterruptedException {
    if (external) { // as of the first NIC: left to the namespace, it would stay for a while
      Program.run(List.of("ip", "link", "del", secondPort(guest)));
    }
    guest.unplug();
  }

  /** A NIC without an address. */
  private static void plugSecond(Guest guest) throws IOException, InterruptedException {
    Program.output(
        "ip",
        "link",
        "add",
        secondPort(guest),
        "type",
        "veth",
        "peer",
        "name",
        SECOND_NIC,
        "address",
        secondMac(guest).toString(),
        "netns",
        guest.port());
    Program.output("ip", "link", "set", secondPort(guest), "addrgenmode", "none", "up");
    guest.ip("link", "set", SECOND_NIC, "up");
  }

  private void plugRouter() throws CheckFailedException, IOException, InterruptedException {
    plug(ROUTER, Stage.SUBNET);
    plugSecond(ROUTER);
    ROUTER.ip("addr", "add", GATEWAY + "/" + EXTERNAL.prefixLength(), "dev", SECOND_NIC);
    ground.connect(ROUTER, false);
    ground.connect(ROUTER, true);
    Ipv4Address routerAtClient = Ipv4Address.parse("198.51.100.1");
    Program.output("ip", "link", "set", client.port(), "netns", ROUTER.port());
    ROUTER.ip("addr", "add", routerAtClient + "/" + FAR_AWAY.prefixLength(), "dev", client.port());
    ROUTER.ip("link", "set", client.port(), "up");
    client.ip("route", "add", "default", "via", routerAtClient.toString());
    Program.output(ROUTER.inside("sysctl", "-qw", "net.ipv4.ip_forward=1").toArray(String[]::new));
  }

  private static Guest named(String prefix, Guest guest) {
    return new Guest(prefix + guest.name(), guest.address(), guest.mac());
  }

  private static Guest guest(String name, int number) {
    return new Guest(
        name,
        Ipv4Address.parse("10.77.0." + number),
        MacAddress.parse("02:00:0a:4d:00:0" + number));
  }

  @Override
  public void close() throws IOException {
    cleanUps.run();
  }
}
