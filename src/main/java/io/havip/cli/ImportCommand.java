package io.havip.cli;

import io.havip.json.Json;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows what it would make of what somebody else has, asks, and makes it. */
abstract class ImportCommand extends ClientCommand {
  @Option(
      names = "--vpc",
      required = true,
      paramLabel = "VPC",
      description = "The VPC that the VMs belong to: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vpc;

  @Option(
      names = "--subnet",
      paramLabel = "PLACE=SUBNET",
      description =
          "The subnet on a bridge or a logical switch: its CIDR, or the name or id of one that"
              + " there is. Not needed where that is known.")
  private Map<String, String> subnets = Map.of();

  @Option(
      names = "--address",
      paramLabel = "MAC=ADDRESS",
      description = "The address of a NIC, where nothing else says it.")
  private Map<String, String> addresses = Map.of();

  @Option(
      names = {"-y", "--yes"},
      description = "Do it without asking.")
  private boolean isAgreed;

  private final ImportPlan.Origin origin;

  ImportCommand(Surroundings surroundings, ImportPlan.Origin origin) {
    super(surroundings);
    this.origin = origin;
  }

  /**
   * What there is.
   *
   * @param addresses for MAC addresses, as the host knows
   * @param problems what cannot be imported, one line each with the way out
   */
  record Found(
      List<LibvirtXml.Domain> domains,
      List<LibvirtXml.Network> networks,
      Map<MacAddress, Ipv4Address> addresses,
      List<String> problems) {}

  /** Reads what there is. */
  abstract Found find() throws CommandFailedException, InterruptedException;

  @Override
  void run() throws CommandFailedException, InterruptedException {
    Map<MacAddress, Ipv4Address> said = said();
    checkSubnets();
    Found found = find();
    String vpcId = directory().id(Kind.VPC, vpc);
    ImportPlan plan =
        new ImportPlan(
            origin,
            found.domains(),
            new ImportPlan.Known(
                found.networks(),
                subnets,
                said,
                found.addresses(),
                Stream.concat(inVpc(Kind.SUBNET, vpcId), directory().all(Kind.NETWORK).stream())
                    .toList(),
                inVpc(Kind.VM, vpcId).toList(),
                found.problems()));
    plan.lines().forEach(output()::line);
    if (!plan.isEmpty() && isAgreed()) {
      carryOut(plan, vpcId);
    }
    if (!plan.problems().isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED, "not all could be imported; see the lines that begin with !");
    }
  }

  private Stream<JsonNode> inVpc(Kind kind, String vpcId)
      throws CommandFailedException, InterruptedException {
    return directory().all(kind).stream()
        .filter(resource -> resource.path("vpcId").asString("").equals(vpcId));
  }

  private Map<MacAddress, Ipv4Address> said() {
    Map<MacAddress, Ipv4Address> said = new HashMap<>();
    addresses.forEach((mac, address) -> {
      try {
        said.put(MacAddress.parse(mac.toLowerCase(Locale.ROOT)), Ipv4Address.parse(address));
      } catch (IllegalArgumentException e) {
        throw wrongUsage("--address: " + e.getMessage());
      }
    });
    return said;
  }

  private void checkSubnets() {
    for (String subnet : subnets.values()) {
      if (subnet.contains("/")) {
        try {
          Cidr.parse(subnet);
        } catch (IllegalArgumentException e) {
          throw wrongUsage("--subnet: " + e.getMessage());
        }
      }
    }
  }

  private boolean isAgreed() {
    if (isAgreed) {
      return true;
    }
    if (!surroundings().isTerminal()) {
      tell("Nothing is changed; with --yes it is done.");
      return false;
    }
    out().print("Do it? [y/N] ");
    out().flush();
    try {
      @Nullable String answer =
          new BufferedReader(new InputStreamReader(surroundings().in(), StandardCharsets.UTF_8))
              .readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void carryOut(ImportPlan plan, String vpcId)
      throws CommandFailedException, InterruptedException {
    Map<String, String> idsByBridge = new HashMap<>();
    for (ImportPlan.NewSubnet subnet : plan.subnets()) {
      ObjectNode body =
          Json.MAPPER
              .createObjectNode()
              .put("vpcId", vpcId)
              .put("name", subnet.name())
              .put("cidr", subnet.cidr().toString())
              .put(origin.field(), subnet.bridge());
      if (subnet.gateway() != null) {
        body.put("gateway", subnet.gateway().toString());
      }
      idsByBridge.put(subnet.bridge(), Directory.id(api().post(Kind.SUBNET.path(), body)));
    }
    for (ImportPlan.NewVm vm : plan.vms()) {
      ObjectNode body =
          Json.MAPPER
              .createObjectNode()
              .put("vpcId", vpcId)
              .put("name", vm.name())
              .put("state", vm.state());
      ArrayNode nics = body.putArray("nics");
      vm.nics().forEach(nic -> nics.add(body(nic, idsByBridge)));
      api().post(Kind.VM.path(), body);
    }
    for (ImportPlan.MoreNics more : plan.moreNics()) {
      for (ImportPlan.NewNic nic : more.nics()) {
        api().post(Kind.VM.path(more.vmId()) + "/nics", body(nic, idsByBridge));
      }
    }
    for (ImportPlan.NewState state : plan.states()) {
      api()
          .patch(
              Kind.VM.path(state.vmId()),
              Json.MAPPER.createObjectNode().put("state", state.state()),
              Optional.empty());
    }
    tell("Imported.");
  }

  private static ObjectNode body(ImportPlan.NewNic nic, Map<String, String> idsByBridge) {
    String id = nic.place().id();
    return Json.MAPPER
        .createObjectNode()
        .put("networkId", id == null ? idsByBridge.get(nic.place().bridge()) : id)
        .put("address", nic.address().toString())
        .put("mac", nic.mac().toString())
        .put("port", nic.port());
  }
}
