package io.havip.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    description = "List VIPs, all of them or those that you look for.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME}",
      "  ${COMMAND-FULL-NAME} --state failed",
      "  ${COMMAND-FULL-NAME} --vm db-1 --sort name",
      "  ${COMMAND-FULL-NAME} -q shop --sort -createdAt --limit 10",
      "  ${COMMAND-FULL-NAME} --vpc production -o csv > vips.csv",
      "  ${COMMAND-FULL-NAME} -o json | jq -r '.[].id'"
    })
final class ListVipsCommand extends ClientCommand {
  @Option(names = "--type", paramLabel = "TYPE", description = "internal or external.")
  private @Nullable String type;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "creating, updating, deleting, available or failed.")
  private @Nullable String state;

  @Option(names = "--vpc", paramLabel = "VPC", description = "Those of this VPC: name or id.")
  private @Nullable String vpc;

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description = "Those on this subnet or external network: name or id.")
  private @Nullable String network;

  @Option(names = "--vm", paramLabel = "VM", description = "Those bound to this VM: name or id.")
  private @Nullable String vm;

  @Option(names = "--address", paramLabel = "ADDRESS", description = "Those with this address.")
  private @Nullable String address;

  @Option(
      names = {"-q", "--search"},
      paramLabel = "TEXT",
      description = "Those with this text in their name, remark, id or address.")
  private @Nullable String text;

  @Option(
      names = "--sort",
      paramLabel = "FIELD",
      description = "name, createdAt, address or state; -name etc. for the opposite order.")
  private @Nullable String sort;

  @Mixin private final LimitOption limit = new LimitOption();
  @Mixin private final FormatOption format = new FormatOption();

  ListVipsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    Map<String, @Nullable String> query = new LinkedHashMap<>();
    String vpcId = vpc == null ? null : directory().id(Kind.VPC, vpc);
    query.put("type", type);
    query.put("state", state);
    query.put("vpcId", vpcId);
    query.put("networkId", network == null ? null : directory().networkId(network, vpcId));
    query.put("vmId", vm == null ? null : vmId(vm, vpcId));
    query.put("address", address);
    query.put("q", text);
    query.put("sort", sort);
    output().list(Kind.VIP, api().list(Kind.VIP.path(), query, limit.limit(this)), format.format());
  }

  private String vmId(String name, @Nullable String vpcId)
      throws CommandFailedException, InterruptedException {
    return vpcId == null
        ? directory().id(Kind.VM, name)
        : directory().idInVpc(Kind.VM, name, vpcId);
  }
}
