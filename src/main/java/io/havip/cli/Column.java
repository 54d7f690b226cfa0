package io.havip.cli;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A column of a list of resources. */
record Column(String title, Function<JsonNode, String> value) {
  /** What a list shows of a kind; people read from the left, and ids are long. */
  static List<Column> of(Kind kind) {
    return switch (kind) {
      case VIP ->
          List.of(
              field("name"),
              field("address"),
              field("type"),
              field("state"),
              new Column("vms", vip -> joined(vip.path("bindings"), "vmName")),
              new Column("holder", Column::holders),
              field("id"));
      case VPC -> List.of(field("name"), field("cidr"), field("id"));
      case SUBNET ->
          List.of(
              field("name"),
              field("cidr"),
              field("gateway"),
              field("uplink"),
              field("logicalSwitch"),
              field("enforcement"),
              field("vpcId"),
              field("id"));
      case NETWORK ->
          List.of(
              field("name"),
              field("cidr"),
              field("gateway"),
              field("uplink"),
              field("logicalSwitch"),
              field("enforcement"),
              new Column("accounts", Column::accounts),
              field("id"));
      case VM ->
          List.of(
              field("name"),
              field("state"),
              new Column("addresses", vm -> joined(vm.path("nics"), "address")),
              field("vpcId"),
              field("id"));
      case TOKEN ->
          List.of(field("name"), field("role"), field("account"), field("createdAt"), field("id"));
    };
  }

  private static Column field(String name) {
    return new Column(name, resource -> resource.path(name).asString(""));
  }

  /** The accounts that may use an external network; empty to members, who do not see the names. */
  private static String accounts(JsonNode network) {
    return network.path("shared").asBoolean(false)
        ? "(shared)"
        : network
            .path("accounts")
            .valueStream()
            .map(JsonNode::asString)
            .collect(Collectors.joining(","));
  }

  private static String joined(JsonNode items, String field) {
    return items
        .valueStream()
        .map(item -> item.path(field).asString(""))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(","));
  }

  /** The names of the VMs that use the VIP now. */
  private static String holders(JsonNode vip) {
    Set<String> ids =
        vip.path("holders")
            .valueStream()
            .map(holder -> holder.path("vmId").asString(""))
            .collect(Collectors.toSet());
    return vip.path("bindings")
        .valueStream()
        .filter(binding -> ids.contains(binding.path("vmId").asString("")))
        .map(binding -> binding.path("vmName").asString(""))
        .collect(Collectors.joining(",", "", vip.path("split").asBoolean(false) ? " (split)" : ""));
  }
}
