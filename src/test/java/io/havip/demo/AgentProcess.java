package io.havip.demo;

import io.havip.kernel.NetworkNamespace;
import io.havip.server.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent as an operator runs it, in the namespace of a chassis, with a cable of its own to the
 * server's host.
 */
final class AgentProcess {
  private final Process process;

  private AgentProcess(Process process) {
    this.process = process;
  }

  static AgentProcess start(Ovn ovn, Ovn.Chassis chassis, ServerProcess server, Path directory)
      throws IOException, InterruptedException {
    String namespace = ovn.namespace(chassis);
    String network = chassis == Ovn.Chassis.FIRST ? "10.89.1." : "10.89.2.";
    String here = "to-" + namespace;
    Program.output(
        "ip", "link", "add", here, "type", "veth", "peer", "name", "mgmt", "netns", namespace);
    Program.output("ip", "addr", "add", network + "1/24", "dev", here);
    Program.output("ip", "link", "set", here, "up");
    Program.output("ip", "-n", namespace, "addr", "add", network + "2/24", "dev", "mgmt");
    Program.output("ip", "-n", namespace, "link", "set", "mgmt", "up");
    String secret =
        server
            .call("POST", "/v1/tokens", Map.of("name", namespace, "role", "agent"))
            .path("token")
            .asString();
    Path token = Files.writeString(directory.resolve("token-" + namespace), secret);
    List<String> command =
        new ArrayList<>(
            List.of("nsenter", "--net=" + NetworkNamespace.named(namespace).path(), "--"));
    command.addAll(
        ServerProcess.havip(
            "agent",
            "--server",
            server.url().replace("127.0.0.1", network + "1"),
            "--token-file",
            token.toString(),
            "--ovs",
            ovn.switchDatabase(chassis)));
    File log = directory.resolve("agent-" + namespace + ".log").toFile();
    return new AgentProcess(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
  }

  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
