package io.havip.fabric.ovn;

import io.havip.id.Id;
import io.havip.inventory.Enforcement;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.ovsdb.Row;
import io.havip.ovsdb.Value;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vip.Floating;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rows by which OVN does what is desired. What a port may send from is its port security; the
 * rest is stateless access-control lists, each complete in itself, so that a change of one VIP
 * touches no row of another.
 *
 * <p>On each switch that enforces, VRRP leaves nowhere, and nothing leaves that is neither ARP nor
 * IPv4 or that only a DHCP server says. Each VIP makes its exceptions: VRRP leaves from its
 * members, and reaches them from its members, but from nobody else; and what is for the VIP reaches
 * its members, but nobody else.
 *
 * <p>On a switch of others there is only what concerns VRRP of members, above the lists of others:
 * what they refuse otherwise stays refused, and what they track stays tracked.
 */
final class Rows {
  static final String PART_SWITCH = "switch";
  static final String PART_PORT = "port";
  static final String PART_VIRTUAL = "virtual";
  static final String PART_LOCALNET = "localnet";
  private static final String PART_FLOATING = "floating";

  static final String OPTIONS = "options";
  static final String VIRTUAL_IP = "virtual-ip";
  static final String VIRTUAL_PARENTS = "virtual-parents";

  /** As the sender of ARP probes, and of DHCP requests. */
  private static final String NO_ADDRESS = "0.0.0.0";

  private static final String FROM_PORT = "from-lport";
  private static final String TO_PORT = "to-lport";
  private static final String ALLOW = "allow-stateless";
  private static final String DROP = "drop";

  private static final int ALLOW_OF_VIP = 1004;
  private static final int DROP_OF_VIP = 1003;
  private static final int DROP_SPECIAL = 1002;
  private static final int ALLOW_USUAL = 1001;
  private static final int DROP_REST = 1000;

  /** What is added to a priority on a switch of others; 32767 is the highest. */
  private static final int ABOVE_OTHERS = 31_000;

  private Rows() {}

  /** Whether a row is the virtual port of a VIP. */
  static boolean isVirtual(WantedRow row) {
    return row.part().equals(PART_VIRTUAL);
  }

  /** Behind which ports a virtual port may be. */
  static List<String> parents(Row virtual) {
    return List.of(virtual.map(OPTIONS).getOrDefault(VIRTUAL_PARENTS, "").split(",", -1));
  }

  /** The address that a virtual port is for. */
  static String address(Row virtual) {
    return virtual.map(OPTIONS).getOrDefault(VIRTUAL_IP, "");
  }

  /** A port and where it is. */
  record Place(Port port, Segment segment) {}

  /** A network's switch, and the port that joins it to the physical network that it names. */
  static List<WantedRow> of(Segment segment) {
    if (segment.logicalSwitch() != null) {
      return List.of();
    }
    List<WantedRow> rows = new ArrayList<>();
    rows.add(
        new WantedRow(
            Northbound.SWITCH,
            segment.id(),
            PART_SWITCH,
            segment.id(),
            Map.of(Northbound.NAME, Value.text(segment.id().value()))));
    Acls acls = new Acls();
    String uplink = segment.uplink();
    if (uplink != null) {
      String name = segment.id().value() + "-" + PART_LOCALNET;
      rows.add(
          new WantedRow(
              Northbound.PORT,
              segment.id(),
              PART_LOCALNET,
              segment.id(),
              Map.of(
                  Northbound.NAME,
                  Value.text(name),
                  "type",
                  Value.text("localnet"),
                  "addresses",
                  Value.texts(List.of("unknown")),
                  OPTIONS,
                  Value.texts(Map.of("network_name", uplink)))));
      if (segment.enforcement() == Enforcement.ENFORCE) {
        // What goes from one chassis to another takes this way, and was judged where it came from.
        acls.add(segment, FROM_PORT, ALLOW_OF_VIP, ALLOW, isOneOf("inport", List.of(name)));
        acls.add(segment, TO_PORT, ALLOW_OF_VIP, ALLOW, isOneOf("outport", List.of(name)));
      }
    }
    if (segment.enforcement() == Enforcement.ENFORCE) {
      acls.add(segment, FROM_PORT, DROP_SPECIAL, DROP, "ip.proto == 112 || udp.src == 67");
      acls.add(segment, FROM_PORT, ALLOW_USUAL, ALLOW, "arp || ip4");
      acls.add(segment, FROM_PORT, DROP_REST, DROP, "1");
    }
    rows.addAll(acls.rows(segment.id()));
    return rows;
  }

  /**
   * A NIC's port.
   *
   * @param grants those by which it may use VIPs, or advertise them
   */
  static WantedRow of(Port port, Segment segment, List<Grant> grants) {
    Granted granted = Granted.to(port, grants);
    List<String> addresses = new ArrayList<>();
    addresses.add(
        port.address() == null ? port.mac().toString() : port.mac() + " " + port.address());
    addresses.addAll(granted.addresses());
    return new WantedRow(
        Northbound.PORT,
        port.id(),
        PART_PORT,
        segment.id(),
        Map.of(
            Northbound.NAME,
            Value.text(port.name()),
            "type",
            Value.text(""),
            Additions.ADDRESSES,
            Value.texts(addresses),
            Additions.PORT_SECURITY,
            Value.texts(
                segment.enforcement() == Enforcement.ENFORCE
                    ? granted.security(port)
                    : Set.<String>of())));
  }

  /**
   * The same, if the port is somebody else's. Where they check what it sends, its VIPs are added;
   * where they do not, all of it, but only if the network enforces.
   */
  static Additions additions(Port port, Segment segment, List<Grant> grants) {
    Granted granted = Granted.to(port, grants);
    Set<String> addresses = granted.addresses();
    Set<String> all =
        segment.enforcement() == Enforcement.ENFORCE ? granted.security(port) : Set.of();
    return new Additions(
        port.id(),
        segment.id(),
        port.name(),
        Map.of(
            Additions.ADDRESSES,
            new Additions.Elements(addresses, addresses),
            Additions.PORT_SECURITY,
            new Additions.Elements(granted.security(port.mac(), List.of()), all)));
  }

  /** What a port may use beside what is its NIC's own, by MAC address in the case of VRIDs'. */
  private record Granted(List<String> vips, Map<String, TreeSet<String>> ofVmacs) {
    static Granted to(Port port, List<Grant> grants) {
      List<String> vips = new ArrayList<>();
      Map<String, TreeSet<String>> ofVmacs = new TreeMap<>();
      for (Grant grant : grants) {
        for (Grant.Member member : grant.members()) {
          Grant.Vmac vmac = member.vmac();
          if (member.port().equals(port.name())) {
            vips.add(grant.address().toString());
            if (vmac != null) {
              ofVmacs
                  .computeIfAbsent(vmac.mac().toString(), _ -> new TreeSet<>())
                  .add(grant.address().toString());
            }
          }
          if (vmac != null && member.vrrpPort().equals(port.name())) {
            ofVmacs
                .computeIfAbsent(vmac.mac().toString(), _ -> new TreeSet<>())
                .add(vmac.advertisesFrom().toString());
          }
        }
      }
      return new Granted(vips, ofVmacs);
    }

    /** Where else frames may go than to the NIC's MAC address. */
    Set<String> addresses() {
      return ofVmacs.isEmpty() ? Set.of() : Set.of("unknown"); // whoever has that one now
    }

    Set<String> security(Port port) {
      List<String> own = new ArrayList<>();
      if (port.address() != null) {
        own.add(port.address().toString());
      }
      own.add(NO_ADDRESS);
      port.allowedSources().forEach(source -> own.add(source.toString()));
      return security(port.mac(), own);
    }

    Set<String> security(MacAddress mac, List<String> own) {
      List<String> sources = new ArrayList<>(own);
      sources.addAll(vips);
      Set<String> security = new TreeSet<>();
      if (!sources.isEmpty()) {
        security.add(mac + " " + String.join(" ", sources));
      }
      ofVmacs.forEach((vmac, from) -> security.add(vmac + " " + String.join(" ", from)));
      return security;
    }
  }

  /**
   * A VIP.
   *
   * @param places finds ports by name
   */
  static List<WantedRow> of(
      Grant grant, Segment segment, Function<String, Optional<Place>> places) {
    List<String> parents = new ArrayList<>();
    Map<Segment, List<Port>> advertising = new HashMap<>();
    List<Grant.Member> members =
        grant.members().stream().sorted(Comparator.comparing(Grant.Member::port)).toList();
    for (Grant.Member member : members) {
      Optional<Place> place =
          places.apply(member.port()).filter(it -> it.segment().equals(segment));
      Optional<Place> vrrp = places.apply(member.vrrpPort());
      if (place.isPresent() && vrrp.isPresent()) {
        parents.add(member.port());
        advertising
            .computeIfAbsent(vrrp.get().segment(), _ -> new ArrayList<>())
            .add(vrrp.get().port());
      }
    }
    List<WantedRow> rows = new ArrayList<>();
    Acls acls = new Acls();
    if (segment.enforcement() == Enforcement.ENFORCE && segment.logicalSwitch() == null) {
      String isForIt = "ip4.dst == " + grant.address();
      acls.add(segment, TO_PORT, DROP_OF_VIP, DROP, isForIt);
      if (!parents.isEmpty()) {
        acls.add(segment, TO_PORT, ALLOW_OF_VIP, ALLOW, isOneOf("outport", parents), isForIt);
      }
    }
    if (!parents.isEmpty()) {
      rows.add(
          new WantedRow(
              Northbound.PORT,
              grant.id(),
              PART_VIRTUAL,
              segment.id(),
              Map.of(
                  "type",
                  Value.text("virtual"),
                  OPTIONS,
                  Value.texts(
                      Map.of(
                          VIRTUAL_IP,
                          grant.address().toString(),
                          VIRTUAL_PARENTS,
                          String.join(",", parents))))));
    }
    advertising.forEach((where, ports) -> {
      List<String> names = ports.stream().map(Port::name).toList();
      String from =
          ports.stream()
              .map(Port::address)
              .filter(address -> address != null)
              .map(Ipv4Address::toString)
              .collect(Collectors.joining(", "));
      if (where.enforcement() == Enforcement.ENFORCE && !from.isEmpty()) {
        String vrrp = "ip.proto == 112";
        String byMember = "ip4.src == {" + from + "}";
        String here = isOneOf("outport", names);
        acls.add(where, TO_PORT, DROP_OF_VIP, DROP, here, vrrp);
        acls.add(where, TO_PORT, ALLOW_OF_VIP, ALLOW, here, vrrp, byMember);
        acls.add(where, FROM_PORT, ALLOW_OF_VIP, ALLOW, isOneOf("inport", names), vrrp, byMember);
      }
    });
    rows.addAll(acls.rows(grant.id()));
    Floating floating = grant.floating();
    if (floating != null) {
      rows.add(
          new WantedRow(
              Northbound.NAT,
              grant.id(),
              PART_FLOATING,
              floating.networkId(),
              Map.of(
                  "type",
                  Value.text("dnat_and_snat"),
                  "external_ip",
                  Value.text(floating.address().toString()),
                  "logical_ip",
                  Value.text(grant.address().toString()),
                  // With these, each chassis would translate by itself, and what comes would be
                  // lost when the VIP goes to another chassis.
                  "external_mac",
                  Value.none(),
                  "logical_port",
                  Value.none())));
    }
    return rows;
  }

  private static String isOneOf(String field, List<String> names) {
    return names.stream()
        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(", ", field + " == {", "}"));
  }

  /** Access-control lists of one id; those that differ in nothing but the match are one row. */
  private static final class Acls {
    private record Kind(Segment segment, String direction, int priority, String action) {}

    private final Map<Kind, List<String>> matches = new HashMap<>();

    void add(Segment segment, String direction, int priority, String action, String... allOf) {
      int above = segment.logicalSwitch() == null ? priority : priority + ABOVE_OTHERS;
      matches
          .computeIfAbsent(new Kind(segment, direction, above, action), _ -> new ArrayList<>())
          .add("(" + String.join(" && ", allOf) + ")");
    }

    List<WantedRow> rows(Id id) {
      List<WantedRow> rows = new ArrayList<>();
      matches.forEach((kind, anyOf) ->
          rows.add(
              new WantedRow(
                  Northbound.ACL,
                  id,
                  kind.direction() + " " + kind.priority(),
                  kind.segment().id(),
                  Map.of(
                      "direction", Value.text(kind.direction()),
                      "priority", Value.whole(kind.priority()),
                      "action", Value.text(kind.action()),
                      "match", Value.text(String.join(" || ", anyOf))))));
      return rows;
    }
  }
}
