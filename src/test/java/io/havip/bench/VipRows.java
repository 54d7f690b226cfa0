package io.havip.bench;

import static java.util.Objects.requireNonNull;

import io.havip.ovsdb.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The rows of an internal VIP in the northbound database, written from ADR 22, not by HAVIP. */
public final class VipRows {
  private static final String TO = "to-lport";
  private static final String FROM = "from-lport";
  static final int ALLOW = 1004;
  static final int DROP = 1003;

  /** An access-control list. */
  record Acl(String direction, int priority, String match) {
    String action() {
      return priority == ALLOW ? "allow-stateless" : "drop";
    }

    @Override
    public String toString() {
      return text(direction, priority, action(), match);
    }
  }

  private VipRows() {}

  /** Of a VIP with this address whose members have these ports, and addresses of their own. */
  static List<Acl> acls(String address, Collection<String> ports, Collection<String> addresses) {
    String isForIt = "(ip4.dst == " + address + ")";
    if (ports.isEmpty()) {
      return List.of(new Acl(TO, DROP, isForIt));
    }
    String names = ports.stream().collect(Collectors.joining("\", \"", "{\"", "\"}"));
    String vrrp = "ip.proto == {51, 112}";
    String byMember = addresses.stream().collect(Collectors.joining(", ", "ip4.src == {", "}"));
    String here = "outport == " + names;
    return List.of(
        new Acl(TO, DROP, isForIt + " || (" + here + " && " + vrrp + ")"),
        new Acl(
            TO,
            ALLOW,
            "(%s && ip4.dst == %s) || (%s && %s && %s)"
                .formatted(here, address, here, vrrp, byMember)),
        new Acl(FROM, ALLOW, "(inport == %s && %s && %s)".formatted(names, vrrp, byMember)));
  }

  /** The same, and its virtual port if it has members, as texts. */
  static SortedSet<String> expected(
      String address, Collection<String> ports, Collection<String> addresses) {
    SortedSet<String> rows = new TreeSet<>();
    acls(address, ports, addresses).forEach(acl -> rows.add(acl.toString()));
    if (!ports.isEmpty()) {
      rows.add(virtual(address, String.join(",", ports)));
    }
    return rows;
  }

  /**
   * What the rows shall be, by what they are for, as texts.
   *
   * @param vms as the API shows them, each with one NIC
   * @param vips as the API shows them, all internal
   */
  public static Map<String, SortedSet<String>> desired(
      Collection<JsonNode> vms, Collection<JsonNode> vips) {
    Map<String, SortedSet<String>> desired = new HashMap<>();
    Map<String, String> owns = new HashMap<>();
    Map<String, SortedSet<String>> sources = new HashMap<>();
    Map<String, String> portNames = new HashMap<>();
    for (JsonNode vm : vms) {
      JsonNode nic = vm.get("nics").get(0);
      String id = nic.get("id").asString();
      portNames.put(id, nic.get("port").asString() + " " + nic.get("mac").asString());
      owns.put(id, nic.get("address").asString());
      sources.put(id, new TreeSet<>(List.of("0.0.0.0", nic.get("address").asString())));
    }
    for (JsonNode vip : vips) {
      String address = vip.get("address").asString();
      SortedSet<String> ports = new TreeSet<>();
      SortedSet<String> members = new TreeSet<>();
      for (JsonNode binding : vip.get("bindings")) {
        ports.add(binding.get("port").asString());
        String nic = binding.get("nicId").asString();
        members.add(requireNonNull(owns.get(nic)));
        requireNonNull(sources.get(nic)).add(address);
      }
      desired.put(vip.get("id").asString(), expected(address, ports, members));
    }
    sources.forEach((nic, addresses) ->
        desired.put(nic, new TreeSet<>(List.of("port " + portNames.get(nic) + " " + addresses))));
    return desired;
  }

  private static String virtual(String address, String parents) {
    return "virtual " + address + " " + parents;
  }

  /** A match's alternatives, and the elements of its sets, have no order. */
  private static String text(String direction, long priority, String action, String match) {
    return direction + " " + priority + " " + action + " " + inOrder(match);
  }

  private static List<String> inOrder(String match) {
    return Arrays.stream(match.split(" \\|\\| ", -1))
        .map(alternative -> {
          List<String> words = new ArrayList<>();
          for (String word : alternative.split("[ ,(){}]+", -1)) {
            words.add(word);
          }
          words.sort(null);
          return String.join(" ", words).strip();
        })
        .sorted()
        .toList();
  }

  /** What a row is, as text. */
  static String text(Row row) {
    if (!row.text("direction").isEmpty()) {
      return text(
          row.text("direction"), row.whole("priority"), row.text("action"), row.text("match"));
    }
    if (row.text("type").equals("virtual")) {
      return virtual(
          row.map("options").getOrDefault("virtual-ip", ""),
          row.map("options").getOrDefault("virtual-parents", ""));
    }
    List<String> words = List.of(row.text("port_security").split(" ", -1));
    return "port %s %s %s"
        .formatted(
            row.text("name"), words.getFirst(), new TreeSet<>(words.subList(1, words.size())));
  }
}
