package io.havip.fabric.ovn;

import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.OtherTraffic;
import io.havip.net.Ipv4Address;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vip.Floating;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is desired, and the rows that follow from it. The rows of a port depend on the VIPs that are
 * granted to it, and those of a VIP on its members' ports, so a change of some ids concerns these
 * others too, and only these. Safe for use by several threads.
 */
final class Wanted {
  private final Map<NetworkId, Segment> segments = new HashMap<>();
  private final Map<NicId, Port> ports = new HashMap<>();
  private final Map<VipId, Grant> grants = new HashMap<>();
  private final Map<Integer, Segment> segmentsByNumber = new HashMap<>();
  private final Map<String, Port> portsByName = new HashMap<>();
  private final Map<String, Set<VipId>> grantsByPort = new HashMap<>();
  private final Map<Place, Grant> grantsByPlace = new HashMap<>();
  private final Map<Place, Set<NicId>> portsByPlace = new HashMap<>();
  private final Map<Integer, Set<NicId>> portsBySegment = new HashMap<>();

  /** Ports of others that may send from more than their NIC's address, as these permit it. */
  private final Set<String> open = new HashSet<>();

  /** Exposed ports by name, and where they are. */
  private final Map<String, Integer> exposedAt = new HashMap<>();

  private final Map<Integer, Set<String>> exposedOn = new HashMap<>();
  private final Map<String, List<WantedRow>> rows = new HashMap<>();
  private final Map<String, Additions> additions = new HashMap<>();

  /** An address on a segment. */
  private record Place(int segment, Ipv4Address address) {
    static Place of(Grant grant) {
      return new Place(grant.segment(), grant.address());
    }
  }

  /** The same where no port of others is open. */
  Set<String> replaceAll(Desired desired) {
    return replaceAll(desired, Set.of());
  }

  /**
   * Forgets everything, and takes this; gives the ids of which something else is wanted now.
   *
   * @param openPorts the ports of others that may send from more than their NIC's address
   */
  synchronized Set<String> replaceAll(Desired desired, Set<String> openPorts) {
    Map<String, Object> before = all();
    open.clear();
    open.addAll(openPorts);
    portsByPlace.clear();
    portsBySegment.clear();
    exposedAt.clear();
    exposedOn.clear();
    segments.clear();
    ports.clear();
    grants.clear();
    segmentsByNumber.clear();
    portsByName.clear();
    grantsByPort.clear();
    grantsByPlace.clear();
    rows.clear();
    additions.clear();
    put(desired);
    portsByName.keySet().forEach(this::expose);
    Set<Id> all = new HashSet<>(segments.keySet());
    all.addAll(ports.keySet());
    all.addAll(grants.keySet());
    makeRows(all);
    Set<String> changed = new HashSet<>(before.keySet());
    Map<String, Object> after = all();
    changed.addAll(after.keySet());
    changed.removeIf(id -> Objects.equals(before.get(id), after.get(id)));
    return changed;
  }

  /** What is wanted of each id: its rows, or what is to be added to another's. */
  private Map<String, Object> all() {
    Map<String, Object> all = new HashMap<>(rows);
    all.putAll(additions);
    return all;
  }

  synchronized Set<String> ids() {
    return all().keySet();
  }

  /**
   * Forgets what these ids were, takes what they are now; gives all ids that this concerns.
   *
   * @param openPorts the ports of others, of those that are taken, that may send from more than
   *     their NIC's address
   */
  synchronized Set<String> replace(Set<Id> ids, Desired part, Set<String> openPorts) {
    Set<Id> concerned = new HashSet<>(ids);
    Set<String> names = new HashSet<>();
    ids.forEach(id -> addNeighbours(concerned, id));
    ids.forEach(id -> addPorts(names, id));
    ids.forEach(this::remove);
    put(part);
    ids.forEach(id -> addNeighbours(concerned, id));
    ids.forEach(id -> addPorts(names, id));
    part.ports().values().forEach(port -> open.remove(port.name()));
    open.addAll(openPorts);
    for (String name : names) {
      addExposure(concerned, name);
    }
    return makeRows(concerned);
  }

  /** Adds the ports that an id may expose. */
  private void addPorts(Set<String> names, Id id) {
    if (id instanceof NicId nic) {
      Optional.ofNullable(ports.get(nic)).ifPresent(port -> names.add(port.name()));
    } else if (id instanceof VipId vip) {
      Optional.ofNullable(grants.get(vip))
          .ifPresent(grant -> grant.senders().forEach(sender -> names.add(sender.port())));
    }
  }

  /** Sees whether a port is exposed now, and adds those whose rows depend on that. */
  private void addExposure(Set<Id> concerned, String name) {
    Optional<Integer> before = Optional.ofNullable(exposedAt.get(name));
    Set<Integer> were = Set.copyOf(exposedOn.keySet());
    expose(name);
    Optional<Integer> after = Optional.ofNullable(exposedAt.get(name));
    if (before.equals(after)) {
      return;
    }
    Optional.ofNullable(portsByName.get(name)).ifPresent(port -> concerned.add(port.id()));
    concerned.addAll(grantsByPort.getOrDefault(name, Set.of()));
    Stream.concat(before.stream(), after.stream())
        .flatMap(number -> Optional.ofNullable(segmentsByNumber.get(number)).stream())
        .forEach(segment -> {
          concerned.add(segment.id());
          // The rows of its VIPs need not name a group that has no port.
          if (were.contains(segment.number()) != exposedOn.containsKey(segment.number())) {
            addNeighbours(concerned, segment.id());
          }
        });
  }

  private void expose(String name) {
    Integer before = exposedAt.remove(name);
    if (before != null) {
      removeFrom(exposedOn, before, name);
    }
    Port port = portsByName.get(name);
    if (port != null && isExposed(port)) {
      exposedAt.put(name, port.segment());
      exposedOn.computeIfAbsent(port.segment(), _ -> new TreeSet<>()).add(name);
    }
  }

  private boolean isExposed(Port port) {
    return port.gateway()
        || !port.allowedSources().isEmpty()
        || open.contains(port.name())
        || grantsTo(port).stream()
            .flatMap(grant -> grant.senders().stream())
            .anyMatch(sender -> sender.port().equals(port.name()));
  }

  private static <K, V> void removeFrom(Map<K, Set<V>> groups, K key, V value) {
    groups.computeIfPresent(
        key,
        (_, group) -> {
          group.remove(value);
          return group.isEmpty() ? null : group;
        });
  }

  private void put(Desired part) {
    part.segments()
        .forEach((id, segment) -> {
          segments.put(id, segment);
          segmentsByNumber.put(segment.number(), segment);
        });
    part.ports()
        .forEach((id, port) -> {
          ports.put(id, port);
          portsByName.put(port.name(), port);
          portsBySegment.computeIfAbsent(port.segment(), _ -> new HashSet<>()).add(id);
          if (port.address() != null) {
            portsByPlace
                .computeIfAbsent(new Place(port.segment(), port.address()), _ -> new HashSet<>())
                .add(id);
          }
        });
    part.grants()
        .forEach((id, grant) -> {
          grants.put(id, grant);
          grantsByPlace.put(Place.of(grant), grant);
          portsOf(grant)
              .forEach(name -> grantsByPort.computeIfAbsent(name, _ -> new HashSet<>()).add(id));
        });
  }

  private void remove(Id id) {
    switch (id) {
      case NetworkId network -> {
        Segment segment = segments.remove(network);
        if (segment != null) {
          segmentsByNumber.remove(segment.number(), segment);
        }
      }
      case NicId nic -> {
        Port port = ports.remove(nic);
        if (port != null) {
          portsByName.remove(port.name(), port);
          removeFrom(portsBySegment, port.segment(), nic);
          if (port.address() != null) {
            removeFrom(portsByPlace, new Place(port.segment(), port.address()), nic);
          }
        }
      }
      case VipId vip -> {
        Grant grant = grants.remove(vip);
        if (grant != null) {
          grantsByPlace.remove(Place.of(grant), grant);
          portsOf(grant).forEach(name -> removeFrom(grantsByPort, name, vip));
        }
      }
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> {}
    }
  }

  /** Adds those whose rows depend on what is known of an id now. */
  private void addNeighbours(Set<Id> concerned, Id id) {
    switch (id) {
      case NetworkId network -> {
        Segment segment = segments.get(network);
        if (segment != null) {
          int number = segment.number();
          portsOn(number)
              .forEach(p -> {
                concerned.add(p.id());
                concerned.addAll(grantsByPort.getOrDefault(p.name(), Set.of()));
              });
          grants.values().stream()
              .filter(g -> g.segment() == number || isOutside(g, network))
              .forEach(g -> concerned.add(g.id()));
        }
      }
      case NicId nic -> {
        Port port = ports.get(nic);
        if (port != null) {
          concerned.addAll(grantsByPort.getOrDefault(port.name(), Set.of()));
          Segment segment = segmentsByNumber.get(port.segment());
          if (segment != null && exposedOn.containsKey(port.segment())) {
            concerned.add(segment.id()); // its address is protected there
          }
        }
      }
      case VipId vip -> {
        Grant grant = grants.get(vip);
        if (grant != null) {
          for (String name : portsOf(grant)) {
            Optional.ofNullable(portsByName.get(name)).ifPresent(port -> concerned.add(port.id()));
          }
        }
      }
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> {}
    }
  }

  private static Set<String> portsOf(Grant grant) {
    Set<String> names = new HashSet<>();
    for (Grant.Member member : grant.members()) {
      names.add(member.port());
      names.add(member.vrrpPort());
    }
    grant.senders().forEach(sender -> names.add(sender.port()));
    return names;
  }

  private static boolean isOutside(Grant grant, NetworkId network) {
    Floating floating = grant.floating();
    return floating != null && floating.networkId().equals(network);
  }

  private Stream<Port> portsOn(int segment) {
    return portsBySegment.getOrDefault(segment, Set.of()).stream()
        .map(id -> Objects.requireNonNull(ports.get(id)));
  }

  private Exposed exposed(int segment) {
    return new Exposed(exposedPorts(segment), Set.of());
  }

  private Exposed exposedAndOthers(int segment) {
    List<Port> exposed = exposedPorts(segment);
    Set<Ipv4Address> others = new HashSet<>();
    if (!exposed.isEmpty()) {
      portsOn(segment)
          .filter(port -> !exposedAt.containsKey(port.name()))
          .map(Port::address)
          .filter(Objects::nonNull)
          .forEach(others::add);
    }
    return new Exposed(exposed, others);
  }

  private List<Port> exposedPorts(int segment) {
    return exposedOn.getOrDefault(segment, Set.of()).stream()
        .map(name -> Objects.requireNonNull(portsByName.get(name)))
        .toList();
  }

  private Optional<Rows.Outside> outside(Grant grant) {
    Floating floating = grant.floating();
    return Optional.ofNullable(floating)
        .flatMap(it -> Optional.ofNullable(segments.get(it.networkId())))
        .map(segment ->
            new Rows.Outside(
                segment, Objects.requireNonNull(floating).address(), exposed(segment.number())));
  }

  private Set<String> makeRows(Set<Id> ids) {
    Set<String> texts = new HashSet<>();
    for (Id id : ids) {
      texts.add(id.value());
      List<WantedRow> made = rowsOf(id);
      if (made.isEmpty()) {
        rows.remove(id.value());
      } else {
        rows.put(id.value(), made);
      }
      additions.remove(id.value());
      additionsOf(id).ifPresent(added -> additions.put(id.value(), added));
    }
    return texts;
  }

  private List<WantedRow> rowsOf(Id id) {
    return switch (id) {
      case NetworkId network -> {
        Segment segment = segments.get(network);
        yield segment == null ? List.of() : Rows.of(segment, exposedAndOthers(segment.number()));
      }
      case NicId nic -> {
        Port port = ports.get(nic);
        Segment segment = port == null ? null : segmentsByNumber.get(port.segment());
        if (port == null || segment == null) {
          yield List.of();
        }
        List<Grant> granted = grantsTo(port);
        List<WantedRow> made = new ArrayList<>();
        if (segment.logicalSwitch() == null) {
          made.add(Rows.of(port, segment, granted));
        }
        made.addAll(Rows.protecting(port, segment, granted, exposed(port.segment())));
        yield made;
      }
      case VipId vip -> {
        Grant grant = grants.get(vip);
        Segment segment = grant == null ? null : segmentsByNumber.get(grant.segment());
        yield grant == null || segment == null
            ? List.of()
            : Rows.of(grant, segment, this::placeOf, exposed(segment.number()), outside(grant));
      }
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> List.of();
    };
  }

  private Optional<Additions> additionsOf(Id id) {
    Port port = id instanceof NicId nic ? ports.get(nic) : null;
    Segment segment = port == null ? null : segmentsByNumber.get(port.segment());
    return port == null || segment == null || segment.logicalSwitch() == null
        ? Optional.empty()
        : Optional.of(Rows.additions(port, segment, grantsTo(port)));
  }

  /** The VIPs that may be used through a port, or advertised. */
  synchronized List<Grant> grantsTo(Port port) {
    return grantsByPort.getOrDefault(port.name(), Set.of()).stream()
        .sorted(Comparator.comparing(VipId::value))
        .map(id -> Optional.ofNullable(grants.get(id)).orElseThrow())
        .toList();
  }

  private Optional<Rows.Place> placeOf(String name) {
    Port port = portsByName.get(name);
    Segment segment = port == null ? null : segmentsByNumber.get(port.segment());
    return port == null || segment == null
        ? Optional.empty()
        : Optional.of(new Rows.Place(port, segment));
  }

  /** The rows that are wanted for an id. */
  synchronized List<WantedRow> rows(String id) {
    return rows.getOrDefault(id, List.of());
  }

  /** What is wanted to be added to a port of others for an id. */
  synchronized Optional<Additions> additions(String id) {
    return Optional.ofNullable(additions.get(id));
  }

  /** The same, by the port's name. */
  synchronized Optional<Additions> additionsTo(String port) {
    return Optional.ofNullable(portsByName.get(port)).flatMap(it -> additions(it.id().value()));
  }

  /** The switch of others that is a network's. */
  synchronized Optional<String> logicalSwitch(NetworkId network) {
    return Optional.ofNullable(segments.get(network)).map(Segment::logicalSwitch);
  }

  /** Whether an address is the gateway's on a segment where a port is a router's. */
  synchronized boolean isGateway(Port port, Ipv4Address address) {
    Segment segment = segmentsByNumber.get(port.segment());
    return port.gateway() && segment != null && address.equals(segment.gateway());
  }

  /** The networks on which other protocols should pass, which OVN cannot do safely. */
  synchronized List<NetworkId> passing() {
    return segments.values().stream()
        .filter(it ->
            it.policy().otherTraffic() == OtherTraffic.PASS
                && it.logicalSwitch() == null
                && it.enforcement() == Enforcement.ENFORCE)
        .map(Segment::id)
        .toList();
  }

  /** The switch of others on which a NIC's port is. */
  synchronized Optional<String> logicalSwitchOf(String port) {
    return Optional.ofNullable(portsByName.get(port))
        .map(it -> segmentsByNumber.get(it.segment()))
        .map(Segment::logicalSwitch);
  }

  /** Whether a port of others was found to permit more than its NIC's address. */
  synchronized boolean isOpen(String port) {
    return open.contains(port);
  }

  synchronized boolean isExposed(String port) {
    return exposedAt.containsKey(port);
  }

  /**
   * Whether an address on a port's segment is a VIP's, another NIC's, floating, or the gateway's.
   */
  synchronized boolean isOfAnother(Port port, Ipv4Address address) {
    Place place = new Place(port.segment(), address);
    Segment segment = segmentsByNumber.get(port.segment());
    return grantsByPlace.containsKey(place)
        || portsByPlace.getOrDefault(place, Set.of()).stream().anyMatch(id -> !id.equals(port.id()))
        || (segment != null
            && ((address.equals(segment.gateway()) && !port.gateway())
                || grants.values().stream()
                    .anyMatch(grant ->
                        isOutside(grant, segment.id())
                            && Objects.requireNonNull(grant.floating())
                                .address()
                                .equals(address))));
  }

  /** The network of a VIP that is wanted. */
  synchronized Optional<NetworkId> networkOf(Id vip) {
    return vip instanceof VipId id
        ? Optional.ofNullable(grants.get(id))
            .map(grant -> segmentsByNumber.get(grant.segment()))
            .map(Segment::id)
        : Optional.empty();
  }

  /** Whether a network is a switch of others of this name. */
  synchronized boolean isLogicalSwitch(String logicalSwitch) {
    return segments.values().stream().anyMatch(it -> logicalSwitch.equals(it.logicalSwitch()));
  }

  synchronized boolean hasPort(String name) {
    return portsByName.containsKey(name);
  }

  synchronized Optional<Port> port(String name) {
    return Optional.ofNullable(portsByName.get(name));
  }

  /** The VIP that has an address on a segment. */
  synchronized Optional<Grant> grantAt(int segment, Ipv4Address address) {
    return Optional.ofNullable(grantsByPlace.get(new Place(segment, address)));
  }

  synchronized Collection<String> portNames() {
    return List.copyOf(portsByName.keySet());
  }

  synchronized Collection<Grant> grants() {
    return List.copyOf(grants.values());
  }
}
