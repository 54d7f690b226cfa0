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
    description = "Change what a NIC may send: MAC address, sources, gateway, VIPs; or its port.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} router 10.77.1.9 --source 10.9.0.0/16,10.10.0.0/16",
      "  ${COMMAND-FULL-NAME} router 10.77.1.9 --no-sources",
      "  ${COMMAND-FULL-NAME} router 10.77.1.9 --gateway   # a router VM of the subnet",
      "  ${COMMAND-FULL-NAME} web-1 10.77.1.11 --sends-from www   # an LVS real server",
      "",
      "On networks that reach hosts outside HAVIP only administrators set --mac, --source and",
      "--gateway. An administrator names the VM of another account by its id."
    })
final class UpdateNicCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "VM", description = "The VM: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vm;

  @Parameters(index = "1", paramLabel = "NIC", description = "The NIC: id, address, MAC or port.")
  @SuppressWarnings("NullAway.Init")
  private String nic;

  @Option(names = "--mac", paramLabel = "MAC", description = "Its new MAC address.")
  private @Nullable String mac;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The interface at the network's end (administrators).")
  private @Nullable String port;

  @Option(
      names = "--source",
      split = ",",
      paramLabel = "CIDR",
      description = "What else it may send from, instead of what it may now; may be repeated.")
  private List<String> sources = List.of();

  @Option(names = "--no-sources", description = "It sends from its own addresses only.")
  private boolean noSources;

  @Option(
      names = "--gateway",
      negatable = true,
      description =
          "The VM routes for the network: it may use the gateway's address and forward from any"
              + " source but VIPs and other NICs' addresses.")
  private @Nullable Boolean gateway;

  @Option(
      names = "--sends-from",
      split = ",",
      paramLabel = "VIP",
      description =
          "VIPs that the VM answers from without claiming them, as an LVS real server, instead of"
              + " those it may now; may be repeated.")
  private List<String> sendsFrom = List.of();

  @Option(names = "--sends-from-none", description = "It is no LVS real server of any VIP.")
  private boolean sendsFromNone;

  @Mixin private final VersionOption version = new VersionOption();
  @Mixin private final FormatOption format = new FormatOption();

  UpdateNicCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    JsonNode found = directory().find(Kind.VM, vm);
    String nicId = DeleteNicCommand.nicId(found, vm, nic);
    ObjectNode body = Json.MAPPER.createObjectNode();
    if (mac != null) {
      body.put("mac", mac);
    }
    if (port != null) {
      body.put("port", port);
    }
    if (noSources || !sources.isEmpty()) {
      checkOne(noSources, sources, "--source", "--no-sources");
      sources.forEach(body.putArray("allowedSources")::add);
    }
    if (gateway != null) {
      body.put("gateway", gateway);
    }
    if (sendsFromNone || !sendsFrom.isEmpty()) {
      checkOne(sendsFromNone, sendsFrom, "--sends-from", "--sends-from-none");
      ArrayNode vips = body.putArray("sendsFromVip");
      for (String vip : sendsFrom) {
        vips.add(directory().id(Kind.VIP, vip));
      }
    }
    if (body.isEmpty()) {
      throw wrongUsage("say what to change; the options are in the help");
    }
    String path = Kind.VM.path(Directory.id(found)) + "/nics/" + nicId;
    JsonNode changed = api().patch(path, body, version.eTag());
    output().show(Kind.VM, List.of(changed), format.format());
  }

  private void checkOne(boolean none, List<String> some, String option, String noOption)
      throws CommandFailedException {
    if (none && !some.isEmpty()) {
      throw wrongUsage("give either " + option + " or " + noOption);
    }
  }
}
