package io.havip.reconcile;

import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.store.Reader;
import io.havip.vip.Drill;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the store desires of the fabric, and the VIPs that it is about.
 *
 * @param vips as they were when the desired state was read
 * @param unasked NICs that are desired without their address, because HAVIP has not asked for it
 */
record DesiredState(Desired desired, List<Vip> vips, List<Nic> unasked) {

  /** All of it, as of a time. */
  static DesiredState of(Reader reader, Instant now) {
    Map<NetworkId, Network> networks =
        reader.allNetworks().stream().collect(Collectors.toMap(Network::id, Function.identity()));
    Map<NicId, Nic> nics =
        reader.allNics().stream().collect(Collectors.toMap(Nic::id, Function.identity()));
    Map<VipId, List<Nic>> senders = new HashMap<>();
    for (Nic nic : nics.values()) {
      nic.sendsFromVip()
          .forEach(vip -> senders.computeIfAbsent(vip, _ -> new ArrayList<>()).add(nic));
    }
    return of(
        networks.values(),
        nics.values(),
        reader.allVips(),
        cutOff(reader, now),
        reader.allVirtualRouters(),
        senders,
        reader.unaskedNics(),
        id -> Objects.requireNonNull(networks.get(id)),
        id -> Objects.requireNonNull(nics.get(id)));
  }

  /** The part about some ids; what does not exist is not in it. */
  static DesiredState about(Set<Id> ids, Reader reader, Instant now) {
    List<Network> networks =
        only(NetworkId.class, ids).flatMap(id -> reader.network(id).stream()).toList();
    List<Nic> nics = only(NicId.class, ids).flatMap(id -> reader.nic(id).stream()).toList();
    List<Vip> vips = only(VipId.class, ids).flatMap(id -> reader.vip(id).stream()).toList();
    List<VipId> vipIds = vips.stream().map(Vip::id).toList();
    return of(
        networks,
        nics,
        vips,
        cutOff(reader, now),
        reader.virtualRouters(vipIds),
        reader.sendersFrom(vipIds),
        reader.unaskedNics(),
        id -> reader.network(id).orElseThrow(),
        id -> reader.nic(id).orElseThrow());
  }

  /** The NICs whose ports are off for a drill. */
  private static Set<NicId> cutOff(Reader reader, Instant now) {
    Set<NicId> nics = new HashSet<>();
    for (Drill drill : reader.runningDrills()) {
      if (drill.wholePort() && now.isBefore(drill.endsAt())) {
        reader
            .vip(drill.vipId())
            .flatMap(vip -> vip.binding(drill.vmId()))
            .ifPresent(binding -> nics.addAll(List.of(binding.nicId(), binding.vrrpNicId())));
      }
    }
    return nics;
  }

  /** The same without some VIPs. */
  DesiredState without(List<Vip> some) {
    Map<VipId, Grant> grants = new HashMap<>(desired.grants());
    some.forEach(vip -> grants.remove(vip.id()));
    return new DesiredState(
        new Desired(desired.segments(), desired.ports(), grants),
        vips.stream().filter(vip -> !some.contains(vip)).toList(),
        unasked);
  }

  static <T extends Id> Stream<T> only(Class<T> kind, Set<Id> ids) {
    return ids.stream().filter(kind::isInstance).map(kind::cast);
  }

  private static DesiredState of(
      Collection<Network> networks,
      Collection<Nic> nics,
      List<Vip> vips,
      Set<NicId> cutOff,
      Map<VipId, VirtualRouter> routers,
      Map<VipId, List<Nic>> senders,
      Set<NicId> unasked,
      Function<NetworkId, Network> networkById,
      Function<NicId, Nic> nicById) {
    Map<VipId, Grant> grants = new HashMap<>();
    for (Vip vip : vips) {
      Optional<VirtualRouter> router = Optional.ofNullable(routers.get(vip.id()));
      Grant.of(
              vip,
              networkById.apply(vip.networkId()),
              router,
              id -> usable(nicById.apply(id), unasked),
              senders.getOrDefault(vip.id(), List.of()))
          .ifPresent(grant -> grants.put(vip.id(), grant));
    }
    return new DesiredState(
        new Desired(
            networks.stream().collect(Collectors.toMap(Network::id, Segment::of)),
            nics.stream()
                .filter(nic -> !cutOff.contains(nic.id()))
                .collect(
                    Collectors.toMap(
                        Nic::id,
                        nic -> Port.of(usable(nic, unasked), networkById.apply(nic.networkId())))),
            grants),
        vips,
        nics.stream().filter(nic -> nic.address() != null && unasked.contains(nic.id())).toList());
  }

  private static Nic usable(Nic nic, Set<NicId> unasked) {
    return unasked.contains(nic.id()) ? nic.withoutAddress() : nic;
  }
}
