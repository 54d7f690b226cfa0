package io.havip.cli;

import io.havip.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes which VMs are bound to a VIP, all or nothing: the whole set is sent, for the version that
 * it was made from. Whoever else changes the VIP in between makes it begin anew.
 */
abstract class BindingsCommand extends ClientCommand {
  private static final int ATTEMPTS_MAX = 20;

  @Parameters(index = "0", paramLabel = "VIP", description = "The VIP: name or id.")
  @SuppressWarnings("NullAway.Init")
  private String vip;

  @Mixin private final VmacOption vmac = new VmacOption();
  @Mixin private final VersionOption version = new VersionOption();
  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final FormatOption format = new FormatOption();

  BindingsCommand(Surroundings surroundings) {
    super(surroundings);
  }

  /** The names or ids that the user gave. */
  abstract List<String> vms();

  /**
   * Those that are to be bound.
   *
   * @param bound the ids of those that are
   * @param named the ids of {@link #vms}
   */
  abstract Set<String> wanted(Set<String> bound, List<String> named) throws CommandFailedException;

  @Override
  final void run() throws CommandFailedException, InterruptedException {
    List<String> texts = vms();
    JsonNode found = directory().find(Kind.VIP, vip);
    List<String> named = new ArrayList<>();
    for (String text : texts) {
      named.add(directory().idInVpc(Kind.VM, text, found.path("vpcId").asString("")));
    }
    String path = Kind.VIP.path(Directory.id(found));
    for (int attempt = 1; ; attempt++) {
      try {
        change(path, found, named);
        return;
      } catch (CommandFailedException e) {
        boolean isOutdated = "version_mismatch".equals(e.code()) && version.eTag().isEmpty();
        if (!isOutdated || attempt == ATTEMPTS_MAX) {
          throw e;
        }
        found = api().get(path);
      }
    }
  }

  private void change(String path, JsonNode seen, List<String> named)
      throws CommandFailedException, InterruptedException {
    Set<String> bound = DryRunOption.ids(seen.path("bindings"), "vmId");
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode vmIds = body.putArray("vmIds");
    Set<String> wanted = wanted(bound, named);
    wanted.forEach(vmIds::add);
    if (vmac.isSet()) {
      ArrayNode vmacVmIds = body.putArray("vmacVmIds");
      wanted.stream().filter(id -> named.contains(id) || hasVmac(seen, id)).forEach(vmacVmIds::add);
    }
    String eTag = version.eTag().orElse(VersionOption.eTag(seen.path("version").asLong()));
    JsonNode changed = api().put(path + "/bindings" + dryRun.query(), body, Optional.of(eTag));
    if (dryRun.isSet()) {
      dryRun.show(changed, this, format.format());
    } else {
      output().show(Kind.VIP, List.of(wait.untilRealised(changed, this)), format.format());
    }
  }

  private static boolean hasVmac(JsonNode vip, String vmId) {
    return vip.path("bindings")
        .valueStream()
        .anyMatch(binding ->
            binding.path("vmId").asString("").equals(vmId)
                && binding.path("vmac").asBoolean(false));
  }
}
