package io.havip.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds resources by id or name. The server looks for a name where it can; of other kinds it lists
 * all, at most once.
 */
final class Directory {
  private final Api api;
  private final Map<Kind, List<JsonNode>> known = new EnumMap<>(Kind.class);
  private final Map<String, String> names = new HashMap<>();

  Directory(Api api) {
    this.api = api;
  }

  /** The id of what a text names; an id is believed. */
  String id(Kind kind, String idOrName) throws CommandFailedException, InterruptedException {
    return kind.isId(idOrName) ? idOrName : id(named(kind, idOrName, _ -> true));
  }

  /** The id of what a text names in a VPC; an id is believed. */
  String idInVpc(Kind kind, String idOrName, String vpcId)
      throws CommandFailedException, InterruptedException {
    return kind.isId(idOrName) ? idOrName : id(named(kind, idOrName, isIn(vpcId)));
  }

  JsonNode find(Kind kind, String idOrName) throws CommandFailedException, InterruptedException {
    return kind.isId(idOrName) ? api.get(kind.path(idOrName)) : named(kind, idOrName, _ -> true);
  }

  JsonNode findInVpc(Kind kind, String idOrName, String vpcId)
      throws CommandFailedException, InterruptedException {
    return kind.isId(idOrName) ? api.get(kind.path(idOrName)) : named(kind, idOrName, isIn(vpcId));
  }

  /**
   * The id of a network, by id or name: a subnet of the VPC or, where none has the name, an
   * external network.
   *
   * @param vpcId any when absent
   */
  String networkId(String idOrName, @Nullable String vpcId)
      throws CommandFailedException, InterruptedException {
    if (Kind.SUBNET.isId(idOrName) || Kind.NETWORK.isId(idOrName)) {
      return idOrName;
    }
    Predicate<JsonNode> condition = vpcId == null ? _ -> true : isIn(vpcId);
    if (withName(Kind.SUBNET, idOrName).stream().anyMatch(condition)) {
      return id(named(Kind.SUBNET, idOrName, condition));
    }
    if (withName(Kind.NETWORK, idOrName).isEmpty()) {
      throw new CommandFailedException(
          ExitCode.NOT_FOUND,
          "there is no subnet and no external network named '%s' here; `havip subnet list` and"
                  .formatted(Text.printable(idOrName))
              + " `havip network list` show what there is");
    }
    return id(Kind.NETWORK, idOrName);
  }

  List<JsonNode> all(Kind kind) throws CommandFailedException, InterruptedException {
    List<JsonNode> resources = known.get(kind);
    if (resources == null) {
      resources = api.list(kind.path());
      known.put(kind, resources);
    }
    return resources;
  }

  /** All of a kind that have a name. */
  private List<JsonNode> withName(Kind kind, String name)
      throws CommandFailedException, InterruptedException {
    return switch (kind) {
      case SUBNET, VM -> api.list(kind.path(), Map.of("name", name), Integer.MAX_VALUE);
      case VIP, VPC, NETWORK, TOKEN ->
          all(kind).stream()
              .filter(resource -> resource.path("name").asString("").equals(name))
              .toList();
    };
  }

  /** The same for people: with the names of other resources before their ids. */
  List<JsonNode> withNames(List<JsonNode> resources)
      throws CommandFailedException, InterruptedException {
    List<JsonNode> named = new ArrayList<>();
    for (JsonNode resource : resources) {
      JsonNode copy = resource.deepCopy();
      addNames(copy);
      named.add(copy);
    }
    return named;
  }

  private void addNames(JsonNode node) throws CommandFailedException, InterruptedException {
    for (JsonNode item : node) {
      addNames(item);
    }
    if (node instanceof ObjectNode object) {
      for (String field : List.of("vpcId", "networkId", "vmId")) {
        String id = object.path(field).asString("");
        String name = object.has("vmName") && field.equals("vmId") ? "" : name(id);
        if (!name.isEmpty()) {
          object.put(field, name + " (" + id + ")");
        }
      }
    }
  }

  /** A resource's name; empty when there is no such resource. */
  private String name(String id) throws CommandFailedException, InterruptedException {
    String name = names.get(id);
    for (Kind kind : Kind.values()) {
      if (name == null && kind.isId(id)) {
        name = api.find(kind.path(id)).map(it -> it.path("name").asString("")).orElse("");
        names.put(id, name);
      }
    }
    return name == null ? "" : name;
  }

  static String id(JsonNode resource) {
    return resource.path("id").asString("");
  }

  private JsonNode named(Kind kind, String name, Predicate<JsonNode> condition)
      throws CommandFailedException, InterruptedException {
    List<JsonNode> found = withName(kind, name).stream().filter(condition).toList();
    return switch (found.size()) {
      case 1 -> found.getFirst();
      case 0 ->
          throw new CommandFailedException(
              ExitCode.NOT_FOUND,
              "there is no %s named '%s' here; `havip %s list` shows what there is"
                  .formatted(kind.noun(), Text.printable(name), kind.command()));
      default ->
          throw new CommandFailedException(
              ExitCode.WRONG_USAGE,
              "%d %ss are named '%s'; use the id of the one you mean:\n%s"
                  .formatted(
                      found.size(),
                      kind.noun(),
                      Text.printable(name),
                      found.stream()
                          .map(resource -> "  " + id(resource))
                          .collect(Collectors.joining("\n"))));
    };
  }

  private static Predicate<JsonNode> isIn(String vpcId) {
    return resource -> resource.path("vpcId").asString("").equals(vpcId);
  }
}
