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
import io.havip.net.Ipv4Address;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
  private final Map<String, List<WantedRow>> rows = new HashMap<>();
  private final Map<String, Additions> additions = new HashMap<>();

  /** An address on a segment. */
  private record Place(int segment, Ipv4Address address) {
    static Place of(Grant grant) {
      return new Place(grant.segment(), grant.address());
    }
  }

  /** Forgets everything, and takes this; gives the ids of which something else is wanted now. */
  synchronized Set<String> replaceAll(Desired desired) {
    Map<String, Object> before = all();
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

  /** Forgets what these ids were, takes what they are now; gives all ids that this concerns. */
  synchronized Set<String> replace(Set<Id> ids, Desired part) {
    Set<Id> concerned = new HashSet<>(ids);
    ids.forEach(id -> addNeighbours(concerned, id));
    ids.forEach(this::remove);
    put(part);
    ids.forEach(id -> addNeighbours(concerned, id));
    return makeRows(concerned);
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
        }
      }
      case VipId vip -> {
        Grant grant = grants.remove(vip);
        if (grant != null) {
          grantsByPlace.remove(Place.of(grant), grant);
          portsOf(grant)
              .forEach(name ->
                  grantsByPort.computeIfPresent(
                      name,
                      (_, all) -> {
                        all.remove(vip);
                        return all.isEmpty() ? null : all;
                      }));
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
          ports.values().stream()
              .filter(p -> p.segment() == number)
              .forEach(p -> {
                concerned.add(p.id());
                concerned.addAll(grantsByPort.getOrDefault(p.name(), Set.of()));
              });
          grants.values().stream()
              .filter(g -> g.segment() == number)
              .forEach(g -> concerned.add(g.id()));
        }
      }
      case NicId nic -> {
        Port port = ports.get(nic);
        if (port != null) {
          concerned.addAll(grantsByPort.getOrDefault(port.name(), Set.of()));
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
    return names;
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
        yield segment == null ? List.of() : Rows.of(segment);
      }
      case NicId nic -> {
        Port port = ports.get(nic);
        Segment segment = port == null ? null : segmentsByNumber.get(port.segment());
        yield port == null || segment == null || segment.logicalSwitch() != null
            ? List.of()
            : List.of(Rows.of(port, segment, grantsTo(port)));
      }
      case VipId vip -> {
        Grant grant = grants.get(vip);
        Segment segment = grant == null ? null : segmentsByNumber.get(grant.segment());
        yield grant == null || segment == null ? List.of() : Rows.of(grant, segment, this::placeOf);
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
