package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.linux.LinuxLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A host with a server and VMs, on which a page of docs/howto is followed. A block {@code sh} is a
 * shell's input on the host, {@code sh NAME} in that VM, and {@code text} is what the block before
 * it printed, with … for anything.
 */
final class HowtoHost {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(sh|text)(?: ([a-z0-9-]+))?\\n(.*?)^```$");

  private static final int PATIENCE_SECONDS = 120;

  private final Path directory;
  private final Path bin;
  private final ServerProcess server;
  private final Map<String, Vm> vms = new HashMap<>();

  /**
   * What stands in for a VM.
   *
   * @param enter runs its arguments inside
   */
  private record Vm(Process process, List<String> enter) {}

  HowtoHost(Path directory) throws Exception {
    this.directory = directory;
    bin = Files.createDirectory(directory.resolve("bin"));
    server = new ServerProcess(directory);
    program(
        "havip",
        ServerProcess.havip().stream().map(w -> "'" + w + "'").collect(Collectors.joining(" "))
            + " \"$@\"");
  }

  /** A program that the pages call and this machine does not have as they mean it. */
  void program(String name, String script) throws IOException {
    Path file = bin.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** A NIC of a VM, or of another machine: its end on the host, and its own. */
  static void nic(String machine, String port, String device, String mac) throws Exception {
    LinuxLab.run(
        "ip", "link", "add", port, "type", "veth", "peer", "name", device, "address", mac, "netns",
        machine);
    LinuxLab.run("ip", "link", "set", port, "up");
    LinuxLab.run("ip", "-n", machine, "link", "set", device, "up");
  }

  /** The same with an address. */
  static void nic(String machine, String port, String device, String mac, String address)
      throws Exception {
    nic(machine, port, device, mac);
    LinuxLab.run("ip", "-n", machine, "addr", "add", address, "dev", device);
  }

  static void namespace(String name) throws Exception {
    LinuxLab.run("ip", "netns", "add", name);
    LinuxLab.run("ip", "-n", name, "link", "set", "lo", "up");
  }

  /** The machine of a namespace, with a keepalived of its own. */
  void start(String name) throws Exception {
    // keepalived 2.3 does not start without the options that it was built with.
    String mounts =
        """
        set -e
        original=$(mktemp -d)
        mount --bind /etc/keepalived "$original"
        mount -t tmpfs tmpfs /etc/keepalived
        cp "$original"/*.config-opts /etc/keepalived/ 2>/dev/null || true
        mount -t tmpfs tmpfs /etc/sysctl.d
        mount -t tmpfs tmpfs /run
        echo up
        exec sleep infinity
        """;
    Process process =
        up(
            "nsenter",
            "--net=/run/netns/" + name,
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            mounts);
    enter(name, process, process.pid(), "--net", "--mount");
  }

  /** The same with a cluster's daemons instead; only root can. */
  void startNode(String name) throws Exception {
    Process process =
        up(
            "src/test/sandbox/node.sh",
            "/run/netns/" + name,
            directory.toString(),
            name,
            "bash",
            "-c",
            // Process 1 must take leave of the dead, for whom heartbeat waits.
            "mkdir -p /run/systemd/system; echo up; sleep infinity & wait");
    long first = process.children().findFirst().orElseThrow().pid();
    enter(name, process, first, "--net", "--mount", "--uts", "--ipc", "--pid");
  }

  private static Process up(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).isEqualTo("up");
    return process;
  }

  private void enter(String name, Process process, long pid, String... namespaces) {
    List<String> enter = new ArrayList<>(List.of("nsenter", "--target", Long.toString(pid)));
    enter.addAll(List.of(namespaces));
    enter.add("--wd=" + directory);
    vms.put(name, new Vm(process, enter));
  }

  /** Does what the page says, in its order; no command may fail. */
  void follow(Path page) throws Exception {
    Matcher block = BLOCK.matcher(Files.readString(page));
    String printed = "";
    int commands = 0;
    while (block.find()) {
      String text = block.group(3);
      if (block.group(1).equals("sh")) {
        printed = run(block.group(2), text);
        commands++;
      } else {
        for (String line : text.lines().toList()) {
          String expected =
              Stream.of(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
          assertThat(printed).as("%s: %s", page, line).containsPattern("(?m)^" + expected + "$");
        }
      }
    }
    assertThat(commands).isPositive();
  }

  /** Runs a shell with this input, on the host or in a VM; it must not fail. */
  private String run(@Nullable String vm, String commands) throws Exception {
    List<String> shell = new ArrayList<>();
    if (vm != null) {
      shell.addAll(Objects.requireNonNull(vms.get(vm)).enter());
    }
    shell.addAll(
        List.of(
            "bash",
            "-euo",
            "pipefail",
            "-c",
            commands.replace("http://127.0.0.1:8470", server.url())));
    Path output = Files.createTempFile(directory, "output", "");
    ProcessBuilder builder =
        new ProcessBuilder(shell)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("HAVIP_"));
    builder.environment().put("HOME", directory.toString());
    builder
        .environment()
        .merge("PATH", bin.toString(), (path, bin) -> bin + ":" + path + ":/usr/sbin:/sbin");
    Process process = builder.start();
    try (var input = process.outputWriter()) {
      input.write(server.token() + "\n"); // for who asks
    } catch (IOException e) {
      // It did not ask.
    }
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(ended).as("%s has not ended: %s", commands, printed).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", commands, printed).isZero();
    return printed;
  }

  /** Ends everything in it. */
  void stop() throws InterruptedException {
    for (Vm vm : vms.values()) {
      vm.process().destroyForcibly().waitFor();
    }
    server.stop();
  }
}
