package io.havip.plan;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Vip;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was observed, in the inventory's words instead of the fabric's. */
public final class Sighting {
  private final Observed observed;
  private final Inventory inventory;
  private final Map<Claimant, Instant> claimedAt = new HashMap<>();
  private final Map<Claimant, Instant> answeredAt = new HashMap<>();
  private final Map<Claimant, Observed.Advert> adverts = new HashMap<>();

  /** What was observed, of what is known. */
  public Sighting(Observed observed, Inventory inventory) {
    this.observed = observed;
    this.inventory = inventory;
    readSigns();
  }

  private void readSigns() {
    Observed.Signs signs = observed.signs();
    signs.claims().forEach(sign -> claimant(sign).ifPresent(it -> claimedAt.put(it, sign.at())));
    for (Observed.Sign sign : signs.answers().orElse(List.of())) {
      claimant(sign).ifPresent(it -> answeredAt.put(it, sign.at()));
    }
    for (Observed.Advert advert : signs.adverts().orElse(List.of())) {
      nicAt(advert.port())
          .ifPresent(nic ->
              inventory.vipsByVrrpNic.getOrDefault(nic.id(), Set.of()).stream()
                  .flatMap(id -> Optional.ofNullable(inventory.vipsById.get(id)).stream())
                  .filter(vip -> vip.address().equals(advert.address()))
                  .forEach(vip -> adverts.put(new Claimant(vip.id(), nic.vmId()), advert)));
    }
  }

  private Optional<Claimant> claimant(Observed.Sign sign) {
    return nicAt(sign.port())
        .flatMap(nic ->
            vipAt(nic.networkId(), sign.address()).map(vip -> new Claimant(vip.id(), nic.vmId())));
  }

  /** The NICs whose last accepted claim the fabric follows, by VIP; bound VMs' only. */
  public Map<VipId, Nic> claimants() {
    Map<VipId, Nic> claimants = new HashMap<>();
    for (Observed.Claim claim : observed.claims()) {
      Vip vip = inventory.vips.get(new Inventory.Place(claim.segment(), claim.address()));
      Nic nic = inventory.nicsByPort.get(claim.port());
      if (vip != null
          && nic != null
          && vip.binding(nic.vmId()).filter(b -> b.nicId().equals(nic.id())).isPresent()) {
        claimants.put(vip.id(), nic);
      }
    }
    return claimants;
  }

  /** A VM and a VIP that it claims. */
  record Claimant(VipId vipId, VmId vmId) {}

  /** How often VMs have claimed the VIPs that they may use, so far. */
  Map<Claimant, Long> claimCounts() {
    Map<Claimant, Long> counts = new HashMap<>();
    for (Observed.ClaimCount count : observed.claimCounts().orElse(List.of())) {
      nicAt(count.port())
          .ifPresent(nic ->
              vipAt(nic.networkId(), count.address())
                  .filter(vip -> activeMember(vip.id(), nic.vmId()).isPresent())
                  .ifPresent(
                      vip -> counts.put(new Claimant(vip.id(), nic.vmId()), count.claims())));
    }
    return counts;
  }

  /** The NIC on the VIP's network of a VM that may use the VIP and whose port is up. */
  Optional<Nic> activeMember(VipId id, VmId vmId) {
    return Optional.ofNullable(inventory.vipsById.get(id))
        .flatMap(vip -> vip.binding(vmId))
        .filter(binding -> !binding.isFenced())
        .map(binding -> inventory.nicsById.get(binding.nicId()))
        .filter(nic -> {
          Observed.PortState port = observed.ports().get(nic.port());
          return port != null && port.up();
        });
  }

  boolean isThere(VipId id) {
    return inventory.vipsById.containsKey(id);
  }

  /** The status of every NIC. */
  public Map<NicId, NicStatus> nicStatus() {
    Map<NicId, NicStatus> status = new HashMap<>();
    for (Nic nic : inventory.nicsByPort.values()) {
      Observed.PortState port = observed.ports().get(nic.port());
      status.put(
          nic.id(), port == null ? NicStatus.ABSENT : new NicStatus(port.attached(), port.up()));
    }
    return status;
  }

  /** The network on a segment. */
  public Optional<Network> networkOn(int segment) {
    return Optional.ofNullable(inventory.bySegment.get(segment));
  }

  /** The NIC behind a port. */
  public Optional<Nic> nicAt(String port) {
    return Optional.ofNullable(inventory.nicsByPort.get(port));
  }

  /**
   * What sends through a port.
   *
   * @param nic the NIC behind it; none behind an uplink
   */
  record Sender(Network network, @Nullable Nic nic) {}

  Optional<Sender> senderAt(String port) {
    Nic nic = inventory.nicsByPort.get(port);
    Network network =
        nic == null ? inventory.byUplink.get(port) : inventory.networks.get(nic.networkId());
    return Optional.ofNullable(network).map(it -> new Sender(it, nic));
  }

  /** The VIP that has an address on a network. */
  Optional<Vip> vipAt(NetworkId networkId, Ipv4Address address) {
    return Optional.ofNullable(
        inventory.vips.get(new Inventory.Place(inventory.segmentOf(networkId), address)));
  }

  /** Whether a NIC of the network has the MAC address. */
  boolean hasMac(NetworkId networkId, MacAddress mac) {
    return inventory.nicsByPort.values().stream()
        .anyMatch(nic -> nic.networkId().equals(networkId) && nic.mac().equals(mac));
  }

  /** The NIC that has an address on a network. */
  Optional<Nic> ownerOf(NetworkId networkId, Ipv4Address address) {
    return Optional.ofNullable(
        inventory.nicsByAddress.get(new Inventory.Place(inventory.segmentOf(networkId), address)));
  }

  /** Whether a VM has the address, on whatever network. */
  public boolean isOwnAddress(VmId vmId, Ipv4Address address) {
    return inventory.addressesByVm.getOrDefault(vmId, Set.of()).contains(address);
  }

  /** What is to be granted to the members of a VIP. */
  public Optional<Grant> grant(VipId id) {
    Vip vip = inventory.vipsById.get(id);
    return vip == null
        ? Optional.empty()
        : Grant.of(
            vip,
            Objects.requireNonNull(inventory.networks.get(vip.networkId())),
            Optional.empty(),
            nicId -> Objects.requireNonNull(inventory.nicsById.get(nicId)),
            List.of());
  }

  /** Those who may use a VIP and whose port is up. */
  List<VmId> activeMembers(VipId id) {
    Vip vip = inventory.vipsById.get(id);
    return vip == null
        ? List.of()
        : vip.vmIds().stream().filter(vmId -> activeMember(id, vmId).isPresent()).toList();
  }

  Set<VipId> vipIds() {
    return inventory.vipsById.keySet();
  }

  /** Since when a VM has been the last to claim a VIP, where the fabric tells. */
  Optional<Instant> claimedAt(VipId id, VmId vmId) {
    return Optional.ofNullable(claimedAt.get(new Claimant(id, vmId)));
  }

  /** When a VM last answered that it has a VIP. */
  Optional<Instant> answeredAt(VipId id, VmId vmId) {
    return Optional.ofNullable(answeredAt.get(new Claimant(id, vmId)));
  }

  /** The last advertisements of VIPs, by whom. */
  Map<Claimant, Observed.Advert> adverts() {
    return Collections.unmodifiableMap(adverts);
  }

  /** Whether a VM advertises a VIP now, and how often. */
  public Advertising advertising(VipId id, VmId vmId, Instant now) {
    return new Advertising(
        observed.signs().adverts().isPresent() && !isDeaf(id, vmId),
        advert(id, vmId).filter(it -> it.isLive(now)).map(Observed.Advert::interval));
  }

  /** Whether it is known who has an address, because members are asked. */
  boolean tellsAnswers() {
    return observed.signs().answers().isPresent();
  }

  /** Whether nobody listens now to what a VM says of a VIP: its silence says nothing. */
  boolean isDeaf(VipId id, VmId vmId) {
    return Optional.ofNullable(inventory.vipsById.get(id))
        .flatMap(vip -> vip.binding(vmId))
        .filter(binding ->
            Stream.of(binding.nicId(), binding.vrrpNicId())
                .map(inventory.nicsById::get)
                .anyMatch(nic -> nic != null && observed.deaf().contains(nic.port())))
        .isPresent();
  }

  /** The last advertisement of a VIP by a VM, if one was heard. */
  Optional<Observed.Advert> advert(VipId id, VmId vmId) {
    return Optional.ofNullable(adverts.get(new Claimant(id, vmId)));
  }

  /** When a VM last gave a sign that it uses a VIP. */
  Optional<Instant> lastSign(VipId id, VmId vmId) {
    return Stream.of(
            claimedAt(id, vmId),
            answeredAt(id, vmId),
            advert(id, vmId).filter(it -> it.priority() > 0).map(Observed.Advert::at))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** The longest interval at which one of a VIP's VMs advertises it. */
  Optional<Duration> interval(VipId id) {
    Vip vip = inventory.vipsById.get(id);
    return vip == null
        ? Optional.empty()
        : vip.vmIds().stream()
            .flatMap(vmId -> advert(id, vmId).stream())
            .map(Observed.Advert::interval)
            .max(Comparator.naturalOrder());
  }

  /** When the port of a VM's NIC for a VIP went down, where the fabric tells. */
  Optional<Instant> downSince(VipId id, VmId vmId) {
    return Optional.ofNullable(inventory.vipsById.get(id))
        .flatMap(vip -> vip.binding(vmId))
        .map(binding -> inventory.nicsById.get(binding.nicId()))
        .map(nic -> observed.signs().downSince().get(nic.port()));
  }
}
