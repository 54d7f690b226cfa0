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
import java.util.HashSet;
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
 * <p>On a switch of another owner there are only lists about VRRP of members, and lists that drop
 * packets from addresses of others, above the owner's lists. What the owner refuses stays refused,
 * and what the owner tracks stays tracked.
 */
final class Rows {
  static final String PART_SWITCH = "switch";
  static final String PART_PORT = "port";
  static final String PART_VIRTUAL = "virtual";
  static final String PART_LOCALNET = "localnet";
  private static final String PART_FLOATING = "floating";

  /** The group of the ports that may send from more than their own addresses. */
  private static final String PART_EXPOSED = "exposed";

  /** Those of them that are no routers'. */
  private static final String PART_GUESTS = "guests";

  /** The set of the addresses of the NICs at all other ports. */
  private static final String PART_NICS = "nics";

  static final String OPTIONS = "options";
  static final String VIRTUAL_IP = "virtual-ip";
  static final String VIRTUAL_PARENTS = "virtual-parents";

  /** As the sender of ARP probes, and of DHCP requests. */
  private static final String NO_ADDRESS = "0.0.0.0";

  /** In port security: no frame has this source. */
  private static final String NO_MAC = "00:00:00:00:00:00";

  private static final String ANY_ADDRESS = "0.0.0.0/0";

  /** Protocol 51 is AH, which may carry VRRP. */
  private static final String VRRP = "ip.proto == {51, 112}";

  private static final String FROM_PORT = "from-lport";
  private static final String TO_PORT = "to-lport";
  private static final String ALLOW = "allow-stateless";
  private static final String DROP = "drop";

  private static final int DROP_CLAIM = 1005;
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

  /** A floating address and the exposed ports where it is. */
  record Outside(Segment segment, Ipv4Address address, Exposed exposed) {}

  /** A port and where it is. */
  record Place(Port port, Segment segment) {}

  /**
   * A network's switch, and the port that joins it to the physical network that it names; and what
   * keeps ports that may send from more than their own addresses from those of others.
   */
  static List<WantedRow> of(Segment segment, Exposed exposed) {
    Acls acls = new Acls();
    List<WantedRow> rows = new ArrayList<>();
    if (segment.logicalSwitch() == null) {
      addSwitch(segment, exposed, rows, acls);
    }
    if (segment.enforcement() == Enforcement.ENFORCE && !exposed.isNone()) {
      addProtection(segment, exposed, rows, acls);
    }
    rows.addAll(acls.rows(segment.id()));
    return rows;
  }

  private static void addSwitch(Segment segment, Exposed exposed, List<WantedRow> rows, Acls acls) {
    rows.add(
        new WantedRow(
            Northbound.SWITCH,
            segment.id(),
            PART_SWITCH,
            segment.id(),
            Map.of(Northbound.NAME, Value.text(segment.id().value()))));
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
        acls.add(segment, FROM_PORT, ALLOW_OF_VIP, ALLOW, Matches.isOneOf("inport", List.of(name)));
        acls.add(segment, TO_PORT, ALLOW_OF_VIP, ALLOW, Matches.isOneOf("outport", List.of(name)));
      }
    }
    if (segment.enforcement() == Enforcement.ENFORCE) {
      acls.add(segment, FROM_PORT, DROP_SPECIAL, DROP, "ip.proto == 112");
      // OVN cannot see whether AH carries VRRP. Physical routers listen to multicast, and the VIPs'
      // rows keep AH of other VMs from members.
      acls.add(
          segment,
          FROM_PORT,
          DROP_SPECIAL,
          DROP,
          segment.policy().ipsec() ? "ip.proto == 51 && ip4.mcast" : "ip.proto == 51");
      Set<MacAddress> routers =
          exposed.gateways().stream().map(Port::mac).collect(Collectors.toSet());
      acls.add(
          segment,
          FROM_PORT,
          DROP_SPECIAL,
          DROP,
          "udp.dst == 68" + Matches.andNoneOf("eth.src", routers));
      acls.add(segment, FROM_PORT, ALLOW_USUAL, ALLOW, "arp || ip4");
      acls.add(segment, FROM_PORT, DROP_REST, DROP, "1");
    }
  }

  /**
   * Drops what exposed ports send from addresses of others; never an {@code allow}, by which a
   * packet would pass the lists of others. A VIP's own address is its own row's matter, and so is
   * the address of a NIC at an exposed port.
   */
  private static void addProtection(
      Segment segment, Exposed exposed, List<WantedRow> rows, Acls acls) {
    rows.add(group(segment, PART_EXPOSED, exposed.ports()));
    String guests = "inport == @" + name(segment, PART_GUESTS);
    List<Port> withoutRouters = exposed.guests();
    if (!withoutRouters.isEmpty()) {
      rows.add(group(segment, PART_GUESTS, withoutRouters));
      Ipv4Address gateway = segment.gateway();
      if (gateway != null) {
        acls.add(segment, FROM_PORT, DROP_CLAIM, DROP, guests, Matches.isFrom(gateway.toString()));
      }
    }
    List<String> notRouters = new ArrayList<>();
    Set<String> others =
        exposed.others().stream()
            .filter(address -> !address.equals(segment.gateway()))
            .map(Ipv4Address::toString)
            .collect(Collectors.toSet());
    if (!others.isEmpty()) {
      String nics = "$" + name(segment, PART_NICS);
      rows.add(
          new WantedRow(
              Northbound.ADDRESS_SET,
              segment.id(),
              PART_NICS,
              segment.id(),
              Map.of(
                  Northbound.NAME,
                  Value.text(name(segment, PART_NICS)),
                  Northbound.ADDRESSES,
                  Value.texts(others))));
      acls.add(segment, FROM_PORT, DROP_CLAIM, DROP, isExposed(segment), Matches.isFrom(nics));
      notRouters.add("ip4.src == " + nics);
    }
    List<Port> routers = exposed.gateways();
    if (routers.isEmpty()) {
      return;
    }
    // Routers advertise the gateway's address to each other. VRRP of other NICs does not reach
    // them.
    Set<String> theirs = Exposed.addresses(routers);
    String here = Matches.isOneOf("outport", Exposed.names(routers));
    if (!theirs.isEmpty()) {
      String byRouter = Matches.isAnyOf("ip4.src", theirs);
      acls.add(segment, TO_PORT, ALLOW_OF_VIP, ALLOW, here, VRRP, byRouter);
      acls.add(
          segment,
          FROM_PORT,
          ALLOW_OF_VIP,
          ALLOW,
          Matches.isOneOf("inport", Exposed.names(routers)),
          VRRP,
          byRouter);
    }
    if (!withoutRouters.isEmpty()) {
      notRouters.add(guests);
      Set<String> addresses = Exposed.addresses(withoutRouters);
      if (!addresses.isEmpty()) {
        notRouters.add(Matches.isAnyOf("ip4.src", addresses));
      }
    }
    if (!notRouters.isEmpty()) {
      acls.add(
          segment,
          TO_PORT,
          DROP_OF_VIP,
          DROP,
          here,
          VRRP,
          "(" + String.join(" || ", notRouters) + ")");
    }
  }

  private static WantedRow group(Segment segment, String part, List<Port> ports) {
    return new WantedRow(
        Northbound.PORT_GROUP,
        segment.id(),
        part,
        segment.id(),
        Map.of(Northbound.NAME, Value.text(name(segment, part))),
        Exposed.names(ports));
  }

  /** As matches can name it: without hyphens. */
  private static String name(Segment segment, String part) {
    return "havip_" + segment.id().value().replace('-', '_') + "_" + part;
  }

  private static String isExposed(Segment segment) {
    return "inport == @" + name(segment, PART_EXPOSED);
  }

  /**
   * What keeps the segment's other exposed ports from the address of the NIC at an exposed port.
   */
  static List<WantedRow> protecting(
      Port port, Segment segment, List<Grant> grants, Exposed exposed) {
    Ipv4Address address = port.address();
    if (segment.enforcement() != Enforcement.ENFORCE
        || !exposed.has(port.name())
        || address == null
        || address.equals(segment.gateway())) {
      return List.of();
    }
    Set<MacAddress> own = new HashSet<>(Set.of(port.mac()));
    for (Grant grant : grants) {
      for (Grant.Member member : grant.members()) {
        Grant.Vmac vmac = member.vmac();
        if (vmac != null && member.vrrpPort().equals(port.name())) {
          own.add(vmac.mac());
        }
      }
    }
    Acls acls = new Acls();
    acls.add(
        segment,
        FROM_PORT,
        DROP_CLAIM,
        DROP,
        isExposed(segment),
        Matches.isFrom(address, own, own));
    return acls.rows(port.id());
  }

  /**
   * A NIC's port.
   *
   * @param grants those by which it may use VIPs, or advertise them
   */
  static WantedRow of(Port port, Segment segment, List<Grant> grants) {
    Granted granted = Granted.to(port, grants);
    boolean isCutOff = hasMacOfGateway(port, segment);
    List<String> addresses = new ArrayList<>();
    if (!isCutOff) {
      addresses.add(
          port.address() == null ? port.mac().toString() : port.mac() + " " + port.address());
      addresses.addAll(granted.addresses());
    }
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
                isCutOff
                    ? Set.of(NO_MAC)
                    : segment.enforcement() == Enforcement.ENFORCE
                        ? granted.security(port)
                        : Set.<String>of())));
  }

  /** Whether a row is the port of a NIC whose frames OVN does not carry. */
  static boolean isCutOff(WantedRow row) {
    return row.part().equals(PART_PORT)
        && Value.texts(Set.of(NO_MAC)).equals(row.columns().get(Additions.PORT_SECURITY));
  }

  /**
   * Whether a NIC, other than a router's, has the gateway's MAC address. OVN would bring frames for
   * the gateway to its port, and the switches outside would learn that the gateway is there.
   */
  private static boolean hasMacOfGateway(Port port, Segment segment) {
    return !port.gateway() && port.mac().equals(segment.policy().gatewayMac());
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
            new Additions.Elements(
                granted.security(port.mac(), port.gateway() ? List.of(ANY_ADDRESS) : List.of()),
                all)));
  }

  /** What a port may use beside what is its NIC's own, by MAC address in the case of VRIDs'. */
  private record Granted(List<String> vips, Map<String, TreeSet<String>> ofVmacs) {
    static Granted to(Port port, List<Grant> grants) {
      List<String> vips = new ArrayList<>();
      Map<String, TreeSet<String>> ofVmacs = new TreeMap<>();
      for (Grant grant : grants) {
        if (grant.senders().stream().anyMatch(it -> it.port().equals(port.name()))) {
          vips.add(grant.address().toString());
        }
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
      if (port.gateway()) {
        own.add(ANY_ADDRESS);
      }
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
   * @param exposed the exposed ports of the VIP's segment
   * @param outside the segment of its floating address, if it has one
   */
  static List<WantedRow> of(
      Grant grant,
      Segment segment,
      Function<String, Optional<Place>> places,
      Exposed exposed,
      Optional<Outside> outside) {
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
        acls.add(
            segment, TO_PORT, ALLOW_OF_VIP, ALLOW, Matches.isOneOf("outport", parents), isForIt);
      }
      for (Grant.Sender sender : grant.senders()) {
        acls.add(
            segment,
            TO_PORT,
            ALLOW_OF_VIP,
            ALLOW,
            Matches.isOneOf("outport", List.of(sender.port())),
            isForIt,
            "eth.dst == " + sender.mac());
      }
    }
    if (segment.enforcement() == Enforcement.ENFORCE && !exposed.isNone()) {
      acls.add(segment, FROM_PORT, DROP_CLAIM, DROP, isExposed(segment), isStolen(grant, exposed));
    }
    outside
        .filter(it -> it.segment().enforcement() == Enforcement.ENFORCE && !it.exposed().isNone())
        .ifPresent(it ->
            acls.add(
                it.segment(),
                FROM_PORT,
                DROP_CLAIM,
                DROP,
                isExposed(it.segment()),
                Matches.isFrom(it.address().toString())));
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
        String byMember = "ip4.src == {" + from + "}";
        String here = Matches.isOneOf("outport", names);
        acls.add(where, TO_PORT, DROP_OF_VIP, DROP, here, VRRP);
        acls.add(where, TO_PORT, ALLOW_OF_VIP, ALLOW, here, VRRP, byMember);
        acls.add(
            where,
            FROM_PORT,
            ALLOW_OF_VIP,
            ALLOW,
            Matches.isOneOf("inport", names),
            VRRP,
            byMember);
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

  /**
   * What is sent from the VIP through an exposed port of a VM that may not. Only members and LVS
   * real servers at exposed ports need an exception, because the match concerns no other ports.
   */
  private static String isStolen(Grant grant, Exposed exposed) {
    Set<MacAddress> members = new HashSet<>();
    for (Grant.Member member : grant.members()) {
      if (exposed.has(member.port())) {
        members.add(member.mac());
        Grant.Vmac vmac = member.vmac();
        if (vmac != null) {
          members.add(vmac.mac());
        }
      }
    }
    Set<MacAddress> senders = new HashSet<>(members);
    grant.senders().forEach(sender -> senders.add(sender.mac()));
    return Matches.isFrom(grant.address(), members, senders);
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
