package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Create a VM with its NICs.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} web-1 --vpc production --nic web",
      "  ${COMMAND-FULL-NAME} web-2 --vpc production --nic web,address=10.77.1.12,port=tap12",
      "  ${COMMAND-FULL-NAME} router --vpc production --nic web,source=10.9.0.0/16 --nic db"
    })
final class CreateVmCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "Its name.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Option(
      names = "--vpc",
      required = true,
      paramLabel = "VPC",
      description = "The VPC that it belongs to: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vpc;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "running or stopped (default: running).")
  private @Nullable String state;

  @Option(
      names = "--nic",
      paramLabel = "NETWORK[,KEY=VALUE...]",
      description =
          "A NIC: its subnet or external network by name or id, and what else is known of it:"
              + " address, mac, port, source (a CIDR it may send from; may be repeated), gateway"
              + " (true: a router VM).")
  private List<String> nics = List.of();

  @Option(
      names = "--account",
      paramLabel = "ACCOUNT",
      description =
          "The account that it is for, by name (administrators); give VPC and networks by id then.")
  private @Nullable String account;

  @Mixin private final FormatOption format = new FormatOption();

  CreateVmCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    String vpcId = directory().id(Kind.VPC, vpc);
    ObjectNode body = Json.MAPPER.createObjectNode().put("name", name).put("vpcId", vpcId);
    if (state != null) {
      body.put("state", state);
    }
    if (account != null) {
      body.put("account", account);
    }
    ArrayNode list = body.putArray("nics");
    for (String nic : nics) {
      list.add(nic(nic, vpcId));
    }
    output().show(Kind.VM, List.of(api().post(Kind.VM.path(), body)), format.format());
  }

  private ObjectNode nic(String text, String vpcId)
      throws CommandFailedException, InterruptedException {
    String[] parts = text.split(",", -1);
    ObjectNode nic =
        Json.MAPPER.createObjectNode().put("networkId", directory().networkId(parts[0], vpcId));
    for (int i = 1; i < parts.length; i++) {
      int end = parts[i].indexOf('=');
      String key = end < 0 ? parts[i] : parts[i].substring(0, end);
      String value = parts[i].substring(end + 1);
      switch (key) {
        case "address", "mac", "port" -> nic.put(key, value);
        case "gateway" -> nic.put(key, !value.equals("false"));
        case "source" -> nic.withArray("allowedSources").add(value);
        default ->
            throw wrongUsage(
                "--nic: '%s' is none of address=…, mac=…, port=…, source=…, gateway=true"
                    .formatted(parts[i]));
      }
    }
    return nic;
  }
}
