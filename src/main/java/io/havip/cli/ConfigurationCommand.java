package io.havip.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Prints what the HA software in a bound VM is to be told. */
abstract class ConfigurationCommand extends ClientCommand {
  private final String software;
  private final List<String> query = new ArrayList<>();

  @Parameters(paramLabel = "VIP", description = "A VIP of the VM: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Option(
      names = "--vm",
      required = true,
      paramLabel = "VM",
      description = "The bound VM that it is for: name or id. It is about all VIPs of the VM.")
  @SuppressWarnings("NullAway.Init")
  private String vm;

  @Option(
      names = "--interface",
      paramLabel = "NETWORK=NAME",
      description = {
        "What the VM calls its NIC on a network, by the network's name or id; repeat for each.",
        "Left out: eth0, eth1 and so on, in the order of the VM's NICs."
      })
  private List<String> interfaces = List.of();

  ConfigurationCommand(String software, Surroundings surroundings) {
    super(surroundings);
    this.software = software;
  }

  /** Adds what this software has options for. */
  void addOptions() {}

  final void add(String parameter, String value) {
    query.add(parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  @Override
  final void run() throws CommandFailedException, InterruptedException {
    JsonNode found = directory().find(Kind.VIP, vip);
    String vpcId = found.path("vpcId").asString("");
    add("vmId", directory().idInVpc(Kind.VM, vm, vpcId));
    for (String pair : interfaces) {
      int split = pair.lastIndexOf('=');
      if (split < 0) {
        throw wrongUsage("--interface: write NETWORK=NAME, like web=ens3");
      }
      String networkId = directory().networkId(pair.substring(0, split), vpcId);
      add("interface", networkId + pair.substring(split));
    }
    addOptions();
    String path = Kind.VIP.path(Directory.id(found)) + "/" + software;
    out().print(api().text(path + "?" + String.join("&", query)));
    out().flush();
  }
}
