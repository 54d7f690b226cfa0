package io.havip.bench;

import io.havip.ovsdb.Atom;
import io.havip.ovsdb.Operation;
import io.havip.ovsdb.OvsdbClient;
import io.havip.ovsdb.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Writes the rows of VIPs into the northbound database without thinking: it compares nothing and
 * expects nothing. Each change is one transaction.
 */
final class RawVips {
  private static final String SWITCH = "Logical_Switch";
  private static final String PORT = "Logical_Switch_Port";
  private static final String ACL = "ACL";
  private static final String PORTS = "ports";
  private static final String ACLS = "acls";
  private static final String SECURITY = "port_security";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final UUID global;
  private final UUID place;
  private final String network;
  private final int vipsPerVm;
  private final int vmsPerVip;
  private final List<UUID> vms = new ArrayList<>();

  /** By VIP, its rows: the list that is there while nobody is bound, and the others. */
  private final Map<Integer, UUID> drops = new ConcurrentHashMap<>();

  private final Map<Integer, List<UUID>> others = new ConcurrentHashMap<>();

  RawVips(NorthboundWatch watch, String network, int vipsPerVm, int vmsPerVip) {
    this.global = watch.global();
    this.place = watch.named(SWITCH, network);
    this.network = network;
    this.vipsPerVm = vipsPerVm;
    this.vmsPerVip = vmsPerVip;
  }

  private static String id(int vip) {
    return String.format(Locale.ROOT, "vip-%026d", vip);
  }

  private static String address(int vip) {
    return "10.3.%d.%d".formatted(vip / 256, vip % 256);
  }

  private static String port(int vm) {
    return String.format(Locale.ROOT, "raw%010d", vm);
  }

  private static String addressOfVm(int vm) {
    return "10.3.%d.%d".formatted(128 + vm / 256, vm % 256);
  }

  private List<Integer> vmsOf(int vip) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < vmsPerVip; i++) {
      numbers.add(vip / vipsPerVm * vmsPerVip + i);
    }
    return numbers;
  }

  private Value mark(String id, String part) {
    return Value.texts(
        Map.of(NorthboundWatch.ID, id, "havip-part", part, "havip-network", network));
  }

  /** Makes the VMs' ports. */
  void makePorts(OvsdbClient client, int count) throws Exception {
    List<Operation> operations = new ArrayList<>();
    Set<Atom> in = new HashSet<>();
    for (int vm = 0; vm < count; vm++) {
      operations.add(
          new Operation.Insert(
              PORT,
              "row" + vm,
              Map.of(
                  "name",
                  Value.text(port(vm)),
                  "addresses",
                  Value.texts(List.of(mac(vm) + " " + addressOfVm(vm))),
                  SECURITY,
                  security(vm, Set.of()),
                  "external_ids",
                  mark(String.format(Locale.ROOT, "nic-%026d", vm), "port"))));
      in.add(new Atom.NewRow("row" + vm));
    }
    operations.add(change(PORTS, Set.of(), in));
    List<JsonNode> answers = client.transact(operations, LIMIT);
    for (int vm = 0; vm < count; vm++) {
      vms.add(made(answers.get(vm)));
    }
  }

  void dropPorts(OvsdbClient client) throws Exception {
    client.transact(List.of(change(PORTS, references(vms), Set.of())), LIMIT);
  }

  String create(OvsdbClient client, int vip) throws Exception {
    VipRows.Acl acl = VipRows.acls(address(vip), List.of(), List.of()).getFirst();
    List<JsonNode> answers =
        commit(
            client,
            new Operation.Insert(ACL, "row0", columns(vip, acl)),
            change(ACLS, Set.of(), Set.of(new Atom.NewRow("row0"))));
    drops.put(vip, made(answers.getFirst()));
    return id(vip);
  }

  String bind(OvsdbClient client, int vip) throws Exception {
    List<String> ports = vmsOf(vip).stream().map(RawVips::port).toList();
    List<VipRows.Acl> acls =
        VipRows.acls(address(vip), ports, vmsOf(vip).stream().map(RawVips::addressOfVm).toList());
    List<Operation> operations = new ArrayList<>();
    operations.add(
        new Operation.Insert(
            PORT,
            "row0",
            Map.of(
                "name", Value.text(id(vip) + "-0"),
                "type", Value.text("virtual"),
                "options",
                    Value.texts(
                        Map.of(
                            "virtual-ip", address(vip),
                            "virtual-parents", String.join(",", ports))),
                "external_ids", mark(id(vip), "virtual"))));
    operations.add(new Operation.Insert(ACL, "row1", columns(vip, acls.get(1))));
    operations.add(new Operation.Insert(ACL, "row2", columns(vip, acls.get(2))));
    operations.add(update(vip, acls.getFirst()));
    operations.addAll(securities(vip, true));
    operations.add(change(PORTS, Set.of(), Set.of(new Atom.NewRow("row0"))));
    operations.add(
        change(ACLS, Set.of(), Set.of(new Atom.NewRow("row1"), new Atom.NewRow("row2"))));
    List<JsonNode> answers = commit(client, operations.toArray(Operation[]::new));
    others.put(vip, answers.subList(0, 3).stream().map(RawVips::made).toList());
    return id(vip);
  }

  String unbind(OvsdbClient client, int vip) throws Exception {
    List<UUID> rows = others.getOrDefault(vip, List.of());
    List<Operation> operations = new ArrayList<>();
    operations.add(update(vip, VipRows.acls(address(vip), List.of(), List.of()).getFirst()));
    operations.addAll(securities(vip, false));
    operations.add(change(PORTS, references(rows.subList(0, 1)), Set.of()));
    operations.add(change(ACLS, references(rows.subList(1, 3)), Set.of()));
    commit(client, operations.toArray(Operation[]::new));
    others.remove(vip);
    return id(vip);
  }

  String delete(OvsdbClient client, int vip) throws Exception {
    commit(client, change(ACLS, references(List.of(dropOf(vip))), Set.of()));
    return id(vip);
  }

  private UUID dropOf(int vip) {
    return drops.getOrDefault(vip, place);
  }

  private Operation update(int vip, VipRows.Acl acl) {
    return new Operation.Update(ACL, dropOf(vip), Map.of("match", Value.text(acl.match())));
  }

  /** The VMs' port security with the VIP or without it. */
  private List<Operation> securities(int vip, boolean isBound) {
    List<Operation> operations = new ArrayList<>();
    for (int vm : vmsOf(vip)) {
      Set<String> vips = new HashSet<>();
      int first = vip / vipsPerVm * vipsPerVm;
      for (int other = first; other < first + vipsPerVm; other++) {
        if (other == vip ? isBound : others.containsKey(other)) {
          vips.add(address(other));
        }
      }
      operations.add(new Operation.Update(PORT, vms.get(vm), Map.of(SECURITY, security(vm, vips))));
    }
    return operations;
  }

  private static Value security(int vm, Set<String> vips) {
    List<String> words = new ArrayList<>(List.of(mac(vm), addressOfVm(vm), "0.0.0.0"));
    words.addAll(vips);
    return Value.texts(List.of(String.join(" ", words)));
  }

  private static String mac(int vm) {
    return String.format(Locale.ROOT, "02:00:0b:00:%02x:%02x", vm / 256, vm % 256);
  }

  private Map<String, Value> columns(int vip, VipRows.Acl acl) {
    Map<String, Value> columns = new HashMap<>();
    columns.put("direction", Value.text(acl.direction()));
    columns.put("priority", Value.whole(acl.priority()));
    columns.put("action", Value.text(acl.action()));
    columns.put("match", Value.text(acl.match()));
    columns.put("external_ids", mark(id(vip), acl.direction() + " " + acl.priority()));
    return columns;
  }

  private Operation change(String column, Set<Atom> out, Set<Atom> in) {
    return new Operation.Mutate(SWITCH, place, column, new Value.Atoms(out), new Value.Atoms(in));
  }

  private static Set<Atom> references(List<UUID> rows) {
    Set<Atom> atoms = new HashSet<>();
    rows.forEach(row -> atoms.add(new Atom.Reference(row)));
    return atoms;
  }

  /** As ovn-nbctl --wait does, each transaction counts, so that it is seen when northd has it. */
  private List<JsonNode> commit(OvsdbClient client, Operation... operations) throws Exception {
    List<Operation> all = new ArrayList<>(List.of(operations));
    all.add(new Operation.Increment(NorthboundWatch.GLOBAL, global, NorthboundWatch.ASKED));
    return client.transact(all, LIMIT);
  }

  private static UUID made(JsonNode answer) {
    return UUID.fromString(answer.path("uuid").path(1).asString());
  }
}
