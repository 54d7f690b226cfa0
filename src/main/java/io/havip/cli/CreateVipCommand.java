package io.havip.cli;

import io.havip.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Create a VIP, of a subnet (internal) or of an external network (external).",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --subnet web",
      "  ${COMMAND-FULL-NAME} db --subnet web --address 10.77.1.100 --vm db-1,db-2 --wait",
      "  ${COMMAND-FULL-NAME} db --subnet web --vm db-1 --dry-run",
      "  ${COMMAND-FULL-NAME} shop --network internet --vpc production --vm web-1,web-2",
      "  id=$(${COMMAND-FULL-NAME} db --subnet web -o json | jq -r .id)",
      "",
      "The VMs elect among themselves who uses it (keepalived, pacemaker, ...)."
    })
final class CreateVipCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "Its name.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  /** Which network; it says the VIP's type. */
  static final class Where {
    @Option(
        names = "--subnet",
        paramLabel = "SUBNET",
        description = "For an internal VIP its subnet: name or id.")
    private @Nullable String subnet;

    @Option(
        names = "--network",
        paramLabel = "NETWORK",
        description = "For an external VIP its external network: name or id; needs --vpc.")
    private @Nullable String network;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  @SuppressWarnings("NullAway.Init")
  private Where where;

  @Option(
      names = "--vpc",
      paramLabel = "VPC",
      description = "The VMs' VPC: name or id (default: the subnet's).")
  private @Nullable String vpc;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      description = "Its address (default: HAVIP chooses a free one).")
  private @Nullable String address;

  @Option(
      names = "--vm",
      split = ",",
      paramLabel = "VM",
      description = "VMs that may use it: names or ids; may be repeated.")
  private List<String> vms = List.of();

  @Mixin private final FloatingOption floating = new FloatingOption();

  @Option(names = "--remark", paramLabel = "TEXT", description = "What people should know of it.")
  private @Nullable String remark;

  @Mixin private final VmacOption vmac = new VmacOption();
  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final FormatOption format = new FormatOption();

  CreateVipCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    ObjectNode body = Json.MAPPER.createObjectNode().put("name", name);
    String vpcId = where.subnet == null ? external(body) : internal(where.subnet, body);
    if (address != null) {
      body.put("address", address);
    }
    if (remark != null) {
      body.put("remark", remark);
    }
    floating.addTo(body, this);
    ArrayNode vmIds = body.putArray("vmIds");
    for (String vm : vms) {
      vmIds.add(directory().idInVpc(Kind.VM, vm, vpcId));
    }
    if (vmac.isSet()) {
      body.set("vmacVmIds", vmIds.deepCopy());
    }
    JsonNode created = api().post(Kind.VIP.path() + dryRun.query(), body);
    if (dryRun.isSet()) {
      dryRun.show(created, this, format.format());
    } else {
      output().show(Kind.VIP, List.of(wait.untilRealised(created, this)), format.format());
    }
  }

  private String internal(String subnet, ObjectNode body)
      throws CommandFailedException, InterruptedException {
    JsonNode found =
        vpc == null
            ? directory().find(Kind.SUBNET, subnet)
            : directory().findInVpc(Kind.SUBNET, subnet, directory().id(Kind.VPC, vpc));
    String vpcId = vpc == null ? found.path("vpcId").asString("") : directory().id(Kind.VPC, vpc);
    body.put("type", "internal").put("vpcId", vpcId).put("networkId", Directory.id(found));
    return vpcId;
  }

  private String external(ObjectNode body) throws CommandFailedException, InterruptedException {
    if (vpc == null || where.network == null) {
      throw wrongUsage("an external VIP (--network) needs --vpc too, the VPC of its VMs");
    }
    String vpcId = directory().id(Kind.VPC, vpc);
    body.put("type", "external")
        .put("vpcId", vpcId)
        .put("networkId", directory().id(Kind.NETWORK, where.network));
    return vpcId;
  }
}
