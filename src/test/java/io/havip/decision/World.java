package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.Event;
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
import io.havip.inventory.NetworkUse;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Reservation;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Binding;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import io.havip.webhook.Webhook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Everything there is, in memory: the model of a store. A world never changes; applying changes
 * makes another one. As the second line of defence it refuses what no decision may ask for, with an
 * {@link IllegalStateException}, like a database that knows keys, unique columns and references.
 */
public final class World implements Snapshot {
  private static final int SEGMENTS = 65535;

  private final Map<AccountId, Account> accounts = new LinkedHashMap<>();
  private final Map<TokenId, ApiKey> keys = new LinkedHashMap<>();
  private final Map<VpcId, Vpc> vpcs = new LinkedHashMap<>();
  private final Map<NetworkId, Network> networks = new LinkedHashMap<>();
  private final Map<VmId, Vm> vms = new LinkedHashMap<>();
  private final Map<NicId, Nic> nics = new LinkedHashMap<>();
  private final Map<VipId, Vip> vips = new LinkedHashMap<>();
  private final Map<Place, Reservation> reservations = new LinkedHashMap<>();
  private final Map<VipId, VirtualRouter> virtualRouters = new LinkedHashMap<>();
  private final Map<VipId, List<Holder>> holders = new LinkedHashMap<>();
  private final Map<NetworkId, MacAddress> learntGatewayMacs = new LinkedHashMap<>();
  private final Map<NetworkId, Set<Integer>> outsideVrids = new LinkedHashMap<>();
  private final Map<NicId, NicStatus> nicStatus = new LinkedHashMap<>();
  private final Map<WebhookId, Webhook> webhooks = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();

  /** Where an address can be had once. */
  private record Place(NetworkId networkId, Ipv4Address address) {}

  /** The world in which there is nothing yet. */
  public World() {}

  private World(World other) {
    accounts.putAll(other.accounts);
    keys.putAll(other.keys);
    vpcs.putAll(other.vpcs);
    networks.putAll(other.networks);
    vms.putAll(other.vms);
    nics.putAll(other.nics);
    vips.putAll(other.vips);
    reservations.putAll(other.reservations);
    virtualRouters.putAll(other.virtualRouters);
    holders.putAll(other.holders);
    learntGatewayMacs.putAll(other.learntGatewayMacs);
    outsideVrids.putAll(other.outsideVrids);
    nicStatus.putAll(other.nicStatus);
    webhooks.putAll(other.webhooks);
    events.addAll(other.events);
  }

  /**
   * The world after all the changes, in their order.
   *
   * @throws Refused with {@code ADDRESS_TAKEN} when a reservation is for a taken address
   * @throws IllegalStateException when a change is inconsistent with what there is
   */
  public World apply(List<Change> changes) {
    World next = new World(this);
    changes.forEach(next::write);
    return next;
  }

  private void write(Change change) {
    switch (change) {
      case Change.PruneEvents _,
          Change.KeepReply _,
          Change.OpenSession _,
          Change.EndSession _,
          Change.Lead _,
          Change.WantAnnouncement _,
          Change.DropAnnouncement _,
          Change.PutAddressStatus _,
          Change.PutDelivery _ -> {}
      case Change.PutWebhook(var webhook) -> {
        check(accounts.containsKey(webhook.accountId()), change, "the account is unknown");
        webhooks.put(webhook.id(), webhook);
      }
      case Change.DropWebhook(var id) -> webhooks.remove(id);
      case Change.PutAccount(var account) -> accounts.put(account.id(), account);
      case Change.PutApiKey(var key) -> {
        check(accounts.containsKey(key.accountId()), change, "the account is unknown");
        keys.put(key.id(), key);
      }
      case Change.DropApiKey(var id) -> keys.remove(id);
      case Change.PutVpc(var vpc) -> {
        check(accounts.containsKey(vpc.accountId()), change, "the account is unknown");
        vpcs.put(vpc.id(), vpc);
      }
      case Change.DropVpc(var id) -> {
        check(
            subnets().stream().noneMatch(subnet -> subnet.vpcId().equals(id)),
            change,
            "a subnet is in it");
        check(vms.values().stream().noneMatch(vm -> vm.vpcId().equals(id)), change, "a VM is");
        check(vips.values().stream().noneMatch(vip -> vip.vpcId().equals(id)), change, "a VIP is");
        check(vpcs.remove(id) != null, change, "it is not there");
      }
      case Change.PutNetwork(var network) -> putNetwork(change, network);
      case Change.DropNetwork(var id) -> {
        check(!isInUse(id), change, "a NIC or VIP is on it");
        check(
            reservations.values().stream().noneMatch(taken -> taken.networkId().equals(id)),
            change,
            "an address of it is reserved");
        learntGatewayMacs.remove(id);
        outsideVrids.remove(id);
        check(networks.remove(id) != null, change, "it is not there");
      }
      case Change.PutVm(var vm) -> {
        check(vpcs.containsKey(vm.vpcId()), change, "the VPC is unknown");
        check(accounts.containsKey(vm.accountId()), change, "the account is unknown");
        vms.put(vm.id(), vm);
      }
      case Change.DropVm(var id) -> {
        check(nicsOf(id).isEmpty(), change, "it has NICs");
        check(vipsOf(id).isEmpty(), change, "it is bound");
        check(vms.remove(id) != null, change, "it is not there");
      }
      case Change.AddNic(var nic) -> addNic(change, nic);
      case Change.UpdateNic(var nic) -> updateNic(change, nic);
      case Change.PutLearntGatewayMac(var id, var mac) -> {
        if (networks.containsKey(id)) {
          learntGatewayMacs.put(id, mac);
        }
      }
      case Change.PutOutsideVrids(var id, var vrids) -> {
        if (networks.containsKey(id)) {
          outsideVrids.put(id, vrids);
        }
      }
      case Change.DropNic(var id) -> {
        check(
            bindings().stream()
                .noneMatch(binding -> binding.nicId().equals(id) || binding.vrrpNicId().equals(id)),
            change,
            "a binding needs it");
        check(!holdsAddress(id), change, "its address is reserved");
        check(nics.remove(id) != null, change, "it is not there");
        nicStatus.remove(id);
      }
      case Change.PutVip(var vip) -> putVip(change, vip);
      case Change.DropVip(var id) -> {
        check(!holdsAddress(id), change, "its address is reserved");
        check(vips.remove(id) != null, change, "it is not there");
        virtualRouters.remove(id);
        nics.replaceAll((_, nic) -> without(nic, id));
        holders.remove(id);
      }
      case Change.PutVirtualRouter(var router) -> putVirtualRouter(change, router);
      case Change.PutDrill _ -> {} // no decision reads it here
      case Change.Reserve(var reservation, var _) -> reserve(change, reservation);
      case Change.Release(var reservation) ->
          check(
              reservations.remove(placeOf(reservation), reservation),
              change,
              "there is no such reservation");
      case Change.Append(var event) -> events.add(event);
      case Change.PutHolders(var id, var now) -> {
        if (vips.containsKey(id)) {
          holders.put(id, now);
        }
      }
      case Change.PutNicStatus(var id, var status) -> {
        if (nics.containsKey(id)) {
          nicStatus.put(id, status);
        }
      }
    }
  }

  private void putNetwork(Change change, Network network) {
    if (network instanceof Subnet subnet) {
      check(vpcs.containsKey(subnet.vpcId()), change, "the VPC is unknown");
    }
    check(
        networks.values().stream()
            .filter(other -> !other.id().equals(network.id()))
            .noneMatch(other -> other.segment() == network.segment()),
        change,
        "another network has the segment");
    check(
        networks.values().stream()
            .filter(other -> !other.id().equals(network.id()))
            .noneMatch(other -> other.uplink() != null && other.uplink().equals(network.uplink())),
        change,
        "another network has the uplink");
    check(
        networks.values().stream()
            .filter(other -> !other.id().equals(network.id()))
            .noneMatch(other ->
                other.logicalSwitch() != null
                    && other.logicalSwitch().equals(network.logicalSwitch())),
        change,
        "another network has the logical switch");
    networks.put(network.id(), network);
  }

  private void addNic(Change change, Nic nic) {
    check(!nics.containsKey(nic.id()), change, "it is there already");
    check(vms.containsKey(nic.vmId()), change, "the VM is unknown");
    check(networks.containsKey(nic.networkId()), change, "the network is unknown");
    check(
        nicsOf(nic.vmId()).stream().noneMatch(other -> other.networkId().equals(nic.networkId())),
        change,
        "the VM has a NIC on the network");
    check(nicWithMac(nic.networkId(), nic.mac()).isEmpty(), change, "the MAC address is taken");
    check(!isPortTaken(nic.port()), change, "the port is taken");
    checkSenders(change, nic);
    nics.put(nic.id(), nic);
  }

  private void checkSenders(Change change, Nic nic) {
    check(vips.keySet().containsAll(nic.sendsFromVip()), change, "a VIP is unknown");
  }

  private static Nic without(Nic nic, VipId id) {
    Set<VipId> rest =
        nic.sendsFromVip().stream().filter(it -> !it.equals(id)).collect(Collectors.toSet());
    return nic.with(nic.mac(), nic.port(), nic.allowedSources(), nic.gateway(), rest);
  }

  private void updateNic(Change change, Nic nic) {
    Nic before = nics.get(nic.id());
    check(before != null, change, "it is not there");
    check(
        nics.values().stream()
            .filter(other -> !other.id().equals(nic.id()))
            .noneMatch(other ->
                other.port().equals(nic.port())
                    || (other.networkId().equals(nic.networkId())
                        && other.mac().equals(nic.mac()))),
        change,
        "the MAC address or the port is taken");
    checkSenders(change, nic);
    nics.put(nic.id(), nic);
  }

  private void putVip(Change change, Vip vip) {
    check(vpcs.containsKey(vip.vpcId()), change, "the VPC is unknown");
    check(networks.containsKey(vip.networkId()), change, "the network is unknown");
    check(
        vip.vmIds().stream().distinct().count() == vip.bindings().size(),
        change,
        "a VM is bound twice");
    for (Binding binding : vip.bindings()) {
      for (NicId nicId : List.of(binding.nicId(), binding.vrrpNicId())) {
        Nic nic = nics.get(nicId);
        check(nic != null && nic.vmId().equals(binding.vmId()), change, nicId + " is not the VM's");
      }
    }
    vips.put(vip.id(), vip);
  }

  private void putVirtualRouter(Change change, VirtualRouter router) {
    check(vips.containsKey(router.vipId()), change, "the VIP is unknown");
    check(
        virtualRouters.values().stream()
            .filter(other -> !other.vipId().equals(router.vipId()))
            .filter(other -> other.networkId().equals(router.networkId()))
            .noneMatch(other -> other.vrid() == router.vrid()),
        change,
        "another VIP has the VRID");
    virtualRouters.put(router.vipId(), router);
  }

  private void reserve(Change change, Reservation reservation) {
    check(networks.containsKey(reservation.networkId()), change, "the network is unknown");
    boolean holderExists =
        switch (reservation.holder()) {
          case NicId id -> nics.containsKey(id);
          case VipId id -> vips.containsKey(id);
          case AccountId _, TokenId _, VpcId _, NetworkId _, VmId _, WebhookId _ -> false;
        };
    check(holderExists, change, "the holder is no NIC or VIP that exists");
    if (reservations.putIfAbsent(placeOf(reservation), reservation) != null) {
      throw Refused.of(ErrorCode.ADDRESS_TAKEN, reservation.address() + " is in use");
    }
  }

  private static Place placeOf(Reservation reservation) {
    return new Place(reservation.networkId(), reservation.address());
  }

  private boolean holdsAddress(Id id) {
    return reservations.values().stream().anyMatch(taken -> taken.holder().equals(id));
  }

  private static void check(boolean holds, Change change, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(change + " is impossible: " + otherwise);
    }
  }

  private List<Nic> nicsOf(VmId id) {
    return nics.values().stream().filter(nic -> nic.vmId().equals(id)).toList();
  }

  private List<Binding> bindings() {
    return vips.values().stream().flatMap(vip -> vip.bindings().stream()).toList();
  }

  private Vm withNics(Vm vm) {
    return new Vm(
        vm.id(),
        vm.accountId(),
        vm.vpcId(),
        vm.name(),
        vm.state(),
        nicsOf(vm.id()),
        vm.version(),
        vm.createdAt(),
        vm.updatedAt());
  }

  @Override
  public Optional<Vpc> vpc(VpcId id) {
    return Optional.ofNullable(vpcs.get(id));
  }

  @Override
  public Optional<Network> network(NetworkId id) {
    return Optional.ofNullable(networks.get(id));
  }

  @Override
  public Optional<Vm> vm(VmId id) {
    return Optional.ofNullable(vms.get(id)).map(this::withNics);
  }

  @Override
  public Optional<Vip> vip(VipId id) {
    return Optional.ofNullable(vips.get(id));
  }

  @Override
  public List<Vip> vipsOf(VmId id) {
    return vips.values().stream().filter(vip -> vip.binding(id).isPresent()).toList();
  }

  @Override
  public Optional<VirtualRouter> virtualRouter(VipId id) {
    return Optional.ofNullable(virtualRouters.get(id));
  }

  @Override
  public Optional<Account> account(AccountId id) {
    return Optional.ofNullable(accounts.get(id));
  }

  @Override
  public Optional<Account> account(String name) {
    return accounts.values().stream().filter(it -> it.name().equals(name)).findFirst();
  }

  @Override
  public Optional<Token> token(TokenId id) {
    return Optional.ofNullable(keys.get(id))
        .map(key -> new Token(key, account(key.accountId()).orElseThrow().name()));
  }

  @Override
  public boolean hasToken(AccountId id, String name) {
    return keys.values().stream()
        .anyMatch(key -> key.accountId().equals(id) && key.name().equals(name));
  }

  @Override
  public int adminTokenCount() {
    return (int) keys.values().stream().filter(it -> it.role() == Role.ADMIN).count();
  }

  @Override
  public Optional<Webhook> webhook(WebhookId id) {
    return Optional.ofNullable(webhooks.get(id));
  }

  @Override
  public int webhookCount(AccountId id) {
    return (int) webhooks.values().stream().filter(it -> it.accountId().equals(id)).count();
  }

  @Override
  public Set<Integer> vrids(NetworkId id, VipId except) {
    return virtualRouters.values().stream()
        .filter(router -> !router.vipId().equals(except))
        .filter(router ->
            router.networkId().equals(id)
                || Objects.requireNonNull(vips.get(router.vipId())).networkId().equals(id))
        .flatMap(router -> router.vrids().stream())
        .collect(Collectors.toSet());
  }

  @Override
  public List<Vip> vipsTalkingOn(NetworkId id) {
    return vips.values().stream()
        .filter(vip -> {
          VirtualRouter router = virtualRouters.get(vip.id());
          return router != null && (router.networkId().equals(id) || vip.networkId().equals(id));
        })
        .sorted(Comparator.comparing(vip -> vip.id().value()))
        .toList();
  }

  @Override
  public List<Cidr> subnetCidrs(VpcId id) {
    return subnets().stream()
        .filter(subnet -> subnet.vpcId().equals(id))
        .map(Subnet::cidr)
        .toList();
  }

  @Override
  public boolean isInUse(VpcId id) {
    return subnets().stream().anyMatch(subnet -> subnet.vpcId().equals(id))
        || vms.values().stream().anyMatch(vm -> vm.vpcId().equals(id))
        || vips.values().stream().anyMatch(vip -> vip.vpcId().equals(id));
  }

  @Override
  public boolean isInUse(NetworkId id) {
    return nics.values().stream().anyMatch(nic -> nic.networkId().equals(id))
        || vips.values().stream().anyMatch(vip -> isOn(vip, id));
  }

  @Override
  public List<NetworkUse> usesByOthers(NetworkId id, Set<AccountId> accounts, int limit) {
    Stream<NetworkUse> ofNics =
        nics.values().stream()
            .filter(nic -> nic.networkId().equals(id))
            .map(nic -> {
              Vm vm = Objects.requireNonNull(vms.get(nic.vmId()));
              return new NetworkUse(vm.accountId(), nic.id(), vm.name());
            });
    Stream<NetworkUse> ofVips =
        vips.values().stream()
            .filter(vip -> isOn(vip, id))
            .map(vip -> new NetworkUse(vip.accountId(), vip.id(), vip.name()));
    return Stream.concat(ofNics, ofVips)
        .filter(use -> !accounts.contains(use.accountId()))
        .sorted(Comparator.comparing(use -> use.id().value()))
        .limit(limit)
        .toList();
  }

  private static boolean isOn(Vip vip, NetworkId id) {
    return vip.networkId().equals(id)
        || (vip.floating() != null && vip.floating().networkId().equals(id));
  }

  @Override
  public Optional<Reservation> reservation(NetworkId id, Ipv4Address address) {
    return Optional.ofNullable(reservations.get(new Place(id, address)));
  }

  @Override
  public Optional<Ipv4Address> freeAddress(NetworkId id, List<AddressRange> ranges) {
    TreeSet<Long> taken = new TreeSet<>();
    for (Place place : reservations.keySet()) {
      if (place.networkId().equals(id)) {
        taken.add(place.address().toLong());
      }
    }
    long highest = taken.isEmpty() ? -1 : taken.getLast();
    return addressesOf(ranges)
        .filter(address -> address > highest)
        .boxed()
        .findFirst()
        .or(() ->
            addressesOf(ranges).filter(address -> !taken.contains(address)).boxed().findFirst())
        .map(Ipv4Address::ofLong);
  }

  private static LongStream addressesOf(List<AddressRange> ranges) {
    return ranges.stream()
        .flatMapToLong(
            range -> LongStream.rangeClosed(range.first().toLong(), range.last().toLong()));
  }

  @Override
  public boolean isPortTaken(String port) {
    return nics.values().stream().anyMatch(nic -> nic.port().equals(port))
        || networks.values().stream().anyMatch(network -> port.equals(network.uplink()));
  }

  @Override
  public boolean isLogicalSwitchTaken(String name) {
    return networks.values().stream().anyMatch(network -> name.equals(network.logicalSwitch()));
  }

  @Override
  public Optional<Nic> nicWithMac(NetworkId id, MacAddress mac) {
    return nics.values().stream()
        .filter(nic -> nic.networkId().equals(id) && nic.mac().equals(mac))
        .findFirst();
  }

  @Override
  public Optional<MacAddress> learntGatewayMac(NetworkId id) {
    return Optional.ofNullable(learntGatewayMacs.get(id));
  }

  @Override
  public Set<Integer> outsideVrids(NetworkId id) {
    return outsideVrids.getOrDefault(id, Set.of());
  }

  @Override
  public Optional<Integer> freeSegment() {
    List<Integer> taken = networks.values().stream().map(Network::segment).toList();
    int highest = taken.stream().max(Integer::compare).orElse(0);
    return IntStream.concat(IntStream.of(highest + 1), IntStream.rangeClosed(1, SEGMENTS))
        .filter(segment -> segment <= SEGMENTS && !taken.contains(segment))
        .boxed()
        .findFirst();
  }

  public List<Account> accounts() {
    return List.copyOf(accounts.values());
  }

  public List<Vpc> vpcs() {
    return List.copyOf(vpcs.values());
  }

  public List<Network> networks() {
    return List.copyOf(networks.values());
  }

  public List<Subnet> subnets() {
    return networks.values().stream()
        .filter(Subnet.class::isInstance)
        .map(Subnet.class::cast)
        .toList();
  }

  /** With their NICs. */
  public List<Vm> vms() {
    return vms.values().stream().map(this::withNics).toList();
  }

  public List<Nic> nics() {
    return List.copyOf(nics.values());
  }

  public List<Vip> vips() {
    return List.copyOf(vips.values());
  }

  public List<VirtualRouter> virtualRouters() {
    return List.copyOf(virtualRouters.values());
  }

  public List<Reservation> reservations() {
    return List.copyOf(reservations.values());
  }

  public List<Event> events() {
    return List.copyOf(events);
  }

  public List<Holder> holders(VipId id) {
    return holders.getOrDefault(id, List.of());
  }

  public NicStatus nicStatus(NicId id) {
    return nicStatus.getOrDefault(id, NicStatus.ABSENT);
  }
}
