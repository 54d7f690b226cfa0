package io.havip.cli;

import io.havip.cli.LibvirtXml.Domain;
import io.havip.cli.LibvirtXml.Interface;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an import would change, as a value: made from what the origin has and what HAVIP has, and
 * carried out without further choices. It adds and never takes away: what HAVIP alone has stays,
 * and a NIC that differs is left for a person to decide about, because replacing it would unbind
 * its VIPs.
 */
final class ImportPlan {
  /** Names that libvirt gives anew at each start of a VM. */
  private static final Pattern PASSING_NAME = Pattern.compile("vnet[0-9]+");

  /** Bridges that HAVIP made itself, for subnets without an uplink. */
  private static final Pattern OWN_BRIDGE = Pattern.compile("havip[1-9][0-9]*");

  private final Map<String, NewSubnet> subnetsByBridge = new LinkedHashMap<>();
  private final List<NewVm> vms = new ArrayList<>();
  private final List<MoreNics> moreNics = new ArrayList<>();
  private final List<NewState> states = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int unchanged;

  private final Origin origin;
  private final Known known;

  /** Whose VMs are imported. */
  enum Origin {
    LIBVIRT("libvirt", "bridge", "uplink"),
    OVN("OVN", "logical switch", "logicalSwitch");

    private final String title;
    private final String place;
    private final String field;

    Origin(String title, String place, String field) {
      this.title = title;
      this.place = place;
      this.field = field;
    }

    /** Of a network in the API: the place that it is. */
    String field() {
      return field;
    }
  }

  /**
   * What is known beside the domains.
   *
   * @param networks the origin's
   * @param subnets for places, as the user said: the CIDR of a new one, or the name or id of one
   * @param said addresses for MAC addresses, as the user said
   * @param found addresses for MAC addresses, as the host knows
   * @param existingNetworks HAVIP's, of the VPC and external
   * @param existingVms HAVIP's, of the VPC
   * @param problems what the origin has and nobody can import, one line each with the way out
   */
  record Known(
      List<LibvirtXml.Network> networks,
      Map<String, String> subnets,
      Map<MacAddress, Ipv4Address> said,
      Map<MacAddress, Ipv4Address> found,
      List<JsonNode> existingNetworks,
      List<JsonNode> existingVms,
      List<String> problems) {}

  /** A subnet that is to be made. */
  record NewSubnet(String name, Cidr cidr, @Nullable Ipv4Address gateway, String bridge) {}

  /**
   * Where a NIC is.
   *
   * @param id of a network that is there; nothing for the new subnet of the bridge
   */
  record Place(String name, @Nullable String id, String bridge) {}

  record NewNic(Place place, Ipv4Address address, MacAddress mac, String port) {
    String describe() {
      return "NIC on %s: %s, %s, port %s".formatted(place.name(), address, mac, port);
    }
  }

  record NewVm(String name, String state, List<NewNic> nics) {}

  /** NICs that a VM has and HAVIP does not know. */
  record MoreNics(String vmId, String vmName, List<NewNic> nics) {}

  record NewState(String vmId, String vmName, String state) {}

  /** A NIC, or why it is none: something about it must be said or changed first. */
  private static final class NotPlaced extends Exception {
    private static final long serialVersionUID = 1L;

    NotPlaced(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  ImportPlan(Origin origin, List<Domain> domains, Known known) {
    this.origin = origin;
    this.known = known;
    problems.addAll(known.problems());
    domains.forEach(this::add);
  }

  List<NewSubnet> subnets() {
    return List.copyOf(subnetsByBridge.values());
  }

  List<NewVm> vms() {
    return vms;
  }

  List<MoreNics> moreNics() {
    return moreNics;
  }

  List<NewState> states() {
    return states;
  }

  /** What could not be planned, one line each with the way out. */
  List<String> problems() {
    return problems;
  }

  boolean isEmpty() {
    return subnetsByBridge.isEmpty() && vms.isEmpty() && moreNics.isEmpty() && states.isEmpty();
  }

  /**
   * For people: what would be made (+), changed (~), what stays (=), what somebody must see to (!).
   */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (NewSubnet subnet : subnets()) {
      lines.add(
          "+ subnet %s: %s, %s %s"
              .formatted(
                  subnet.name(),
                  subnet.cidr(),
                  origin == Origin.LIBVIRT ? "uplink" : origin.place,
                  subnet.bridge()));
    }
    for (NewVm vm : vms) {
      lines.add("+ VM %s: %s".formatted(vm.name(), vm.state()));
      vm.nics().forEach(nic -> lines.add("+   " + nic.describe()));
    }
    for (MoreNics more : moreNics) {
      lines.add("~ VM " + more.vmName());
      more.nics().forEach(nic -> lines.add("+   " + nic.describe()));
    }
    states.forEach(state -> lines.add("~ VM %s: %s".formatted(state.vmName(), state.state())));
    lines.add("= VMs that are as %s has them: %d".formatted(origin.title, unchanged));
    notes.forEach(note -> lines.add("  " + note));
    problems.forEach(problem -> lines.add("! " + problem));
    return lines;
  }

  private void add(Domain domain) {
    List<JsonNode> there =
        known.existingVms().stream()
            .filter(vm -> vm.path("name").asString("").equals(domain.name()))
            .toList();
    if (there.size() > 1) {
      problems.add(
          "%s: %d VMs of the VPC have this name; rename all but one"
              .formatted(domain.name(), there.size()));
    } else if (there.isEmpty()) {
      addNew(domain);
    } else {
      compare(domain, there.getFirst());
    }
  }

  private void addNew(Domain domain) {
    List<NewNic> nics = new ArrayList<>();
    for (Interface each : domain.interfaces()) {
      place(domain, each).ifPresent(nics::add);
    }
    if (nics.isEmpty()) {
      notes.add(domain.name() + ": left out, because it has no NIC to import");
    } else {
      vms.add(new NewVm(domain.name(), state(domain), nics));
    }
  }

  private void compare(Domain domain, JsonNode vm) {
    List<NewNic> more = new ArrayList<>();
    boolean differs = false;
    for (Interface each : domain.interfaces()) {
      Optional<JsonNode> nic =
          vm.path("nics")
              .valueStream()
              .filter(n -> n.path("mac").asString("").equals(each.mac().toString()))
              .findFirst();
      if (nic.isEmpty()) {
        place(domain, each).ifPresent(more::add);
      } else {
        String difference = difference(each, nic.get());
        if (!difference.isEmpty()) {
          differs = true;
          problems.add(
              "%s: its NIC %s %s; delete it (`havip vm nic delete`, which unbinds its VIPs) and import again, or change %s"
                  .formatted(domain.name(), each.mac(), difference, origin.title));
        }
      }
    }
    String vmId = Directory.id(vm);
    if (!more.isEmpty()) {
      moreNics.add(new MoreNics(vmId, domain.name(), more));
    }
    boolean changes = !state(domain).equals(vm.path("state").asString(""));
    if (changes) {
      states.add(new NewState(vmId, domain.name(), state(domain)));
    }
    if (more.isEmpty() && !changes && !differs) {
      unchanged++;
    }
  }

  private String difference(Interface each, JsonNode nic) {
    String port = nic.path("port").asString("");
    if (each.target() != null && !each.target().equals(port)) {
      return "is at the port %s, and HAVIP has %s".formatted(each.target(), port);
    }
    Ipv4Address address = address(each).orElse(null);
    String has = nic.path("address").asString("");
    if (address != null && !has.isEmpty() && !has.equals(address.toString())) {
      return "has the address %s, and HAVIP has %s".formatted(address, has);
    }
    return "";
  }

  private static String state(Domain domain) {
    return domain.running() ? "running" : "stopped";
  }

  private Optional<NewNic> place(Domain domain, Interface each) {
    if (!each.type().equals("bridge") && !each.type().equals("network")) {
      notes.add(
          "%s: its interface %s is left out, because it is on no bridge (type %s)"
              .formatted(domain.name(), each.mac(), each.type()));
      return Optional.empty();
    }
    try {
      NewNic nic = placed(each);
      if (origin == Origin.LIBVIRT && PASSING_NAME.matcher(nic.port()).matches()) {
        notes.add(
            "%s: libvirt calls its port %s until it stops; give it a name that stays (<target dev='…'/>, not vnet…)"
                .formatted(domain.name(), nic.port()));
      }
      return Optional.of(nic);
    } catch (NotPlaced e) {
      problems.add("%s: its interface %s %s".formatted(domain.name(), each.mac(), e.why()));
      return Optional.empty();
    }
  }

  private NewNic placed(Interface each) throws NotPlaced {
    Ipv4Address address =
        address(each)
            .orElseThrow(() ->
                new NotPlaced(
                    "has no address that is known; say --address " + each.mac() + "=ADDRESS"));
    Place place = place(bridge(each), address);
    String port = each.target();
    if (port == null) {
      throw new NotPlaced(
          "has no name on the host; give it one (`virsh edit`: <target dev='…'/>, not vnet…), or"
              + " start the VM");
    }
    return new NewNic(place, address, each.mac(), port);
  }

  private Optional<Ipv4Address> address(Interface each) {
    return Optional.ofNullable(known.said().get(each.mac()))
        .or(() -> Optional.ofNullable(each.address()))
        .or(() -> Optional.ofNullable(known.found().get(each.mac())))
        .or(() ->
            known.networks().stream()
                .flatMap(network -> Optional.ofNullable(network.hosts().get(each.mac())).stream())
                .findFirst());
  }

  private String bridge(Interface each) throws NotPlaced {
    if (each.bridge() != null) {
      return each.bridge();
    }
    String network = String.valueOf(each.network());
    return known.networks().stream()
        .filter(n -> n.name().equals(network))
        .flatMap(n -> Optional.ofNullable(n.bridge()).stream())
        .findFirst()
        .orElseThrow(() ->
            new NotPlaced(
                "is on libvirt's network '%s', of which no bridge is known; add what `virsh net-dumpxml %s` writes"
                    .formatted(network, network)));
  }

  private Place place(String bridge, Ipv4Address address) throws NotPlaced {
    NewSubnet planned = subnetsByBridge.get(bridge);
    if (planned != null) {
      return new Place(planned.name(), null, bridge);
    }
    Optional<JsonNode> there = existing(bridge, address);
    if (there.isPresent()) {
      return new Place(there.get().path("name").asString(""), Directory.id(there.get()), bridge);
    }
    NewSubnet made = newSubnet(bridge);
    subnetsByBridge.put(bridge, made);
    return new Place(made.name(), null, bridge);
  }

  private Optional<JsonNode> existing(String bridge, Ipv4Address address) throws NotPlaced {
    Optional<JsonNode> adopted =
        known.existingNetworks().stream()
            .filter(network -> network.path(origin.field).asString("").equals(bridge))
            .findFirst();
    if (adopted.isPresent()) {
      return adopted;
    }
    String said = known.subnets().get(bridge);
    if (said != null && !said.contains("/")) {
      return Optional.of(
          known.existingNetworks().stream()
              .filter(n -> Directory.id(n).equals(said) || n.path("name").asString("").equals(said))
              .findFirst()
              .orElseThrow(() -> new NotPlaced("is on a network that is not there: " + said)));
    }
    return OWN_BRIDGE.matcher(bridge).matches()
        ? known.existingNetworks().stream()
            .filter(network -> !network.has("uplink"))
            .filter(n -> Cidr.parse(n.path("cidr").asString("")).contains(address))
            .findFirst()
        : Optional.empty();
  }

  private NewSubnet newSubnet(String bridge) throws NotPlaced {
    String said = known.subnets().get(bridge);
    if (said != null) {
      return new NewSubnet(bridge, Cidr.parse(said), null, bridge);
    }
    for (LibvirtXml.Network network : known.networks()) {
      Cidr cidr = network.cidr();
      if (bridge.equals(network.bridge()) && cidr != null) {
        return new NewSubnet(network.name(), cidr, network.gateway(), bridge);
      }
    }
    throw new NotPlaced(
        "is on the %s %s, whose addresses are not known; say --subnet %s=CIDR"
            .formatted(origin.place, bridge, bridge));
  }
}
