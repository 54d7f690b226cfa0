package io.havip.plan;

import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.net.Ipv4Address;
import io.havip.vip.Binding;
import io.havip.vip.Vip;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Networks, NICs and VIPs by what a fabric calls them, for whoever makes sense of what it shows. A
 * change costs what it is about, however many there are. Not safe for use by several threads.
 */
public final class Inventory {
  final Map<NetworkId, Network> networks = new HashMap<>();
  final Map<Integer, Network> bySegment = new HashMap<>();
  final Map<String, Network> byUplink = new HashMap<>();
  final Map<NicId, Nic> nicsById = new HashMap<>();
  final Map<String, Nic> nicsByPort = new HashMap<>();
  final Map<Place, Nic> nicsByAddress = new HashMap<>();
  final Map<VmId, Set<Ipv4Address>> addressesByVm = new HashMap<>();
  final Map<VipId, Vip> vipsById = new HashMap<>();
  final Map<Place, Vip> vips = new HashMap<>();
  final Map<NicId, Set<VipId>> vipsByVrrpNic = new HashMap<>();

  /** Where NICs and VIPs are, also when their network has gone meanwhile. */
  private final Map<Id, Place> places = new HashMap<>();

  /** An address on a numbered segment. */
  record Place(int segment, Ipv4Address address) {}

  /** All there is. */
  public static Inventory of(
      Collection<Network> networks, Collection<Nic> nics, Collection<Vip> vips) {
    Inventory inventory = new Inventory();
    inventory.put(networks, nics, vips);
    return inventory;
  }

  /** Forgets what these ids were, and takes what they are now, if they are there. */
  public void replace(
      Set<Id> ids, Collection<Network> networks, Collection<Nic> nics, Collection<Vip> vips) {
    ids.forEach(this::remove);
    put(networks, nics, vips);
  }

  private void put(Collection<Network> newNetworks, Collection<Nic> nics, Collection<Vip> newVips) {
    for (Network network : newNetworks) {
      networks.put(network.id(), network);
      bySegment.put(network.segment(), network);
      trustedPorts(network).forEach(port -> byUplink.put(port, network));
    }
    for (Nic nic : nics) {
      nicsByPort.put(nic.port(), nic);
      nicsById.put(nic.id(), nic);
      Ipv4Address address = nic.address();
      if (address != null) {
        nicsByAddress.put(place(nic.id(), nic.networkId(), address), nic);
        add(addressesByVm, nic.vmId(), address);
      }
    }
    for (Vip vip : newVips) {
      vips.put(place(vip.id(), vip.networkId(), vip.address()), vip);
      vipsById.put(vip.id(), vip);
      for (Binding binding : vip.bindings()) {
        add(vipsByVrrpNic, binding.vrrpNicId(), vip.id());
      }
    }
  }

  private void remove(Id id) {
    switch (id) {
      case NetworkId network -> {
        Network before = networks.remove(network);
        if (before != null) {
          bySegment.remove(before.segment(), before);
          trustedPorts(before).forEach(port -> byUplink.remove(port, before));
        }
      }
      case NicId nic -> {
        Nic before = nicsById.remove(nic);
        if (before != null) {
          nicsByPort.remove(before.port(), before);
          Ipv4Address address = before.address();
          if (address != null) {
            nicsByAddress.remove(places.remove(nic), before);
            remove(addressesByVm, before.vmId(), address);
          }
        }
      }
      case VipId vip -> {
        Vip before = vipsById.remove(vip);
        if (before != null) {
          vips.remove(places.remove(vip), before);
          for (Binding binding : before.bindings()) {
            remove(vipsByVrrpNic, binding.vrrpNicId(), vip);
          }
        }
      }
      case AccountId _, TokenId _, VpcId _, VmId _, WebhookId _ -> {}
    }
  }

  /** The interfaces that lead outside and at which frames are judged. */
  private static Set<String> trustedPorts(Network network) {
    Set<String> ports = new HashSet<>();
    if (network.uplink() != null) {
      ports.add(network.uplink());
    }
    if (network.policy().judgesTrustedPorts()) {
      ports.addAll(network.policy().trustedPorts());
    }
    return ports;
  }

  int segmentOf(NetworkId networkId) {
    Network network = networks.get(networkId);
    if (network == null) {
      throw new IllegalArgumentException(networkId + " has NICs or VIPs but is not there");
    }
    return network.segment();
  }

  private Place place(Id id, NetworkId networkId, Ipv4Address address) {
    Place place = new Place(segmentOf(networkId), address);
    places.put(id, place);
    return place;
  }

  private static <K, V> void add(Map<K, Set<V>> sets, K key, V value) {
    sets.merge(
        key,
        Set.of(value),
        (some, one) -> {
          Set<V> all = new HashSet<>(some);
          all.addAll(one);
          return Set.copyOf(all);
        });
  }

  private static <K, V> void remove(Map<K, Set<V>> sets, K key, V value) {
    sets.computeIfPresent(
        key,
        (_, some) -> {
          Set<V> rest = new HashSet<>(some);
          rest.remove(value);
          return rest.isEmpty() ? null : Set.copyOf(rest);
        });
  }
}
