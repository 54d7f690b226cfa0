package io.havip.cli;

import io.havip.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Delete VIPs; one is gone when its VMs can use it no more.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db",
      "  ${COMMAND-FULL-NAME} db shop --wait",
      "  ${COMMAND-FULL-NAME} db --force",
      "  ${COMMAND-FULL-NAME} db --dry-run   # who would lose it",
      "",
      "One that cannot be deleted does not stop the others."
    })
final class DeleteVipCommand extends ClientCommand {
  /** The most that the server deletes at once. */
  private static final int BATCH_MAX = 100;

  @Parameters(arity = "1..*", paramLabel = "VIP", description = "Names or ids.")
  @SuppressWarnings("NullAway.Init")
  private List<String> vips;

  @Option(
      names = "--force",
      description =
          "Delete at once, in any state: for VIPs whose network is gone for good. Their addresses are"
              + " free before anybody knows that their VMs cannot use them any more.")
  private boolean isForced;

  @Mixin private final DryRunOption dryRun = new DryRunOption();
  @Mixin private final WaitOptions wait = new WaitOptions();
  @Mixin private final FormatOption format = new FormatOption();

  DeleteVipCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    if (dryRun.isSet()) {
      each(
          vips,
          vip -> {
            String path = Kind.VIP.path(directory().id(Kind.VIP, vip));
            dryRun.show(api().delete(path + dryRun.query()), this, format.format());
          });
    } else {
      delete();
    }
  }

  private void delete() throws CommandFailedException, InterruptedException {
    Map<String, String> ids = new LinkedHashMap<>();
    Map<String, CommandFailedException> unknown = new HashMap<>();
    for (String vip : vips) {
      try {
        ids.put(vip, directory().id(Kind.VIP, vip));
      } catch (CommandFailedException e) {
        unknown.put(vip, e);
      }
    }
    Map<String, JsonNode> results = isForced ? Map.of() : results(ids.values());
    List<JsonNode> deleting = new ArrayList<>();
    try {
      each(
          vips,
          vip -> {
            String id = ids.get(vip);
            if (id == null) {
              throw Objects.requireNonNull(unknown.get(vip));
            }
            if (isForced) {
              api().delete(Kind.VIP.path(id) + "?force=true");
              tell("Deleted VIP " + Text.printable(vip) + ".");
              return;
            }
            JsonNode result =
                Objects.requireNonNull(results.get(id), "the server answers for each");
            int status = result.path("status").asInt();
            if (status / 100 != 2) {
              throw Refusal.of(status, result.path("problem"));
            }
            tell("Deleting VIP " + Text.printable(vip) + ".");
            deleting.add(Json.MAPPER.createObjectNode().put("id", id).put("name", vip));
          });
    } finally {
      for (JsonNode vip : deleting) {
        wait.untilGone(vip, this);
      }
    }
  }

  /** Begins to delete all of them, as many at once as the server does; what became of each id. */
  private Map<String, JsonNode> results(Collection<String> all)
      throws CommandFailedException, InterruptedException {
    List<String> ids = all.stream().distinct().toList();
    Map<String, JsonNode> results = new HashMap<>();
    for (int first = 0; first < ids.size(); first += BATCH_MAX) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      ArrayNode batch = body.putArray("ids");
      ids.subList(first, Math.min(first + BATCH_MAX, ids.size())).forEach(batch::add);
      for (JsonNode result : api().post(Kind.VIP.path() + "/batch-delete", body).path("results")) {
        results.put(Directory.id(result), result);
      }
    }
    return results;
  }
}
