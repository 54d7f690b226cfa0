package io.havip.agent;

import io.havip.cli.CommandFailedException;
import io.havip.cli.Credentials;
import io.havip.kernel.KernelException;
import io.havip.kernel.PacketTap;
import io.havip.ovsdb.Remote;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the agent until it is told to stop (SIGTERM, SIGINT). */
@Command(
    name = "agent",
    description = "Hear what VMs say on this host of Open Virtual Network, and tell the servers.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "It runs on each host of VMs, as root or with CAP_NET_RAW, and only listens: what",
      "VMs say by ARP and VRRP. It decides nothing. Without it the server does not know",
      "of refused claims, advertisements and splits there: docs/operate/ovn.md.",
      "",
      "An administrator makes the token: `havip token create NAME --role agent`. Never give",
      "it as an argument, where every user of this machine could read it.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} --token-file /etc/havip/agent-token",
      "  ${COMMAND-FULL-NAME} --server http://h1:8470,http://h2:8470 --token-file token",
      "  ${COMMAND-FULL-NAME} --ovs unix:/usr/local/var/run/openvswitch/db.sock"
    })
public final class AgentCommand implements Callable<Integer> {
  private static final String DEFAULT_OVS = "unix:/run/openvswitch/db.sock";

  private final Map<String, String> environment;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "URL",
      split = ",",
      description = {
        "All servers, with commas between them, because any may lead.",
        "Default: HAVIP_URL, else " + Credentials.DEFAULT_URL + "."
      })
  private @Nullable List<String> servers;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file whose first line is the token (default: HAVIP_TOKEN).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ovs",
      paramLabel = "REMOTE",
      defaultValue = DEFAULT_OVS,
      description = "The database of this host's Open vSwitch (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String ovs;

  public AgentCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Never returns while all is well; 1 when it cannot listen. */
  @Override
  public Integer call() throws InterruptedException {
    Agent.Options options = options();
    PacketTap tap;
    try {
      tap = Agent.tap();
    } catch (KernelException e) {
      spec.commandLine()
          .getErr()
          .println("havip: cannot listen (it needs CAP_NET_RAW; run as root): " + e.getMessage());
      return 1;
    }
    try (Agent agent = Agent.start(options, tap)) {
      spec.commandLine().getOut().println("HAVIP's agent listens, and tells " + options.servers());
      spec.commandLine().getOut().flush();
      agent.awaitEnd();
    }
    return 1;
  }

  private Agent.Options options() {
    try {
      String token = token();
      List<URI> urls = new ArrayList<>();
      for (String url : servers()) {
        urls.add(Credentials.parse(url.strip(), token).url());
      }
      return new Agent.Options(Remote.parse(ovs), urls, token);
    } catch (IllegalArgumentException | CommandFailedException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private List<String> servers() {
    return servers == null
        ? List.of(environment.getOrDefault("HAVIP_URL", Credentials.DEFAULT_URL).split(",", -1))
        : servers;
  }

  private String token() {
    String token = tokenFile == null ? environment.get("HAVIP_TOKEN") : firstLine(tokenFile);
    if (token == null) {
      throw new IllegalArgumentException(
          "give a token, by --token-file or HAVIP_TOKEN; `havip token create NAME --role agent` makes one");
    }
    return token;
  }

  private static String firstLine(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst().orElse("").strip();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("cannot read the token from " + file + ": " + e, e);
    }
  }
}
