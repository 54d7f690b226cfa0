package io.havip.cli;

import io.havip.cli.LibvirtXml.Domain;
import io.havip.cli.LibvirtXml.Interface;
import io.havip.cli.LibvirtXml.Network;
import io.havip.cli.OvnNorthbound.Row;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What rows of OVN's northbound database (ovn-nb(5)) say about an inventory, in the words of
 * libvirt's: a switch is a network and its own bridge, and the ports with the name of one VM are a
 * domain.
 */
final class OvnInventory {
  private static final String NEUTRON = "neutron:";
  private static final String HAVIP = "havip-id";

  private final Map<String, Row> ports = new HashMap<>();
  private final Map<String, Row> routerPorts = new HashMap<>();
  private final Naming naming;

  private final Map<String, List<Row>> portsByVm = new LinkedHashMap<>();
  private final Map<String, String> switchesByPort = new HashMap<>();
  private final List<Network> networks = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * What the VM of a port is called.
   *
   * @param said by the port's name, as the user said
   * @param key in the port's external_ids, of the VM's name; without one it is called like the port
   */
  record Naming(Map<String, String> said, @Nullable String key) {
    private String vmOf(Row port) {
      String name = port.text("name");
      String noted = key == null ? null : port.map("external_ids").get(key);
      return said.getOrDefault(name, noted == null ? name : noted);
    }
  }

  private OvnInventory(List<Row> ports, List<Row> routerPorts, Naming naming) {
    ports.forEach(port -> this.ports.put(port.text("_uuid"), port));
    routerPorts.forEach(port -> this.routerPorts.put(port.text("name"), port));
    this.naming = naming;
  }

  /**
   * Reads all of it.
   *
   * @param only the switches to look at; all of them if empty
   */
  static ImportCommand.Found read(OvnNorthbound database, Set<String> only, Naming naming)
      throws CommandFailedException, InterruptedException {
    OvnInventory inventory =
        new OvnInventory(
            database.rows(
                "Logical_Switch_Port",
                "_uuid",
                "name",
                "type",
                "addresses",
                "dynamic_addresses",
                "up",
                "options",
                "external_ids"),
            database.rows("Logical_Router_Port", "name", "networks"),
            naming);
    List<Row> switches =
        database.rows("Logical_Switch", "name", "ports", "other_config", "external_ids");
    for (String name : only) {
      if (switches.stream().noneMatch(it -> it.text("name").equals(name))) {
        throw new CommandFailedException(
            ExitCode.WRONG_USAGE,
            "OVN has no logical switch %s; `ovn-nbctl ls-list` names them"
                .formatted(Text.printable(name)));
      }
    }
    try {
      switches.stream()
          .filter(it -> only.isEmpty() || only.contains(it.text("name")))
          .sorted(Comparator.comparing(it -> it.text("name")))
          .forEach(inventory::add);
      return inventory.found();
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "cannot understand what OVN has: " + Text.printable(String.valueOf(e.getMessage())));
    }
  }

  private void add(Row logicalSwitch) {
    String name = logicalSwitch.text("name");
    Map<String, String> ids = logicalSwitch.map("external_ids");
    if (ids.containsKey(HAVIP)) {
      return;
    }
    if (isNeutrons(logicalSwitch)) {
      problems.add(
          "the logical switch %s is Neutron's, whose repair would undo what HAVIP adds; it is left out"
              .formatted(name));
      return;
    }
    List<Row> all =
        logicalSwitch.texts("ports").stream()
            .flatMap(id -> Optional.ofNullable(ports.get(id)).stream())
            .sorted(Comparator.comparing(it -> it.text("name")))
            .toList();
    List<Row> ofVms = all.stream().filter(it -> it.text("type").isEmpty()).toList();
    ofVms.stream()
        .filter(OvnInventory::isNeutrons)
        .forEach(it ->
            problems.add(
                "the logical port %s is Neutron's, whose repair would undo what HAVIP adds; it is left out"
                    .formatted(it.text("name"))));
    ofVms.stream()
        .filter(it -> !isNeutrons(it))
        .forEach(it -> {
          switchesByPort.put(it.text("name"), name);
          portsByVm.computeIfAbsent(naming.vmOf(it), _ -> new ArrayList<>()).add(it);
        });
    addNetwork(name, logicalSwitch, all);
  }

  private static boolean isNeutrons(Row row) {
    return row.map("external_ids").keySet().stream().anyMatch(it -> it.startsWith(NEUTRON));
  }

  /** The addresses are those of a router on it, or which OVN gives itself. */
  private void addNetwork(String name, Row logicalSwitch, List<Row> all) {
    Optional<String> routers =
        all.stream()
            .filter(it -> it.text("type").equals("router"))
            .map(it -> it.map("options").getOrDefault("router-port", ""))
            .flatMap(it -> Optional.ofNullable(routerPorts.get(it)).stream())
            .flatMap(it -> it.texts("networks").stream())
            .filter(it -> it.contains(".") && it.contains("/"))
            .findFirst();
    Optional<Ipv4Address> gateway =
        routers.map(it -> Ipv4Address.parse(it.substring(0, it.indexOf('/'))));
    Optional<Cidr> cidr =
        Optional.ofNullable(logicalSwitch.map("other_config").get("subnet"))
            .or(() -> routers)
            .map(OvnInventory::cidr);
    networks.add(new Network(name, name, cidr.orElse(null), gateway.orElse(null), Map.of()));
  }

  /** The prefix that an address with a length is in. */
  private static Cidr cidr(String text) {
    int slash = text.indexOf('/');
    int length = Integer.parseInt(text.substring(slash + 1));
    Ipv4Address address = Ipv4Address.parse(text.substring(0, slash));
    return new Cidr(
        new Ipv4Address(length == 0 ? 0 : address.bits() & (-1 << (32 - length))), length);
  }

  private ImportCommand.Found found() {
    List<Domain> domains = new ArrayList<>();
    portsByVm.forEach((vm, its) -> {
      List<Interface> nics = its.stream().flatMap(it -> nic(it).stream()).toList();
      if (!nics.isEmpty()) {
        domains.add(
            new Domain(vm, its.stream().anyMatch(it -> it.text("up").equals("true")), nics));
      }
    });
    return new ImportCommand.Found(domains, networks, Map.of(), problems);
  }

  private Optional<Interface> nic(Row port) {
    List<String> words =
        Stream.concat(port.texts("addresses").stream(), port.texts("dynamic_addresses").stream())
            .flatMap(it -> Stream.of(it.toLowerCase(Locale.ROOT).split(" ", -1)))
            .toList();
    Optional<MacAddress> mac =
        words.stream()
            .filter(it -> it.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}"))
            .map(MacAddress::parse)
            .findFirst();
    if (mac.isEmpty()) {
      problems.add(
          "the logical port %s has no MAC address; give it one (`ovn-nbctl lsp-set-addresses`)"
              .formatted(port.text("name")));
    }
    Ipv4Address address =
        words.stream()
            .filter(it -> it.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}"))
            .map(Ipv4Address::parse)
            .findFirst()
            .orElse(null);
    return mac.map(it ->
        new Interface(
            "bridge", it, switchesByPort.get(port.text("name")), null, port.text("name"), address));
  }
}
