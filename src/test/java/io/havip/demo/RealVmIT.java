package io.havip.demo;

import static io.havip.demo.Stage.CLIENT;
import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.havip.ovsdb.OvsdbServer;
import io.havip.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A VM with a kernel of its own, under qemu, on one host imported as libvirt describes it:
 * keepalived in it runs with the file that HAVIP makes, and a peer takes the VIP when the power is
 * cut.
 */
class RealVmIT {
  /** Unpacked by `./havip test`. */
  private static final Path KERNEL = Path.of("target/vm-kernel");

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String PORT = "vm5-eth0";
  private static final String MAC = "02:00:0a:4d:00:15";

  @TempDir private Path directory;
  private final CleanUps cleanUps = new CleanUps();

  @AfterEach
  void end() throws IOException {
    cleanUps.run();
  }

  @Test
  void aRealVmHoldsTheVipUntilItsPowerIsCut() throws Exception {
    assumeVmsCanRun();
    play(null);
  }

  @Test
  void aRealVmOnOvnHoldsItUntilAnotherChassisTakesOver() throws Exception {
    assumeVmsCanRun();
    OvsdbServer.assumeInstalled();
    Ovn ovn = Ovn.start(Files.createDirectory(directory.resolve("ovn")));
    cleanUps.add(ovn::close);
    play(ovn);
  }

  private static void assumeVmsCanRun() throws Exception {
    assumeTrue(Files.isDirectory(KERNEL), "there is no kernel for a VM in " + KERNEL);
    assumeTrue(isHere("qemu-system-x86_64") && isHere("cpio") && isHere("busybox"), "no qemu");
  }

  private void play(@Nullable Ovn ovn) throws Exception {
    ServerProcess server = new ServerProcess(directory, Theatre.flags(ovn));
    cleanUps.add(server::stop);
    Api api = new Api(URI.create(server.url()), server.token());
    cleanUps.add(api::close);
    Stage stage = new Stage(api, ovn == null ? Plugs.TO_THIS_HOST : new Plugs.ToOvn(ovn));
    cleanUps.add(stage::close);
    String vip = "/v1/vips/" + server.get("/v1/vips").at("/items/0/id").asString();
    String vm2 = server.get(vip).at("/bindings/1/vmId").asString();

    Program.output("ip", "tuntap", "add", PORT, "mode", "tap");
    if (ovn == null) {
      cleanUps.add(() -> Program.output("ip", "link", "del", PORT));
      importVm(server);
    } else {
      cleanUps.add(() -> ovn.unplug(Ovn.Chassis.FIRST, PORT));
      ovn.plug(Ovn.Chassis.FIRST, PORT);
      createVm(server, vip);
    }
    String vm5 =
        server
            .get("/v1/vms?limit=100")
            .path("items")
            .valueStream()
            .filter(vm -> vm.path("name").asString().equals("vm5"))
            .map(vm -> vm.path("id").asString())
            .findFirst()
            .orElseThrow();
    cleanUps.add(() -> api.delete("vms", vm5));
    server.call("PUT", vip + "/bindings", Map.of("vmIds", List.of(vm5, vm2)));
    awaitAvailable(server, vip);

    String id = vip.substring(vip.lastIndexOf('/') + 1);
    Duration second = Duration.ofSeconds(1);
    Path machine = Files.createDirectory(directory.resolve("vm5"));
    Files.writeString(machine.resolve("keepalived.conf"), api.keepalived(id, vm5, second));
    Process vm = boot(machine, ovn == null ? List.of() : Ovn.inside(Ovn.Chassis.FIRST.ns()));
    cleanUps.add(vm::destroyForcibly);
    Path console = machine.resolve("console");
    awaitHolder(server, vip, vm5, vm, console);
    ping(console);

    Keepalived peer = Keepalived.start(VM2, directory, api.keepalived(id, vm2, second));
    cleanUps.add(peer::kill);
    vm.destroyForcibly().waitFor();
    awaitHolder(server, vip, vm2, null, console);
    ping(console);
    assertThat(CLIENT.neighbour(VIP)).hasValue(VM2.mac());
  }

  /** As libvirt would describe it, were it the one who runs it. */
  private void importVm(ServerProcess server) throws Exception {
    Path domain =
        Files.writeString(
            directory.resolve("vm5.xml"),
            """
            <domain type='qemu' id='1'>
              <name>vm5</name>
              <devices>
                <interface type='bridge'>
                  <mac address='%s'/>
                  <source bridge='havip1'/>
                  <target dev='%s'/>
                  <ip address='10.77.0.15' prefix='24'/>
                </interface>
              </devices>
            </domain>
            """
                .formatted(MAC, PORT));
    ProcessBuilder havip =
        new ProcessBuilder(
            ServerProcess.havip("import", "libvirt", "--vpc", "demo", "--yes", domain.toString()));
    havip.environment().putAll(Map.of("HAVIP_URL", server.url(), "HAVIP_TOKEN", server.token()));
    Process process = havip.redirectErrorStream(true).start();
    String output = process.inputReader().readAllAsString();
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("+ VM vm5: running", "Imported.");
  }

  /** As whoever runs it tells HAVIP. */
  private static void createVm(ServerProcess server, String vip) throws Exception {
    JsonNode shown = server.get(vip);
    Map<String, String> nic =
        Map.of(
            "networkId",
            shown.path("networkId").asString(),
            "address",
            "10.77.0.15",
            "mac",
            MAC,
            "port",
            PORT);
    server.call(
        "POST",
        "/v1/vms",
        Map.of("name", "vm5", "vpcId", shown.path("vpcId").asString(), "nics", List.of(nic)));
  }

  /**
   * Starts it.
   *
   * @param before a command that runs its arguments where the VM's tap is
   */
  private static Process boot(Path machine, List<String> before) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(List.of("src/test/sandbox/vm.sh", KERNEL.toString(), machine.toString()));
    command.addAll(List.of(PORT, MAC, "10.77.0.15/24"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(machine.resolve("console").toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  private static void awaitAvailable(ServerProcess server, String vip) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!server.get(vip).path("state").asString().equals("available")) {
      assertThat(System.nanoTime()).as("still %s", server.get(vip)).isLessThan(end);
      Thread.sleep(50);
    }
  }

  /**
   * Waits until a VM holds the VIP.
   *
   * @param machine the VM's process; the test fails at once when it ends. Null for a VM without one
   */
  private static void awaitHolder(
      ServerProcess server, String vip, String vmId, @Nullable Process machine, Path console)
      throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode shown = server.get(vip);
      if (shown.path("holders").findValuesAsString("vmId").equals(List.of(vmId))) {
        return;
      }
      assertThat(machine == null || machine.isAlive())
          .as("the VM has ended: %s", Files.readString(console))
          .isTrue();
      assertThat(System.nanoTime())
          .as("still %s%n%s", shown, Files.readString(console))
          .isLessThan(end);
      Thread.sleep(50);
    }
  }

  /** The client reaches whoever holds the VIP. */
  private static void ping(Path console) throws Exception {
    Program.Result result =
        Program.run(CLIENT.inside("ping", "-c", "1", "-w", "15", VIP.toString()));
    assertThat(result.exitCode()).as("%s%n%s", result.output(), Files.readString(console)).isZero();
  }

  private static boolean isHere(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }
}
