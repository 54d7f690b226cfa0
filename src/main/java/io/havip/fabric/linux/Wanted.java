package io.havip.fabric.linux;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is desired, with the elements that follow from it. Two ids may ask for the same element (a
 * VIP of two external networks with equal CIDRs, advertised over one port), so each is counted, and
 * a change of some ids is found without looking at the others. Safe for use by several threads.
 */
final class Wanted {
  private final Map<NetworkId, Segment> segments;
  private final Map<NicId, Port> ports;
  private final Map<VipId, Grant> grants;
  private final Predicate<String> isBridge;
  private final Map<NetworkId, List<Element>> ofSegments = new HashMap<>();
  private final Map<Element, Integer> uses = new HashMap<>();

  /**
   * Takes it as it is.
   *
   * @param isBridge whether an interface of the host, as it is now, is a bridge
   */
  Wanted(Desired desired, Predicate<String> isBridge) {
    this.isBridge = isBridge;
    segments = new HashMap<>(desired.segments());
    ports = new HashMap<>(desired.ports());
    grants = new HashMap<>(desired.grants());
    segments.forEach((id, segment) -> ofSegments.put(id, elementsOf(segment)));
    ofSegments.values().forEach(e -> count(e, 1));
    ports.values().forEach(p -> count(Element.of(p), 1));
    grants.values().forEach(g -> count(Element.of(g), 1));
  }

  /**
   * A VIP on a segment.
   *
   * @param segment the segment's number
   */
  record VipKey(int segment, Ipv4Address address) {
    static VipKey of(Grant grant) {
      return new VipKey(grant.segment(), grant.address());
    }
  }

  /** All elements that should be there. */
  synchronized Set<Element> elements() {
    return Set.copyOf(uses.keySet());
  }

  synchronized List<Segment> segments() {
    return List.copyOf(segments.values());
  }

  /** All segments as {@link #replace} would leave them. */
  synchronized List<Segment> segmentsAfter(Set<Id> ids, Desired part) {
    Map<NetworkId, Segment> after = new HashMap<>(segments);
    after.keySet().removeAll(ids);
    after.putAll(part.segments());
    return List.copyOf(after.values());
  }

  synchronized List<Port> ports() {
    return List.copyOf(ports.values());
  }

  synchronized @Nullable Segment segment(NetworkId id) {
    return segments.get(id);
  }

  synchronized @Nullable Port port(NicId id) {
    return ports.get(id);
  }

  /** For each VIP the names of the ports that may claim it. */
  synchronized Map<VipKey, Set<String>> claimants() {
    Map<VipKey, Set<String>> claimants = new HashMap<>();
    grants.values().forEach(g -> claimants.put(VipKey.of(g), memberPorts(g)));
    return claimants;
  }

  /** What {@link #replace} would change; nothing is changed yet. */
  synchronized ElementChanges changes(Set<Id> ids, Desired part) {
    Map<Element, Integer> delta = new HashMap<>();
    for (Id id : ids) {
      held(id).forEach(e -> delta.merge(e, -1, Integer::sum));
      elementsOf(id, part).forEach(e -> delta.merge(e, 1, Integer::sum));
    }
    SortedSet<Element> deleted = new TreeSet<>();
    SortedSet<Element> added = new TreeSet<>();
    delta.forEach((element, difference) -> {
      int before = uses.getOrDefault(element, 0);
      if (before == 0 && difference > 0) {
        added.add(element);
      } else if (before > 0 && before + difference == 0) {
        deleted.add(element);
      }
    });
    return new ElementChanges(deleted, added);
  }

  /** The VIPs that ports lose by {@link #replace}, with those ports. */
  synchronized Map<VipKey, Set<String>> losers(Set<Id> ids, Desired part) {
    Map<VipKey, Set<String>> losers = new HashMap<>();
    for (Id id : ids) {
      Grant before = id instanceof VipId vip ? grants.get(vip) : null;
      if (before != null) {
        Set<String> lost = new HashSet<>(memberPorts(before));
        Grant after = part.grants().get(before.id());
        if (after != null && VipKey.of(after).equals(VipKey.of(before))) {
          lost.removeAll(memberPorts(after));
        }
        if (!lost.isEmpty()) {
          losers.put(VipKey.of(before), lost);
        }
      }
    }
    return losers;
  }

  /** Forgets what these ids were, and remembers what they are now. */
  synchronized void replace(Set<Id> ids, Desired part) {
    for (Id id : ids) {
      count(held(id), -1);
      count(elementsOf(id, part), 1);
      switch (id) {
        case NetworkId network -> {
          replace(segments, network, part.segments().get(network));
          ofSegments.put(network, elementsOf(network, part));
        }
        case NicId nic -> replace(ports, nic, part.ports().get(nic));
        case VipId vip -> replace(grants, vip, part.grants().get(vip));
        case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> {}
      }
    }
  }

  private static <K, V> void replace(Map<K, V> map, K key, @Nullable V value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }

  /** What an id was found to need, which another kind of uplink may have changed since. */
  private List<Element> held(Id id) {
    return switch (id) {
      case NetworkId network -> ofSegments.getOrDefault(network, List.of());
      case NicId nic -> elementsOf(ports.get(nic));
      case VipId vip -> elementsOf(grants.get(vip));
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> List.of();
    };
  }

  private List<Element> elementsOf(Id id, Desired part) {
    return switch (id) {
      case NetworkId network -> elementsOf(part.segments().get(network));
      case NicId nic -> elementsOf(part.ports().get(nic));
      case VipId vip -> elementsOf(part.grants().get(vip));
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> List.of();
    };
  }

  private List<Element> elementsOf(@Nullable Segment segment) {
    if (segment == null) {
      return List.of();
    }
    String uplink = segment.uplink();
    return Element.of(segment, uplink != null && isBridge.test(uplink));
  }

  private static List<Element> elementsOf(@Nullable Port port) {
    return port == null ? List.of() : Element.of(port);
  }

  private static List<Element> elementsOf(@Nullable Grant grant) {
    return grant == null ? List.of() : Element.of(grant);
  }

  private void count(Collection<Element> elements, int difference) {
    for (Element element : elements) {
      uses.merge(element, difference, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  private static Set<String> memberPorts(Grant grant) {
    Set<String> ports = new HashSet<>();
    grant.members().forEach(m -> ports.add(m.port()));
    return ports;
  }
}
