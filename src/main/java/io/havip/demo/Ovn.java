package io.havip.demo;

import io.havip.kernel.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Open Virtual Network on one machine: its central databases and ovn-northd, and two chassis in
 * namespaces of their own, which are joined by a cable and forward in user space, so that no module
 * of the kernel is needed. Closing it ends all of it.
 */
public final class Ovn implements AutoCloseable {
  private static final Path SCHEMAS = Path.of("/usr/share/ovn");
  private static final Path SWITCH_SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

  private static final String NORTHBOUND_NAME = "nb";
  private static final String SOUTHBOUND_NAME = "sb";
  private static final String NORTHD_NAME = "northd";
  private static final String CONTROLLER_NAME = "controller";

  /** Between the chassis. */
  private static final String UNDERLAY = "10.88.0.";

  /** The bridge of a chassis behind which its physical network is. */
  private static final String OUTSIDE = "br-ex";

  /** A host of VMs. */
  public enum Chassis {
    FIRST(1),
    SECOND(2);

    private final int number;

    Chassis(int number) {
      this.number = number;
    }

    /** What its namespace, and itself in OVN, is called. */
    public String ns() {
      return "chassis" + number;
    }

    private String address() {
      return UNDERLAY + number;
    }
  }

  /** What may die alone: a database, ovn-northd, or the ovn-controller of a chassis. */
  public enum Part {
    NORTHBOUND(NORTHBOUND_NAME),
    SOUTHBOUND(SOUTHBOUND_NAME),
    NORTHD(NORTHD_NAME),
    FIRST_CONTROLLER(Chassis.FIRST.ns() + "/" + CONTROLLER_NAME),
    SECOND_CONTROLLER(Chassis.SECOND.ns() + "/" + CONTROLLER_NAME);

    private final String path;

    Part(String path) {
      this.path = path;
    }
  }

  private final Path directory;
  private final Map<Path, Daemon> daemons = new HashMap<>();
  private final CleanUps cleanUps = new CleanUps();

  private Ovn(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts it.
   *
   * @param directory for databases, sockets and logs; its path must be short (unix(7))
   */
  public static Ovn start(Path directory)
      throws CheckFailedException, IOException, InterruptedException {
    Ovn ovn = new Ovn(directory);
    try {
      ovn.startCentral();
      for (Chassis chassis : Chassis.values()) {
        ovn.makeNamespace(chassis);
      }
      cable("eth0");
      for (Chassis chassis : Chassis.values()) {
        ovn.startChassis(chassis);
      }
      ovn.awaitChassis();
      introduce(Chassis.FIRST, Chassis.SECOND);
      introduce(Chassis.SECOND, Chassis.FIRST);
      return ovn;
    } catch (CheckFailedException | IOException | InterruptedException | RuntimeException e) {
      try {
        ovn.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  /** Where the northbound database is: {@code unix:/PATH}. */
  public String northbound() {
    return remote(NORTHBOUND_NAME);
  }

  /** Where the southbound database is. */
  public String southbound() {
    return remote(SOUTHBOUND_NAME);
  }

  /** Where the Open vSwitch of a chassis has its database. */
  public String switchDatabase(Chassis chassis) {
    return remote(chassis.ns() + "/db");
  }

  /** The network namespace of a chassis. */
  public String namespace(Chassis chassis) {
    return chassis.ns();
  }

  private String remote(String database) {
    return "unix:" + directory.resolve(database + ".sock");
  }

  /**
   * Joins the chassis by a second cable, the physical network of this name: what localnet ports
   * that name it send out.
   */
  public void layPhysicalNetwork(String name) throws IOException, InterruptedException {
    cable("ext0");
    for (Chassis chassis : Chassis.values()) {
      bridge(chassis, OUTSIDE, "--", "add-port", OUTSIDE, "ext0");
      vsctl(
          chassis, "set", "open", ".", "external-ids:ovn-bridge-mappings=" + name + ":" + OUTSIDE);
    }
  }

  /** Gives a chassis an interface of this namespace, as the logical port of the same name. */
  public void plug(Chassis chassis, String port) throws IOException, InterruptedException {
    move(chassis, port);
    attach(chassis, port);
  }

  /** Makes an interface that is there the logical port of the same name. */
  void attach(Chassis chassis, String port) throws IOException, InterruptedException {
    vsctl(
        chassis,
        "add-port",
        "br-int",
        port,
        "--",
        "set",
        "interface",
        port,
        "external_ids:iface-id=" + port);
  }

  /** Takes it away, as when a VM is off; the interface stays. */
  void detach(Chassis chassis, String port) throws IOException, InterruptedException {
    vsctl(chassis, "del-port", port);
  }

  /** Puts an interface of this namespace on the physical network, at a chassis. */
  public void plugOutside(Chassis chassis, String port) throws IOException, InterruptedException {
    move(chassis, port);
    vsctl(chassis, "add-port", OUTSIDE, port);
  }

  private static void move(Chassis chassis, String port) throws IOException, InterruptedException {
    Program.output("ip", "link", "set", port, "netns", chassis.ns());
    Program.output("ip", "-n", chassis.ns(), "link", "set", port, "addrgenmode", "none", "up");
  }

  /** Takes it away, and deletes it. */
  public void unplug(Chassis chassis, String port) throws IOException, InterruptedException {
    vsctl(chassis, "--if-exists", "del-port", port);
    Program.output("ip", "-n", chassis.ns(), "link", "del", port);
  }

  /** Kills it without warning. */
  public void kill(Part part) throws InterruptedException {
    daemon(part).kill();
  }

  /** Starts what was killed; it goes on with what it had on disk. */
  public void restart(Part part) throws IOException {
    daemon(part).start();
  }

  private Daemon daemon(Part part) {
    return Objects.requireNonNull(daemons.get(directory.resolve(part.path)));
  }

  /** Runs ovn-nbctl. */
  public String nbctl(String... arguments) throws IOException, InterruptedException {
    return control("ovn-nbctl", northbound(), arguments);
  }

  /** Runs ovn-sbctl. */
  public String sbctl(String... arguments) throws IOException, InterruptedException {
    return control("ovn-sbctl", southbound(), arguments);
  }

  private String vsctl(Chassis chassis, String... arguments)
      throws IOException, InterruptedException {
    return control("ovs-vsctl", switchDatabase(chassis), arguments);
  }

  private static String control(String program, String database, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "--db=" + database, "--timeout=15"));
    command.addAll(Arrays.asList(arguments));
    return Program.output(command.toArray(String[]::new));
  }

  private void startCentral() throws CheckFailedException, IOException, InterruptedException {
    for (String database : List.of(NORTHBOUND_NAME, SOUTHBOUND_NAME)) {
      startDatabase(directory, database, SCHEMAS.resolve("ovn-" + database + ".ovsschema"));
      control("ovn-" + database + "ctl", remote(database), "init");
    }
    run(
        directory,
        NORTHD_NAME,
        List.of(),
        "ovn-northd",
        "--ovnnb-db=" + northbound(),
        "--ovnsb-db=" + southbound());
  }

  private void makeNamespace(Chassis chassis) throws IOException, InterruptedException {
    Program.output("ip", "netns", "add", chassis.ns());
    cleanUps.add(() -> Program.output("ip", "netns", "del", chassis.ns()));
    NetworkNamespace.named(chassis.ns())
        .call(() -> {
          for (String who : List.of("all", "default")) {
            Path setting = Path.of("/proc/sys/net/ipv6/conf", who, "disable_ipv6");
            if (Files.exists(setting)) {
              Files.writeString(setting, "1");
            }
          }
          return chassis;
        });
    Program.output("ip", "-n", chassis.ns(), "link", "set", "lo", "up");
  }

  private static void cable(String nic) throws IOException, InterruptedException {
    String first = Chassis.FIRST.ns();
    String second = Chassis.SECOND.ns();
    Program.output(
        "ip", "-n", first, "link", "add", nic, "type", "veth", "peer", "name", nic, "netns",
        second);
    for (String namespace : List.of(first, second)) {
      Program.output("ip", "-n", namespace, "link", "set", nic, "up");
      dontOffload(namespace, nic);
    }
  }

  /** Forwarding in user space does not finish the checksums that a kernel left to its NIC. */
  static void dontOffload(String namespace, String nic) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(inside(namespace));
    command.addAll(List.of("ethtool", "-K", nic, "tx", "off"));
    Program.output(command.toArray(String[]::new));
  }

  /** What runs a command in a namespace. */
  static List<String> inside(String namespace) {
    return List.of("nsenter", "--net=" + NetworkNamespace.named(namespace).path());
  }

  private void startChassis(Chassis chassis)
      throws CheckFailedException, IOException, InterruptedException {
    Path own = Files.createDirectories(directory.resolve(chassis.ns()));
    startDatabase(own, "db", SWITCH_SCHEMA);
    vsctl(chassis, "--no-wait", "init");
    String database = switchDatabase(chassis);
    run(own, "vswitchd", inside(chassis.ns()), "ovs-vswitchd", database);
    bridge(chassis, "br-phy", "--", "add-port", "br-phy", "eth0");
    Program.output(
        "ip", "-n", chassis.ns(), "addr", "add", chassis.address() + "/24", "dev", "br-phy");
    Program.output("ip", "-n", chassis.ns(), "link", "set", "br-phy", "up");
    bridge(chassis, "br-int", "fail_mode=secure");
    vsctl(
        chassis,
        "set",
        "open",
        ".",
        "external-ids:system-id=" + chassis.ns(),
        "external-ids:ovn-remote=" + southbound(),
        "external-ids:ovn-encap-type=geneve",
        "external-ids:ovn-encap-ip=" + chassis.address(),
        "external-ids:ovn-bridge-datapath-type=netdev");
    run(own, CONTROLLER_NAME, inside(chassis.ns()), "ovn-controller", database);
  }

  private void awaitChassis() throws CheckFailedException, IOException, InterruptedException {
    Checks.Look<String> known = () -> sbctl("--bare", "--columns=name", "list", "chassis");
    Checks.awaitTrue(
        "both chassis report to the southbound database",
        () ->
            known.now().lines().filter(line -> !line.isBlank()).count() == Chassis.values().length,
        known);
  }

  /** A tunnel in user space drops what comes while it looks for the other end's MAC address. */
  private static void introduce(Chassis one, Chassis other)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(inside(one.ns()));
    command.addAll(List.of("arping", "-f", "-w", "10", "-I", "br-phy", other.address()));
    Program.output(command.toArray(String[]::new));
  }

  private void bridge(Chassis chassis, String name, String... more)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev"));
    arguments.addAll(Arrays.asList(more));
    vsctl(chassis, arguments.toArray(String[]::new));
  }

  private void startDatabase(Path where, String name, Path schema)
      throws CheckFailedException, IOException, InterruptedException {
    Path file = where.resolve(name + ".conf");
    Path socket = where.resolve(name + ".sock");
    Program.output("ovsdb-tool", "create", file.toString(), schema.toString());
    run(where, name, List.of(), "ovsdb-server", "--remote=punix:" + socket, file.toString());
    Checks.awaitTrue(
        "ovsdb-server listens at " + socket,
        () -> Files.exists(socket),
        () -> Files.readString(where.resolve(name + ".log")));
  }

  /** Starts a daemon that ends with this. */
  private void run(
      Path where, String name, List<String> inside, String program, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(inside);
    command.add(program);
    command.add("--no-chdir");
    command.add("--pidfile=" + where.resolve(name + ".pid"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(where.resolve(name + ".log").toFile()));
    builder
        .environment()
        .putAll(Map.of("OVS_RUNDIR", where.toString(), "OVN_RUNDIR", where.toString()));
    Daemon daemon = new Daemon(builder);
    daemons.put(where.resolve(name), daemon);
    cleanUps.add(daemon::kill);
  }

  private static final class Daemon {
    private final ProcessBuilder command;
    private Process process;

    Daemon(ProcessBuilder command) throws IOException {
      this.command = command;
      process = command.start();
    }

    void start() throws IOException {
      process = command.start();
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws IOException {
    cleanUps.run();
  }
}
