package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Add a NIC to a VM.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1 db",
      "  ${COMMAND-FULL-NAME} web-1 db --address 10.77.2.11 --port tap11b"
    })
final class AddNicCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "VM", description = "The VM: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vm;

  @Parameters(
      index = "1",
      paramLabel = "NETWORK",
      description = "The subnet or external network: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String network;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      description = "Its address (default: a free one).")
  private @Nullable String address;

  @Option(names = "--mac", paramLabel = "MAC", description = "Its MAC (default: a new one).")
  private @Nullable String mac;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The interface at the network's end (default: a new name).")
  private @Nullable String port;

  @Option(
      names = "--source",
      split = ",",
      paramLabel = "CIDR",
      description = "What else it may send from; may be repeated.")
  private List<String> sources = List.of();

  @Option(
      names = "--gateway",
      description = "The VM routes for the network and may use the gateway's address.")
  private boolean gateway;

  @Option(
      names = "--sends-from",
      split = ",",
      paramLabel = "VIP",
      description = "VIPs that it answers from as an LVS real server; may be repeated.")
  private List<String> sendsFrom = List.of();

  @Mixin private final FormatOption format = new FormatOption();

  AddNicCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    JsonNode found = directory().find(Kind.VM, vm);
    ObjectNode body =
        Json.MAPPER
            .createObjectNode()
            .put("networkId", directory().networkId(network, found.path("vpcId").asString("")));
    if (address != null) {
      body.put("address", address);
    }
    if (mac != null) {
      body.put("mac", mac);
    }
    if (port != null) {
      body.put("port", port);
    }
    if (!sources.isEmpty()) {
      sources.forEach(body.putArray("allowedSources")::add);
    }
    if (gateway) {
      body.put("gateway", true);
    }
    if (!sendsFrom.isEmpty()) {
      ArrayNode vips = body.putArray("sendsFromVip");
      for (String vip : sendsFrom) {
        vips.add(directory().id(Kind.VIP, vip));
      }
    }
    JsonNode changed = api().post(Kind.VM.path(Directory.id(found)) + "/nics", body);
    output().show(Kind.VM, List.of(changed), format.format());
  }
}
