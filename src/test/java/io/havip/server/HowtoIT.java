package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages of docs/howto whose commands are fenced, done as they say. A block {@code sh} is a
 * shell's input on the host, {@code sh NAME} in that VM, and {@code text} is what the block before
 * it printed, with … for anything. What stands in: network namespaces for VMs, libvirt's test
 * driver for its hypervisor, and a script for the VMs' systemd.
 */
class HowtoIT {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(sh|text)(?: ([a-z0-9-]+))?\\n(.*?)^```$");

  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path directory;
  private final Map<String, Process> vms = new HashMap<>();
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory);
  }

  @AfterEach
  void stop() throws Exception {
    for (Process vm : vms.values()) {
      vm.destroyForcibly().waitFor();
    }
    server.stop();
  }

  @Test
  void theFirstVipOnAKvmHost() throws Exception {
    assumeTrue(isHere("virsh"), "virsh is not installed");
    install();
    vm("db-1", "db1-eth0", "52:54:00:4d:01:11", "10.77.1.11/24");
    vm("db-2", "db2-eth0", "52:54:00:4d:01:12", "10.77.1.12/24");
    follow(Path.of("docs/howto/first-vip.md"));
  }

  private void follow(Path page) throws Exception {
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

  /** The programs that the pages call and this machine does not have as they mean them. */
  private void install() throws Exception {
    Path bin = Files.createDirectory(directory.resolve("bin"));
    script(
        bin.resolve("havip"),
        ServerProcess.havip().stream().map(w -> "'" + w + "'").collect(Collectors.joining(" "))
            + " \"$@\"");
    script(
        bin.resolve("virsh"),
        "shift 3; exec /usr/bin/virsh --quiet --connect test://%s \"$@\""
            .formatted(directory.resolve("node.xml")));
    script(
        bin.resolve("systemctl"),
        """
        set -e
        [ "$2" = keepalived ]
        kill $(cat /run/keepalived.pid) 2>/dev/null && sleep 1 || true
        [ "$1" = stop ] || keepalived --use-file /etc/keepalived/keepalived.conf \
          --pid /run/keepalived.pid --vrrp_pid /run/vrrp.pid --vrrp </dev/null >/dev/null 2>&1
        """);
    Matcher nic =
        Pattern.compile("(?ms)^```xml\\n(.*?)^```$")
            .matcher(Files.readString(Path.of("docs/howto/first-vip.md")));
    assertThat(nic.find()).isTrue();
    String second =
        nic.group(1).replace(":11'", ":12'").replace("db1", "db2").replace("1.11'", "1.12'");
    Files.writeString(
        directory.resolve("node.xml"),
        "<node>" + domain("db-1", nic.group(1)) + domain("db-2", second) + "</node>");
  }

  private static String domain(String name, String nic) {
    return "<domain type='test'><name>%s</name><memory>8192</memory><os><type>hvm</type></os><devices>%s</devices></domain>"
        .formatted(name, nic);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** A namespace with a NIC, and a keepalived of its own. */
  private void vm(String name, String port, String mac, String address) throws Exception {
    LinuxLab.run("ip", "netns", "add", name);
    LinuxLab.run(
        "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "address", mac, "netns",
        name);
    LinuxLab.run("ip", "link", "set", port, "up");
    LinuxLab.run("ip", "-n", name, "link", "set", "lo", "up");
    LinuxLab.run("ip", "-n", name, "addr", "add", address, "dev", "eth0");
    LinuxLab.run("ip", "-n", name, "link", "set", "eth0", "up");
    Process vm =
        new ProcessBuilder(
                "nsenter",
                "--net=/run/netns/" + name,
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t tmpfs tmpfs /etc/keepalived && mount -t tmpfs tmpfs /run && echo up &&"
                    + " exec sleep infinity")
            .redirectErrorStream(true)
            .start();
    vms.put(name, vm);
    assertThat(vm.inputReader().readLine()).isEqualTo("up");
  }

  /** Runs a shell with this input, on the host or in a VM; it must not fail. */
  private String run(@Nullable String vm, String commands) throws Exception {
    List<String> shell = new ArrayList<>();
    if (vm != null) {
      String pid = Long.toString(Objects.requireNonNull(vms.get(vm)).pid());
      shell.addAll(List.of("nsenter", "--target", pid, "--net", "--mount", "--wd=" + directory));
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
        .merge(
            "PATH",
            directory.resolve("bin").toString(),
            (path, bin) -> bin + ":" + path + ":/usr/sbin:/sbin");
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

  private static boolean isHere(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }
}
