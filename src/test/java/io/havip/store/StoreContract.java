package io.havip.store;

import static io.havip.vip.VipQuery.Sort.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Session;
import io.havip.account.Token;
import io.havip.decision.Change;
import io.havip.decision.Command;
import io.havip.decision.Context;
import io.havip.decision.Decision;
import io.havip.decision.InventoryDecisions;
import io.havip.decision.KeptReply;
import io.havip.decision.PolicyChange;
import io.havip.decision.Reply;
import io.havip.decision.RequestKey;
import io.havip.decision.VipDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.error.Refused;
import io.havip.event.Event;
import io.havip.event.EventKind;
import io.havip.event.EventPlace;
import io.havip.event.Happening;
import io.havip.event.RecordedEvent;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.NetworkUse;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Reservation;
import io.havip.inventory.Sharing;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.AuthPass;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Floating;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import io.havip.webhook.WebhookUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class StoreContract {
  private static final Instant NOW = Installation.NOW;
  private static final Instant LATER = NOW.plusNanos(1_000);
  private static final int CLIENTS = 64;

  protected Store store;
  private Installation made;

  /** Opens the database of this test; what was closed before is found again. */
  protected abstract Store open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
    made = new Installation(store);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  // Records

  @Test
  void webhooksAndHowFarTheyWereToldAreReadBack() {
    Webhook webhook =
        new Webhook(
            made.ids.webhook(),
            made.account,
            Role.MEMBER,
            "w",
            new WebhookUrl("https://a.example/x?y=%20"),
            made.ids.webhookSecret(),
            Set.of(EventKind.SPLIT_BEGAN, EventKind.HOLDER_CHANGED),
            true,
            1,
            NOW,
            NOW);
    write(new Change.PutWebhook(webhook));
    EventPlace place = EventPlace.endOf(store.<Long>read(Reader::revision));
    assertThat(store.<Optional<Webhook>>read(reader -> reader.webhook(webhook.id())))
        .contains(webhook);
    assertThat(told(webhook.id())).isEqualTo(Delivery.from(place));
    Delivery failing =
        Delivery.from(place)
            .delivered(new EventPlace(place.revision() + 1, 3), NOW)
            .failed("no", LATER);
    write(new Change.PutDelivery(webhook.id(), failing));
    assertThat(told(webhook.id())).isEqualTo(failing);
    Webhook changed =
        new Webhook(
            webhook.id(),
            webhook.accountId(),
            Role.ADMIN,
            "other",
            new WebhookUrl("http://b.example"),
            webhook.secret(),
            Set.of(),
            false,
            2,
            NOW,
            LATER);
    write(new Change.PutWebhook(changed));
    assertThat(store.<List<Webhook>>read(Reader::allWebhooks)).containsExactly(changed);
    assertThat(told(webhook.id())).isEqualTo(failing);
    write(new Change.DropWebhook(webhook.id()), new Change.PutDelivery(webhook.id(), failing));
    assertThat(store.<Integer>read(reader -> reader.webhookCount(made.account))).isZero();
  }

  private @Nullable Delivery told(WebhookId id) {
    return store.<Map<WebhookId, Delivery>>read(reader -> reader.deliveries(List.of(id))).get(id);
  }

  @Test
  void networksAreReadBack() {
    Subnet bare = subnet("10.1.0.0/24", 7, null, List.of());
    Subnet full =
        subnet(
            "10.2.0.0/24",
            8,
            Ipv4Address.parse("10.2.0.1"),
            List.of(AddressRange.parse("10.2.0.2-10.2.0.9"), AddressRange.parse("10.2.0.99")));
    ExternalNetwork external =
        new ExternalNetwork(
            made.ids.externalNetwork(),
            65_535,
            "internet",
            Cidr.parse("255.255.255.0/24"),
            Ipv4Address.parse("255.255.255.254"),
            List.of(),
            "eth1",
            "ls0",
            Enforcement.OBSERVE,
            NetworkPolicy.DEFAULT,
            Sharing.WITH_ALL,
            3,
            NOW,
            LATER);
    write(
        new Change.PutNetwork(bare), new Change.PutNetwork(full), new Change.PutNetwork(external));
    assertThat(store.<Optional<Network>>read(now -> now.network(bare.id()))).contains(bare);
    assertThat(store.<Optional<Network>>read(now -> now.network(full.id()))).contains(full);
    assertThat(store.<Optional<Network>>read(now -> now.network(external.id()))).contains(external);
    assertThat(store.<Boolean>read(now -> now.isPortTaken("eth1"))).as("as an uplink").isTrue();
    assertThat(store.<Boolean>read(now -> now.isLogicalSwitchTaken("ls0"))).isTrue();
    assertThat(store.<Boolean>read(now -> now.isLogicalSwitchTaken("eth1"))).isFalse();
    assertThat(store.<List<Network>>read(Reader::allNetworks))
        .containsExactly(external, made.subnet, bare, full);
    assertThat(store.<List<Cidr>>read(now -> now.subnetCidrs(made.vpc.id())))
        .containsExactly(made.subnet.cidr(), bare.cidr(), full.cidr());
  }

  @Test
  void externalNetworksAreListedForTheAccountsThatMayUseThem() {
    AccountId other = otherAccount();
    ExternalNetwork shared = external(9);
    ExternalNetwork both = granted(external(10), made.account, other);
    ExternalNetwork own = granted(external(11), made.account);
    ExternalNetwork unused = granted(external(12));
    List<ExternalNetwork> all = List.of(shared, both, own, unused);
    all.forEach(network -> write(new Change.PutNetwork(network)));

    assertThat(externalNetworks(null)).isEqualTo(all);
    assertThat(externalNetworks(made.account)).containsExactly(shared, both, own);
    assertThat(externalNetworks(other)).containsExactly(shared, both);

    ExternalNetwork withdrawn = granted(both, made.account);
    write(new Change.PutNetwork(withdrawn));
    assertThat(externalNetworks(other)).containsExactly(shared);
    write(new Change.DropNetwork(withdrawn.id()));
    assertThat(externalNetworks(made.account)).containsExactly(shared, own);
  }

  private List<ExternalNetwork> externalNetworks(@Nullable AccountId grantedTo) {
    Page<ExternalNetwork> page = store.read(now -> now.externalNetworks(grantedTo, null, 100));
    assertThat(page.total()).isEqualTo(page.items().size());
    return page.items();
  }

  private static ExternalNetwork granted(ExternalNetwork network, AccountId... accounts) {
    return network.with(
        network.name(),
        network.enforcement(),
        network.policy(),
        new Sharing(false, Set.of(accounts)),
        LATER);
  }

  private AccountId otherAccount() {
    AccountId other = made.ids.account();
    write(new Change.PutAccount(new Account(other, "other", NOW)));
    return other;
  }

  @Test
  void whatOtherAccountsHaveOnANetworkIsFound() {
    AccountId other = otherAccount();
    ExternalNetwork external = external(9);
    Vm vm = vm("a");
    Nic nic = nic(vm.id(), external.id(), null, 1, "tap1", List.of(), false);
    Vip floating =
        made.createVip("f")
            .updated("f", "", new Floating(external.id(), Ipv4Address.parse("192.0.2.9")), LATER);
    write(
        new Change.PutNetwork(external),
        new Change.PutVm(vm),
        new Change.AddNic(nic),
        new Change.PutVip(floating));
    NetworkUse byNic = new NetworkUse(made.account, nic.id(), "a");
    NetworkUse byVip = new NetworkUse(made.account, floating.id(), "f");

    assertThat(uses(external, Set.of(), 9)).containsExactly(byNic, byVip);
    assertThat(uses(external, Set.of(other), 1)).containsExactly(byNic);
    assertThat(uses(external, Set.of(made.account, other), 9)).isEmpty();
  }

  private List<NetworkUse> uses(ExternalNetwork network, Set<AccountId> accounts, int limit) {
    return store.read(now -> now.usesByOthers(network.id(), accounts, limit));
  }

  /** Opens a database that an older HAVIP has made, with some rows of that time. */
  protected abstract Store openMigrated(String version, String... rows) throws Exception;

  @Test
  void anExternalNetworkFromBeforeGrantsIsSharedWithAllAccounts() throws Exception {
    String id = made.ids.externalNetwork().value();
    try (Store old =
        openMigrated(
            "18",
            """
            INSERT INTO networks
              (id, segment, name, cidr, gateway, reserved, version, created_at, updated_at)
            VALUES ('%s', 1, 'old', '192.0.2.0/24', 3221225985, '[]', 1, 1, 1)
            """
                .formatted(id))) {
      Page<ExternalNetwork> page =
          old.read(now -> now.externalNetworks(made.ids.account(), null, 9));
      assertThat(page.items()).extracting(ExternalNetwork::sharing).containsOnly(Sharing.WITH_ALL);
      assertThat(page.items()).extracting(it -> it.id().value()).containsExactly(id);
    }
  }

  @Test
  void aVmIsReadBackWithItsNicsInTheOrderOfTheirAdding() {
    Vm vm = vm("a");
    Nic second = nic(vm.id(), made.subnet.id(), "10.0.0.9", 2, "tap2", List.of(), false);
    NetworkId other = otherSubnet();
    Nic first =
        nic(
            vm.id(),
            other,
            null,
            0xff_ffff_ffffL,
            "tap1",
            List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("192.0.2.0/24")),
            true);
    write(new Change.PutVm(vm), new Change.AddNic(first), new Change.AddNic(second));
    Vm expected = vm.plus(first).plus(second);
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).contains(expected);
    assertThat(store.<Map<VmId, Vm>>read(now -> now.vms(List.of(vm.id(), made.ids.vm()))))
        .isEqualTo(Map.of(vm.id(), expected));
    assertThat(store.<Optional<Nic>>read(now -> now.nic(first.id()))).contains(first);
    assertThat(store.<List<Nic>>read(Reader::allNics)).containsExactly(second, first);
    assertThat(store.<Boolean>read(now -> now.isPortTaken("tap1"))).isTrue();
    assertThat(store.<Boolean>read(now -> now.isPortTaken("tap3"))).isFalse();
    assertThat(store.<Boolean>read(now -> now.nicWithMac(other, first.mac()).isPresent())).isTrue();
    assertThat(
            store.<Boolean>read(now -> now.nicWithMac(made.subnet.id(), first.mac()).isPresent()))
        .isFalse();
  }

  @Test
  void aVipIsReadBackWithItsBindingsInTheirOrder() {
    List<Vm> vms = List.of(made.createVm("a"), made.createVm("b"), made.createVm("c"));
    Vip vip =
        vip(VipState.CREATING, null).createdWith(bindings(vms.get(2), vms.get(0), vms.get(1)));
    Vip failed =
        vip(
            VipState.FAILED,
            new Failure(Failure.Code.DUPLICATE_ADDRESS, "somebody at 02:… answers"));
    write(new Change.PutVip(vip), new Change.PutVip(failed));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).contains(vip);
    assertThat(store.<Optional<Vip>>read(now -> now.vip(failed.id()))).contains(failed);
    assertThat(store.<List<Vip>>read(Reader::allVips)).containsExactly(vip, failed);
    assertThat(store.<List<Vip>>read(now -> now.vipsOf(vms.get(0).id()))).containsExactly(vip);

    Vip rebound = vip.bound(bindings(vms.get(1), vms.get(2)), LATER);
    write(new Change.PutVip(rebound));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).contains(rebound);
    assertThat(store.<List<Vip>>read(now -> now.vipsOf(vms.get(0).id()))).isEmpty();
  }

  @Test
  void aVirtualRouterIsReadBackAndGoesWithItsVip() {
    Vm vm = made.createVm("a");
    Vip vip = made.createVip("v");
    Vip other = made.createVip("w");
    NetworkId elsewhere = made.ids.subnet();
    VirtualRouter router =
        new VirtualRouter(vip.id(), elsewhere, 7, new AuthPass("abcDEF12"), Map.of());
    assertThat(store.<Optional<VirtualRouter>>read(now -> now.virtualRouter(vip.id()))).isEmpty();
    write(new Change.PutVirtualRouter(router));
    VirtualRouter told = router.configuring(vm.id(), bindings(vm)).moved(elsewhere, 8);
    write(new Change.PutVirtualRouter(told));
    assertThat(store.<Optional<VirtualRouter>>read(now -> now.virtualRouter(vip.id())))
        .contains(told);
    assertThat(store.<Object>read(now -> now.virtualRouters(List.of(vip.id(), other.id()))))
        .isEqualTo(Map.of(vip.id(), told));
    for (NetworkId network : List.of(elsewhere, vip.networkId())) {
      assertThat(store.<Set<Integer>>read(now -> now.vrids(network, other.id())))
          .as("the VRID before counts until it is replaced everywhere")
          .containsExactlyInAnyOrder(7, 8);
      assertThat(store.<Set<Integer>>read(now -> now.vrids(network, vip.id()))).isEmpty();
    }
    write(
        new Change.Release(new Reservation(vip.networkId(), vip.address(), vip.id())),
        new Change.DropVip(vip.id()));
    assertThat(store.<Set<Integer>>read(now -> now.vrids(elsewhere, other.id()))).isEmpty();
  }

  @Test
  void fencesAreFoundByTheirEnd() {
    Vm vm = made.createVm("a");
    Binding binding = bindings(vm).getFirst();
    Vip free = vip(VipState.CREATING, null).createdWith(List.of(binding));
    Vip first = vip(VipState.CREATING, null).createdWith(List.of(binding.fenced(LATER)));
    Vip second =
        vip(VipState.CREATING, null).createdWith(List.of(binding.fenced(LATER.plusSeconds(60))));
    write(new Change.PutVip(free));
    assertThat(store.<Optional<Instant>>read(Reader::firstFenceEnd)).isEmpty();

    write(new Change.PutVip(second), new Change.PutVip(first));

    assertThat(store.<Optional<Vip>>read(now -> now.vip(first.id()))).contains(first);
    assertThat(store.<Optional<Instant>>read(Reader::firstFenceEnd)).contains(LATER);
    assertThat(store.<List<Vip>>read(now -> now.vipsFencedUntil(LATER.minusMillis(1)))).isEmpty();
    assertThat(store.<List<Vip>>read(now -> now.vipsFencedUntil(LATER))).containsExactly(first);
  }

  @Test
  void putReplacesAndKeepsWhatRefersToTheRecord() {
    Vm vm = made.createVm("a");
    Vip vip = made.createVip("v", vm.id());
    List<Holder> holders = List.of(new Holder(vm.id(), new MacAddress(5), LATER));
    write(new Change.PutHolders(vip.id(), holders));
    Account account = new Account(made.account, "renamed", LATER);
    Vpc vpc = made.vpc.renamed("renamed", LATER);
    Subnet subnet =
        ((Subnet) made.subnet).with("renamed", Enforcement.OBSERVE, NetworkPolicy.DEFAULT, LATER);
    Vm stopped = vm.with("renamed", VmState.STOPPED, LATER);
    Vip described = vip.updated("renamed", "why not", null, LATER);
    write(
        new Change.PutAccount(account),
        new Change.PutVpc(vpc),
        new Change.PutNetwork(subnet),
        new Change.PutVm(stopped),
        new Change.PutVip(described));
    assertThat(store.<Optional<Vpc>>read(now -> now.vpc(vpc.id()))).contains(vpc);
    assertThat(store.<Optional<Network>>read(now -> now.network(subnet.id()))).contains(subnet);
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).contains(stopped);
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).contains(described);
    assertThat(store.<Object>read(Reader::allHolders)).isEqualTo(Map.of(vip.id(), holders));
  }

  @Test
  void whatWasSeenIsReadBack() {
    Vm vm = made.createVm("a");
    Vip vip = made.createVip("v", vm.id());
    List<Holder> split =
        List.of(
            new Holder(made.ids.vm(), new MacAddress(6), LATER),
            new Holder(vm.id(), new MacAddress(5), NOW));
    Nic nic = vm.nics().getFirst();
    assertThat(store.<Object>read(Reader::allNicStatus)).isEqualTo(Map.of());
    write(
        new Change.PutHolders(vip.id(), split),
        new Change.PutNicStatus(nic.id(), new NicStatus(true, false)));
    assertThat(store.<Object>read(now -> now.holders(List.of(vip.id(), made.ids.vip()))))
        .isEqualTo(Map.of(vip.id(), split));
    assertThat(store.<Object>read(now -> now.nicStatus(List.of(nic.id(), made.ids.nic()))))
        .isEqualTo(Map.of(nic.id(), new NicStatus(true, false)));
    write(
        new Change.PutHolders(vip.id(), List.of()),
        new Change.PutNicStatus(nic.id(), new NicStatus(false, true)));
    assertThat(store.<Object>read(Reader::allHolders)).isEqualTo(Map.of());
    assertThat(store.<Object>read(Reader::allNicStatus))
        .isEqualTo(Map.of(nic.id(), new NicStatus(false, true)));
  }

  @Test
  void whatWasSeenOfSomethingGoneIsForgotten() {
    write(
        new Change.PutHolders(
            made.ids.vip(), List.of(new Holder(made.ids.vm(), new MacAddress(5), NOW))),
        new Change.PutNicStatus(made.ids.nic(), new NicStatus(true, true)));
    assertThat(store.<Object>read(Reader::allHolders)).isEqualTo(Map.of());
    assertThat(store.<Object>read(Reader::allNicStatus)).isEqualTo(Map.of());
  }

  @Test
  void nothingIsFoundForNoIds() {
    assertThat(store.<Object>read(now -> now.vms(List.of()))).isEqualTo(Map.of());
    assertThat(store.<Object>read(now -> now.holders(List.of()))).isEqualTo(Map.of());
    assertThat(store.<Object>read(now -> now.nicStatus(List.of()))).isEqualTo(Map.of());
  }

  @Test
  void aKeyIsFoundByItsHash() {
    String hash = "a".repeat(64);
    ApiKey key = new ApiKey(made.ids.token(), hash, made.account, Role.MEMBER, "ci", NOW);
    assertThat(store.<Boolean>read(Reader::hasApiKeys)).isFalse();
    write(new Change.PutApiKey(key));
    assertThat(store.<Boolean>read(Reader::hasApiKeys)).isTrue();
    assertThat(store.<Optional<ApiKey>>read(now -> now.apiKey(hash))).contains(key);
    assertThat(store.<Optional<ApiKey>>read(now -> now.apiKey("b".repeat(64)))).isEmpty();
  }

  @Test
  void tokensAreSeenWithTheirAccountsUntilTheyAreDropped() {
    ApiKey member =
        new ApiKey(made.ids.token(), "a".repeat(64), made.account, Role.MEMBER, "ci", NOW);
    ApiKey admin =
        new ApiKey(made.ids.token(), "b".repeat(64), made.account, Role.ADMIN, "root", NOW);
    Session session = new Session("c".repeat(64), member.tokenHash(), NOW.plusSeconds(60));
    write(
        new Change.PutApiKey(member),
        new Change.PutApiKey(admin),
        new Change.OpenSession(session, NOW));

    assertThat(store.<Page<Token>>read(now -> now.tokens(null, 1)))
        .isEqualTo(new Page<>(List.of(new Token(member, "default")), 2));
    assertThat(store.<Page<Token>>read(now -> now.tokens(member.id().value(), 9)).items())
        .containsExactly(new Token(admin, "default"));
    assertThat(store.<Optional<Token>>read(now -> now.token(admin.id())))
        .contains(new Token(admin, "default"));
    assertThat(store.<Integer>read(Reader::adminTokenCount)).isOne();
    assertThat(store.<Optional<Account>>read(now -> now.account("default")).map(Account::id))
        .contains(made.account);
    assertThat(store.<Optional<Account>>read(now -> now.account("other"))).isEmpty();

    write(new Change.DropApiKey(member.id()));
    assertThat(store.<Optional<Token>>read(now -> now.token(member.id()))).isEmpty();
    assertThat(store.<Optional<ApiKey>>read(now -> now.apiKey(member.tokenHash()))).isEmpty();
    assertThat(store.<Optional<Session>>read(now -> now.session(session.keyHash(), NOW))).isEmpty();
  }

  @Test
  void everythingCanBeDropped() {
    Vm vm = made.createVm("a");
    Vip vip = made.createVip("v", vm.id());
    write(new Change.PutHolders(vip.id(), List.of(new Holder(vm.id(), new MacAddress(5), NOW))));
    store.write(now -> VipDecisions.delete(now, vip.id(), made.context));
    store.write(now -> VipDecisions.realised(now.vip(vip.id()).orElseThrow(), 2, NOW));
    assertThat(store.<Boolean>read(now -> now.isInUse(made.subnet.id()))).isTrue();
    store.write(now -> InventoryDecisions.deleteVm(now, vm.id(), made.context));
    assertThat(store.<Boolean>read(now -> now.isInUse(made.subnet.id()))).isFalse();
    assertThat(store.<Boolean>read(now -> now.isInUse(made.vpc.id()))).isTrue();
    store.write(now -> InventoryDecisions.deleteNetwork(now, made.subnet.id(), made.context));
    assertThat(store.<Boolean>read(now -> now.isInUse(made.vpc.id()))).isFalse();
    store.write(now -> InventoryDecisions.deleteVpc(now, made.vpc.id(), made.context));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).isEmpty();
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).isEmpty();
    assertThat(store.<List<Nic>>read(Reader::allNics)).isEmpty();
    assertThat(store.<List<Network>>read(Reader::allNetworks)).isEmpty();
    assertThat(store.<Optional<Vpc>>read(now -> now.vpc(made.vpc.id()))).isEmpty();
    assertThat(store.<Object>read(Reader::allHolders)).isEqualTo(Map.of());
  }

  @Test
  void aFloatingAddressIsKeptAndItsNetworkIsInUse() {
    ExternalNetwork external = external(9);
    Vip vip = made.createVip("v");
    write(new Change.PutNetwork(external));
    assertThat(store.<Boolean>read(now -> now.isInUse(external.id()))).isFalse();

    Floating address = new Floating(external.id(), Ipv4Address.parse("192.0.2.9"));
    Vip floating = vip.updated("v", "", address, LATER);
    write(new Change.PutVip(floating));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).hasValue(floating);
    assertThat(store.<Boolean>read(now -> now.isInUse(external.id()))).isTrue();

    Vip none = floating.updated("v", "", null, LATER);
    write(new Change.PutVip(none));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).hasValue(none);
    assertThat(store.<Boolean>read(now -> now.isInUse(external.id()))).isFalse();
  }

  @Test
  void anExternalVipKeepsItsVpcInUse() {
    Vpc empty =
        store
            .write(_ ->
                InventoryDecisions.createVpc(
                    new Command.CreateVpc("empty", Cidr.parse("10.0.0.0/8")), made.context))
            .answer();
    assertThat(store.<Boolean>read(now -> now.isInUse(empty.id()))).isFalse();
    ExternalNetwork external = external(9);
    Vip vip = made.createVip("v");
    write(
        new Change.PutNetwork(external),
        new Change.PutVip(
            new Vip(
                made.ids.vip(),
                made.account,
                "x",
                "",
                VipType.EXTERNAL,
                empty.id(),
                external.id(),
                Ipv4Address.parse("192.0.2.9"),
                null,
                List.of(),
                VipState.CREATING,
                null,
                1,
                1,
                0,
                NOW,
                NOW,
                NOW)));
    assertThat(vip.vpcId()).isEqualTo(made.vpc.id());
    assertThat(store.<Boolean>read(now -> now.isInUse(empty.id()))).isTrue();
  }

  // Lists

  @Test
  void listsComeInPagesOfOneOwnersRecords() {
    AccountId other = made.ids.account();
    write(new Change.PutAccount(new Account(other, "other", NOW)));
    List<Vpc> own = new ArrayList<>(List.of(made.vpc));
    for (int i = 0; i < 4; i++) {
      own.add(vpc(made.account));
      write(new Change.PutVpc(own.getLast()), new Change.PutVpc(vpc(other)));
    }
    assertThat(
            pages(
                after -> store.read(now -> now.vpcs(made.account, after, 2)),
                v -> v.id().value(),
                5))
        .isEqualTo(own);
    assertThat(store.<Page<Vpc>>read(now -> now.vpcs(other, null, 100)).total()).isEqualTo(4);
  }

  @Test
  void everyKindOfListComesInPages() {
    List<Vm> vms = List.of(made.createVm("a"), made.createVm("b"), made.createVm("c"));
    List<Vip> vips =
        List.of(
            made.createVip("v", vms.get(2).id(), vms.get(0).id()),
            made.createVip("w"),
            made.createVip("x", vms.get(1).id()));
    List<Subnet> subnets =
        List.of(
            (Subnet) made.subnet,
            subnet("10.1.0.0/24", 7, null, List.of()),
            subnet("10.2.0.0/24", 8, null, List.of()));
    List<ExternalNetwork> externals = List.of(external(9), external(10), external(11));
    subnets.forEach(subnet -> write(new Change.PutNetwork(subnet)));
    externals.forEach(external -> write(new Change.PutNetwork(external)));
    assertThat(
            pages(
                after -> store.read(now -> now.vms(made.account, InventoryQuery.ALL, after, 2)),
                v -> v.id().value(),
                3))
        .isEqualTo(vms);
    assertThat(
            pages(
                after -> store.read(now -> now.vips(made.account, VipQuery.ALL, place(after), 2)),
                v -> v.id().value(),
                3))
        .isEqualTo(vips);
    assertThat(
            pages(
                after -> store.read(now -> now.subnets(made.account, InventoryQuery.ALL, after, 2)),
                v -> v.id().value(),
                3))
        .isEqualTo(subnets);
    assertThat(
            pages(
                after -> store.read(now -> now.externalNetworks(null, after, 2)),
                v -> v.id().value(),
                3))
        .isEqualTo(externals);
  }

  @Test
  void subnetsAndVmsAreFoundByNameAndVpc() {
    Vm vm = made.createVm("a");
    made.createVm("b");
    Subnet other = subnet("10.1.0.0/24", 7, null, List.of());
    write(new Change.PutNetwork(other));
    VpcId nowhere = made.ids.vpc();
    for (InventoryQuery query :
        List.of(new InventoryQuery("a", null), new InventoryQuery("a", vm.vpcId()))) {
      Page<Vm> found = store.read(now -> now.vms(made.account, query, null, 10));
      assertThat(found.items()).containsExactly(vm);
      assertThat(found.total()).isEqualTo(1);
    }
    assertThat(vms(new InventoryQuery(null, vm.vpcId()))).hasSize(2);
    assertThat(vms(new InventoryQuery("a", nowhere))).isEmpty();
    assertThat(vms(new InventoryQuery("A", null))).isEmpty();
    for (Subnet subnet : List.of((Subnet) made.subnet, other)) {
      InventoryQuery query = new InventoryQuery(subnet.name(), subnet.vpcId());
      assertThat(
              store.<List<Subnet>>read(now -> now.subnets(made.account, query, null, 10).items()))
          .contains(subnet)
          .allMatch(found -> found.name().equals(subnet.name()));
    }
    assertThat(
            store.<Long>read(now ->
                now.subnets(made.account, new InventoryQuery(null, nowhere), null, 10).total()))
        .isZero();
  }

  private List<Vm> vms(InventoryQuery query) {
    return store.read(now -> now.vms(made.account, query, null, 10).items());
  }

  private static VipQuery.@Nullable Place place(@Nullable String id) {
    return id == null ? null : VipQuery.ALL.place(id, "");
  }

  @Test
  void vipsAreSortedAndPagedByEveryKeyBothWays() {
    for (String name : List.of("b", "a", "B", "b", "\u00e4")) {
      made.createVip(name);
    }
    List<Vip> vips = store.<List<Vip>>read(Reader::allVips);
    Map<VipQuery.Sort, Comparator<Vip>> orders =
        Map.of(
            VipQuery.Sort.ID, Comparator.comparing(vip -> vip.id().value()),
            VipQuery.Sort.NAME, Comparator.comparing(Vip::name),
            VipQuery.Sort.CREATED_AT, Comparator.comparing(Vip::createdAt),
            VipQuery.Sort.ADDRESS, Comparator.comparingLong(vip -> vip.address().toLong()),
            VipQuery.Sort.STATE, Comparator.comparing(vip -> vip.state().name()));
    assertThat(orders).containsOnlyKeys(VipQuery.Sort.values());
    orders.forEach((sort, order) -> {
      Comparator<Vip> total = order.thenComparing(vip -> vip.id().value());
      assertThat(allPages(sorted(sort, false))).isEqualTo(vips.stream().sorted(total).toList());
      assertThat(allPages(sorted(sort, true)))
          .isEqualTo(vips.stream().sorted(total.reversed()).toList());
    });
  }

  @Test
  void vipsAreFilteredAndCountedByTheFilter() {
    Vm vm = made.createVm("vm");
    Vip bound = made.createVip("50%_off!", vm.id());
    Vip other = made.createVip("\u00dcber 500 off");
    VipId unknown = made.ids.vip();
    assertThat(found(new VipQuery(VipType.EXTERNAL, null, null, null, null, null, null, ID, false)))
        .isEmpty();
    assertThat(found(new VipQuery(VipType.INTERNAL, null, null, null, null, null, null, ID, false)))
        .containsExactly(bound, other);
    assertThat(found(new VipQuery(null, VipState.FAILED, null, null, null, null, null, ID, false)))
        .isEmpty();
    assertThat(
            found(
                new VipQuery(
                    null,
                    VipState.CREATING,
                    made.vpc.id(),
                    made.subnet.id(),
                    vm.id(),
                    bound.address(),
                    "50%_off!",
                    ID,
                    false)))
        .containsExactly(bound);
    assertThat(found(new VipQuery(null, null, made.ids.vpc(), null, null, null, null, ID, false)))
        .isEmpty();
    assertThat(
            found(new VipQuery(null, null, null, made.ids.subnet(), null, null, null, ID, false)))
        .isEmpty();
    assertThat(found(new VipQuery(null, null, null, null, vm.id(), null, null, ID, false)))
        .containsExactly(bound);
    assertThat(found(searching("%"))).containsExactly(bound);
    assertThat(found(searching("_"))).containsExactly(bound);
    assertThat(found(searching("!"))).containsExactly(bound);
    assertThat(found(searching("OFF"))).containsExactly(bound, other);
    assertThat(found(searching("\u00fcBER"))).containsExactly(other);
    assertThat(found(searching(other.address().toString()))).containsExactly(other);
    assertThat(found(searching(bound.id().value()))).containsExactly(bound);
    assertThat(found(searching(unknown.value()))).isEmpty();
  }

  private static VipQuery sorted(VipQuery.Sort sort, boolean descending) {
    return new VipQuery(null, null, null, null, null, null, null, sort, descending);
  }

  private static VipQuery searching(String text) {
    return new VipQuery(null, null, null, null, null, null, text, ID, false);
  }

  private List<Vip> allPages(VipQuery query) {
    List<Vip> all = new ArrayList<>();
    VipQuery.Place[] place = new VipQuery.Place[1];
    Page<Vip> page = store.read(now -> now.vips(made.account, query, null, 2));
    while (!page.items().isEmpty()) {
      all.addAll(page.items());
      place[0] = query.behind(page.items().getLast());
      page = store.read(now -> now.vips(made.account, query, place[0], 2));
    }
    return all;
  }

  private List<Vip> found(VipQuery query) {
    Page<Vip> page = store.read(now -> now.vips(made.account, query, null, 100));
    assertThat(page.total()).isEqualTo(page.items().size());
    return page.items();
  }

  @Test
  void aReplyIsKeptUntilItExpires() {
    RequestKey key = new RequestKey("key", "hash");
    KeptReply first = new KeptReply(key, new Reply(201, "/v1/x", "\"v1\"", "{}"));
    KeptReply second = new KeptReply(key, new Reply(200, null, null, "[]"));
    assertThat(store.<Optional<KeptReply>>read(now -> now.reply(made.account, "key", NOW)))
        .isEmpty();
    write(new Change.KeepReply(made.account, first, LATER));
    assertThat(store.<Optional<KeptReply>>read(now -> now.reply(made.account, "key", NOW)))
        .contains(first);
    assertThat(store.<Optional<KeptReply>>read(now -> now.reply(made.account, "key", LATER)))
        .isEmpty();
    Instant expired = LATER.plus(KeptReply.KEPT_FOR);
    write(new Change.KeepReply(made.account, second, expired));
    assertThat(store.<Optional<KeptReply>>read(now -> now.reply(made.account, "key", NOW)))
        .contains(second);
  }

  // Revisions and refusals

  @Test
  void everyChangeHasARevisionAndNothingElseHas() {
    long before = store.<Long>read(Reader::revision);
    made.createVip("v");
    assertThat(store.<Long>read(Reader::revision)).isEqualTo(before + 1);
    store.write(_ -> new Decision<>(List.of(), Set.of(), "nothing to do"));
    assertThatThrownBy(() -> store.write(_ -> refuse())).isInstanceOf(Refused.class);
    assertThat(store.<Long>read(Reader::revision)).isEqualTo(before + 1);
  }

  @Test
  void aRefusedDecisionLeavesNothingBehind() {
    Vip vip = made.createVip("v");
    Vpc vpc = vpc(made.account);
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            write(
                new Change.PutVpc(vpc),
                new Change.Reserve(
                    new Reservation(made.subnet.id(), vip.address(), made.ids.vip()))))
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo(ErrorCode.ADDRESS_TAKEN);
          assertThat(e.errors()).extracting(FieldError::field).containsExactly("address");
        });
    assertThat(store.<Optional<Vpc>>read(now -> now.vpc(vpc.id()))).isEmpty();
    assertThat(
            store.<Optional<Reservation>>read(
                now -> now.reservation(made.subnet.id(), vip.address())))
        .contains(new Reservation(made.subnet.id(), vip.address(), vip.id()));
  }

  @Test
  void anAddressIsReleasedByItsHolderOnly() {
    Vip vip = made.createVip("v");
    NetworkId network = made.subnet.id();
    write(new Change.Release(new Reservation(network, vip.address(), made.ids.vip())));
    assertThat(store.<Optional<?>>read(now -> now.reservation(network, vip.address()))).isPresent();
    write(new Change.Release(new Reservation(network, vip.address(), vip.id())));
    assertThat(store.<Optional<?>>read(now -> now.reservation(network, vip.address()))).isEmpty();
  }

  @Test
  void whatIsKnownOfAnAddressOnTheWireIsKeptWithItsReservation() {
    NetworkId network = otherSubnet();
    Ipv4Address address = Ipv4Address.parse("10.0.9.77");
    NicId id = made.createVm("a").nics().getFirst().id();
    Reservation reservation = new Reservation(network, address, id);
    write(new Change.Reserve(reservation, false));
    assertThat(unasked()).containsExactly(id);
    assertThat(status(reservation)).contains(new AddressStatus(false, null));

    AddressConflict conflict =
        new AddressConflict(NOW, MacAddress.parse("02:00:00:00:00:99"), "uplink0");
    write(new Change.PutAddressStatus(reservation, new AddressStatus(false, conflict)));
    assertThat(status(reservation)).contains(new AddressStatus(false, conflict));
    assertThat(store.<Map<Reservation, AddressConflict>>read(now -> now.conflicts(List.of(id))))
        .isEqualTo(Map.of(reservation, conflict));
    assertThat(store.<Map<Reservation, AddressConflict>>read(Reader::allConflicts))
        .isEqualTo(Map.of(reservation, conflict));
    assertThat(
            store.<Map<Reservation, AddressConflict>>read(
                now -> now.conflicts(List.of(made.ids.vip()))))
        .isEmpty();

    write(new Change.PutAddressStatus(reservation, AddressStatus.FREE));
    assertThat(unasked()).isEmpty();
    assertThat(status(reservation)).contains(AddressStatus.FREE);
    assertThat(store.<Map<Reservation, AddressConflict>>read(Reader::allConflicts)).isEmpty();

    write(new Change.Release(reservation));
    write(new Change.PutAddressStatus(reservation, new AddressStatus(false, conflict)));
    assertThat(status(reservation)).isEmpty();
  }

  private Set<NicId> unasked() {
    return store.read(Reader::unaskedNics);
  }

  private Optional<AddressStatus> status(Reservation reservation) {
    return store.read(now -> now.addressStatus(reservation));
  }

  @Test
  void theSameAddressCanBeHadOnTwoNetworks() {
    Vip vip = made.createVip("v");
    NetworkId other = otherSubnet();
    Nic nic = made.createVm("a").nics().getFirst();
    write(new Change.Reserve(new Reservation(other, vip.address(), nic.id())));
    assertThat(store.<Optional<Reservation>>read(now -> now.reservation(other, vip.address())))
        .contains(new Reservation(other, vip.address(), nic.id()));
  }

  @Test
  void twoNicsNeverShareAPort() {
    Nic nic = made.createVm("a").nics().getFirst();
    Vm vm = vm("b");
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            write(
                new Change.PutVm(vm),
                new Change.AddNic(
                    nic(vm.id(), made.subnet.id(), null, 99, nic.port(), List.of(), false))))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).isEmpty();
  }

  @Test
  void aNicIsChangedAndGoesOnSendingFromVipsWhileTheyAreThere() {
    Vm vm = made.createVm("a");
    Nic nic = vm.nics().getFirst();
    Nic other = made.createVm("b").nics().getFirst();
    Vip vip = made.createVip("v");
    Nic changed =
        nic.with(
            MacAddress.parse("02:00:00:00:00:77"),
            "tap77",
            List.of(Cidr.parse("192.0.2.0/24")),
            true,
            Set.of(vip.id()));

    write(new Change.UpdateNic(changed));
    assertThat(store.<Optional<Nic>>read(now -> now.nic(nic.id()))).contains(changed);
    assertThat(store.<Map<VipId, List<Nic>>>read(now -> now.sendersFrom(List.of(vip.id()))))
        .isEqualTo(Map.of(vip.id(), List.of(changed)));
    for (Nic taken :
        List.of(
            nic.with(other.mac(), "tap78", List.of(), false, Set.of()),
            nic.with(nic.mac(), other.port(), List.of(), false, Set.of()))) {
      assertThatExceptionOfType(Refused.class)
          .isThrownBy(() -> write(new Change.UpdateNic(taken)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
    }
    write(
        new Change.Release(new Reservation(made.subnet.id(), vip.address(), vip.id())),
        new Change.DropVip(vip.id()));
    assertThat(store.<Optional<Nic>>read(now -> now.nic(nic.id())).orElseThrow().sendsFromVip())
        .isEmpty();
  }

  @Test
  void theGatewaysLearntMacAddressGoesWithItsNetwork() {
    NetworkId other = otherSubnet();
    MacAddress first = MacAddress.parse("02:00:00:00:00:01");
    MacAddress second = MacAddress.parse("02:00:00:00:00:02");
    write(new Change.PutLearntGatewayMac(other, first));
    assertThat(store.<Optional<MacAddress>>read(now -> now.learntGatewayMac(other)))
        .contains(first);
    write(new Change.PutLearntGatewayMac(other, second));
    assertThat(store.<Optional<MacAddress>>read(now -> now.learntGatewayMac(other)))
        .contains(second);
    write(new Change.DropNetwork(other), new Change.PutLearntGatewayMac(other, first));
    assertThat(store.<Optional<MacAddress>>read(now -> now.learntGatewayMac(other))).isEmpty();
  }

  @Test
  void whatIsReferredToCannotBeDropped() {
    Vm vm = made.createVm("a");
    made.createVip("v", vm.id());
    for (Change drop :
        List.of(
            new Change.DropVpc(made.vpc.id()),
            new Change.DropNetwork(made.subnet.id()),
            new Change.DropVm(vm.id()),
            new Change.DropNic(vm.nics().getFirst().id()))) {
      assertThatThrownBy(() -> write(drop)).as("%s", drop).isInstanceOf(RuntimeException.class);
    }
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).contains(vm);
  }

  @Test
  void anExceptionReachesItsCallerAndTheStoreWorksOn() {
    ArithmeticException bug = new ArithmeticException("a bug");
    assertThatThrownBy(() ->
            store.write(_ -> {
              throw bug;
            }))
        .isSameAs(bug);
    assertThat(made.createVip("v").name()).isEqualTo("v");
  }

  @Test
  void aDecisionThatWritesFailsInsteadOfWaitingForItself() {
    assertThatThrownBy(() -> store.write(_ -> store.write(_ -> refuse())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ofChangesCommittedTogetherARefusalUndoesItsOwnOnly() throws Exception {
    long before = store.<Long>read(Reader::revision);
    CountDownLatch allWait = new CountDownLatch(1);
    List<Vpc> vpcs = IntStream.range(0, 20).mapToObj(_ -> vpc(made.account)).toList();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> blocking =
          clients.submit(() ->
              store.write(_ -> {
                awaitUninterruptibly(allWait);
                return new Decision<>(List.of(), Set.of(), "");
              }));
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < vpcs.size(); i++) {
        boolean fails = i % 2 == 1;
        Change put = new Change.PutVpc(vpcs.get(i));
        Change impossible = new Change.DropVpc(made.vpc.id());
        waiting.add(
            clients.submit(() ->
                store.write(_ ->
                    new Decision<>(
                        fails ? List.of(put, impossible) : List.of(put), Set.of(), ""))));
      }
      allWait.countDown();
      blocking.get();
      for (int i = 0; i < vpcs.size(); i++) {
        int number = i;
        if (i % 2 == 1) {
          assertThatThrownBy(() -> waiting.get(number).get())
              .isInstanceOf(ExecutionException.class);
        } else {
          waiting.get(i).get();
        }
      }
    }
    for (int i = 0; i < vpcs.size(); i++) {
      Vpc vpc = vpcs.get(i);
      assertThat(store.<Optional<Vpc>>read(now -> now.vpc(vpc.id())).isPresent())
          .isEqualTo(i % 2 == 0);
    }
    assertThat(store.<Long>read(Reader::revision)).isEqualTo(before + 10);
  }

  // Free numbers

  @Test
  void aFreeAddressIsBehindTheHighestOrElseInTheLowestGap() {
    List<AddressRange> ranges =
        List.of(AddressRange.parse("10.0.0.2-10.0.0.4"), AddressRange.parse("10.0.0.10-10.0.0.12"));
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.2"));
    reserve("10.0.0.3");
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.4"));
    reserve("10.0.0.4");
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.10"));
    reserve("10.0.0.12");
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.2"));
    reserve("10.0.0.2");
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.10"));
    reserve("10.0.0.10");
    assertThat(free(ranges)).contains(Ipv4Address.parse("10.0.0.11"));
    reserve("10.0.0.11");
    assertThat(free(ranges)).isEmpty();
    assertThat(free(List.of())).isEmpty();
  }

  @Test
  void aFreeSegmentIsBehindTheHighestOrElseInTheLowestGap() {
    assertThat(made.subnet.segment()).isEqualTo(1);
    assertThat(store.<Optional<Integer>>read(Reader::freeSegment)).contains(2);
    write(new Change.PutNetwork(external(3)));
    assertThat(store.<Optional<Integer>>read(Reader::freeSegment)).contains(4);
    write(new Change.PutNetwork(external(65_535)));
    assertThat(store.<Optional<Integer>>read(Reader::freeSegment)).contains(2);
    write(new Change.PutNetwork(external(2)));
    assertThat(store.<Optional<Integer>>read(Reader::freeSegment)).contains(4);
  }

  // Events

  @Test
  void eventsAreNumberedInTheOrderOfTheirCommits() throws Exception {
    Vip vip = made.createVip("v");
    race(i -> {
      store.write(now ->
          new Decision<>(
              List.of(
                  event(vip, new Happening.VipDescribed("first", "" + i)),
                  event(vip, new Happening.VipDescribed("second", "" + i))),
              Set.of(),
              now.revision()));
      return Optional.empty();
    });
    List<RecordedEvent> events = events(vip, 0, -1, 1000);
    assertThat(events).hasSize(1 + 2 * CLIENTS);
    assertThat(events)
        .isSortedAccordingTo(
            Comparator.comparingLong(RecordedEvent::revision)
                .thenComparingInt(RecordedEvent::index));
    for (int i = 0; i < CLIENTS; i++) {
      RecordedEvent first = events.get(1 + 2 * i);
      RecordedEvent second = events.get(2 + 2 * i);
      assertThat(second.revision()).isEqualTo(first.revision());
      assertThat(first.index()).isZero();
      assertThat(second.index()).isEqualTo(1);
      assertThat(first.event().what()).isInstanceOf(Happening.VipDescribed.class);
      assertThat(first.revision()).isEqualTo(events.getFirst().revision() + 1 + i);
    }
  }

  @Test
  void eventsGoOnBehindAPlace() {
    Vip vip = made.createVip("v");
    Vip other = made.createVip("w");
    write(
        event(vip, new Happening.VipDescribed("a", "")),
        event(other, new Happening.VipDescribed("b", "")),
        event(vip, new Happening.VipDescribed("c", "")));
    List<RecordedEvent> all = store.read(now -> now.events(made.account, null, 0, -1, 100));
    assertThat(all).hasSize(5);
    for (int i = 0; i < all.size(); i++) {
      RecordedEvent place = all.get(i);
      assertThat(
              store.<List<RecordedEvent>>read(
                  now -> now.events(made.account, null, place.revision(), place.index(), 100)))
          .isEqualTo(all.subList(i + 1, all.size()));
    }
    assertThat(store.<List<RecordedEvent>>read(now -> now.events(made.account, null, 0, -1, 2)))
        .isEqualTo(all.subList(0, 2));
    List<RecordedEvent> ofVip = events(vip, 0, -1, 100);
    assertThat(ofVip).containsExactly(all.get(0), all.get(2), all.get(4));
    assertThat(events(vip, ofVip.get(1).revision(), ofVip.get(1).index(), 100))
        .containsExactly(all.get(4));
    assertThat(store.<List<?>>read(now -> now.events(made.ids.account(), null, 0, -1, 100)))
        .isEmpty();
  }

  @Test
  void whatConcernsTheInstallationIsAmongTheEventsOfAnAccountInTheirOrder() {
    Vip vip = made.createVip("v");
    Change repaired =
        new Change.Append(
            new Event(null, null, NOW, Event.SYSTEM, new Happening.FabricRepaired("table")));
    write(repaired, event(vip, new Happening.VipDescribed("a", "")), repaired);
    write(repaired);
    write(event(vip, new Happening.VipDescribed("b", "")));
    List<RecordedEvent> all =
        store.read(now -> now.eventsWithInstallation(made.account, 0, -1, 100));
    assertThat(all)
        .extracting(it -> it.event().what().getClass().getSimpleName())
        .containsExactly(
            "VipCreated",
            "FabricRepaired",
            "VipDescribed",
            "FabricRepaired",
            "FabricRepaired",
            "VipDescribed");
    for (int i = 0; i < all.size(); i++) {
      RecordedEvent place = all.get(i);
      assertThat(
              store.<List<RecordedEvent>>read(now ->
                  now.eventsWithInstallation(made.account, place.revision(), place.index(), 2)))
          .isEqualTo(all.subList(i + 1, Math.min(i + 3, all.size())));
    }
    assertThat(store.<List<RecordedEvent>>read(now -> now.events(made.account, null, 0, -1, 100)))
        .hasSize(3);
    assertThat(
            store.<List<RecordedEvent>>read(
                now -> now.eventsWithInstallation(made.ids.account(), 0, -1, 100)))
        .hasSize(3)
        .allMatch(it -> it.event().accountId() == null);
  }

  @Test
  void theHistoryOfAVipOutlivesIt() {
    Vip vip = made.createVip("v");
    store.write(now -> VipDecisions.delete(now, vip.id(), made.context));
    store.write(now -> VipDecisions.realised(now.vip(vip.id()).orElseThrow(), 2, NOW));
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).isEmpty();
    assertThat(events(vip, 0, -1, 100))
        .extracting(RecordedEvent::event)
        .containsExactly(
            at(vip, new Happening.VipCreated("v", vip.address(), List.of())),
            at(vip, new Happening.VipDeleting()),
            new Event(vip.accountId(), vip.id(), NOW, Event.SYSTEM, new Happening.VipDeleted()));
  }

  // One moment

  @Test
  void aReadSeesOneMomentHoweverLongItTakes() {
    Vip vip = made.createVip("v");
    store.read(now -> {
      long before = now.revision();
      store.write(later ->
          VipDecisions.update(later, vip.id(), new Command.UpdateVip("w", null), made.context));
      assertThat(now.revision()).isEqualTo(before);
      assertThat(now.vip(vip.id())).contains(vip);
      assertThat(now.events(made.account, vip.id(), 0, -1, 100)).hasSize(1);
      return before;
    });
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id())).map(Vip::name)).contains("w");
  }

  @Test
  void aWriteIsSeenByEveryReadBehindIt() throws Exception {
    race(i -> {
      Vip vip = made.createVip("v" + i);
      assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).contains(vip);
      return Optional.empty();
    });
  }

  @Test
  void aDecisionSeesWhatWasDecidedJustBefore() throws Exception {
    everybodyGetsAnAddress(store);
  }

  // Closing

  @Test
  void everythingIsThereAfterReopening() throws Exception {
    Vm vm = made.createVm("a");
    Vip vip = made.createVip("v", vm.id());
    List<RecordedEvent> events = events(vip, 0, -1, 100);
    long revision = store.<Long>read(Reader::revision);
    store.close();
    store = open();
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id()))).contains(vip);
    assertThat(store.<Optional<Vm>>read(now -> now.vm(vm.id()))).contains(vm);
    assertThat(events(vip, 0, -1, 100)).isEqualTo(events).isNotEmpty();
    assertThat(store.<Long>read(Reader::revision)).isEqualTo(revision);
  }

  @Test
  void closingFinishesWhatIsQueuedAndRefusesWhatComes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    Vpc vpc = vpc(made.account);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> written =
          clients.submit(() ->
              store.write(_ -> {
                begun.countDown();
                awaitUninterruptibly(closing);
                return new Decision<>(List.of(new Change.PutVpc(vpc)), Set.of(), "");
              }));
      begun.await();
      Future<?> closed = clients.submit(() -> store.close());
      closing.countDown();
      closed.get();
      written.get();
    }
    assertThatThrownBy(() -> write(new Change.PutVpc(vpc(made.account))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the store is closed");
    store = open();
    assertThat(store.<Optional<Vpc>>read(now -> now.vpc(vpc.id()))).contains(vpc);
  }

  // Races

  @Test
  void ofManyWhoWantOneAddressOneGetsIt() throws Exception {
    oneGetsTheAddress(store);
  }

  @Test
  void ofManyWhoWantTheLastBindingOfAVipOneGetsIt() throws Exception {
    oneGetsTheLastBindingOfAVip(store);
  }

  @Test
  void ofManyWhoWantTheLastVipOfAVmOneGetsIt() throws Exception {
    oneGetsTheLastVipOfAVm(store);
  }

  @Test
  void whenAGrantIsWithdrawnWhileNicsAreCreatedNoNicIsLeftWithoutAGrant() throws Exception {
    noNicIsLeftWithoutAGrant(store);
  }

  /** On each network half of the clients create NICs, and the others withdraw the grant. */
  protected final void noNicIsLeftWithoutAGrant(Store... servers) throws Exception {
    AccountId other = otherAccount();
    Context member =
        new Context(new Caller(other, Role.MEMBER, "m"), NOW, made.ids, made.context.limits());
    Vpc vpc = vpc(other);
    List<ExternalNetwork> networks =
        IntStream.range(0, CLIENTS / 4)
            .mapToObj(i -> granted(external(9 + i), made.account, other))
            .toList();
    write(new Change.PutVpc(vpc));
    networks.forEach(network -> write(new Change.PutNetwork(network)));
    var withdraw =
        new Command.UpdateNetwork(
            null, null, PolicyChange.NOTHING, new Command.Grants(false, List.of("default")));
    List<ErrorCode> refusals =
        race(i -> {
          Store server = servers[i / 2 % servers.length];
          NetworkId id = networks.get(i % networks.size()).id();
          if (i / networks.size() % 2 == 0) {
            var nic = new Command.NewNic(id, null, null, null, List.of());
            var vm = new Command.CreateVm("vm", vpc.id(), VmState.RUNNING, List.of(nic));
            return attempt(() -> server.write(now -> InventoryDecisions.createVm(now, vm, member)));
          }
          return attempt(() ->
              server.write(
                  now -> InventoryDecisions.updateNetwork(now, id, withdraw, made.context)));
        });
    assertThat(refusals).containsAnyOf(ErrorCode.IN_USE, ErrorCode.REFERENCE_NOT_FOUND);
    Set<NetworkId> used =
        store.<List<Nic>>read(Reader::allNics).stream()
            .map(Nic::networkId)
            .collect(Collectors.toSet());
    for (ExternalNetwork network : externalNetworks(null)) {
      assertThat(network.sharing().includes(other))
          .as("granted, as it is used")
          .isEqualTo(used.contains(network.id()));
    }
  }

  /** The clients ask the servers, which have one database, in turn; so below. */
  protected final void oneGetsTheAddress(Store... servers) throws Exception {
    List<ErrorCode> refusals =
        race(i ->
            attempt(() ->
                servers[i % servers.length].write(
                    now -> made.create(now, "v" + i, "10.0.9.9", List.of()))));
    assertThat(refusals).hasSize(CLIENTS - 1).containsOnly(ErrorCode.ADDRESS_TAKEN);
    assertThat(store.<List<Vip>>read(Reader::allVips)).hasSize(1);
  }

  protected final void oneGetsTheLastBindingOfAVip(Store... servers) throws Exception {
    List<Vm> vms = IntStream.range(0, CLIENTS).mapToObj(i -> made.createVm("vm" + i)).toList();
    Vip vip = made.createVip("v", made.createVm("a").id(), made.createVm("b").id());
    List<ErrorCode> refusals =
        race(i ->
            attempt(() ->
                servers[i % servers.length].write(now ->
                    VipDecisions.bind(
                        now, vip.id(), new Command.Bind(vms.get(i).id(), null), made.context))));
    assertThat(refusals).hasSize(CLIENTS - 1).containsOnly(ErrorCode.VIP_BINDING_LIMIT);
    assertThat(store.<Optional<Vip>>read(now -> now.vip(vip.id())).orElseThrow().bindings())
        .hasSize(3);
  }

  protected final void oneGetsTheLastVipOfAVm(Store... servers) throws Exception {
    VmId vm = made.createVm("a").id();
    for (int i = 0; i < 4; i++) {
      made.createVip("bound" + i, vm);
    }
    List<Vip> vips = IntStream.range(0, CLIENTS).mapToObj(i -> made.createVip("v" + i)).toList();
    List<ErrorCode> refusals =
        race(i ->
            attempt(() ->
                servers[i % servers.length].write(now ->
                    VipDecisions.bind(
                        now, vips.get(i).id(), new Command.Bind(vm, null), made.context))));
    assertThat(refusals).hasSize(CLIENTS - 1).containsOnly(ErrorCode.VM_VIP_LIMIT);
    assertThat(store.<List<Vip>>read(now -> now.vipsOf(vm))).hasSize(5);
  }

  /** Everybody gets an address of its own, and the events are numbered without a gap. */
  protected final void everybodyGetsAnAddress(Store... servers) throws Exception {
    long before = store.<Long>read(Reader::revision);
    race(i ->
        attempt(() ->
            servers[i % servers.length].write(now -> made.create(now, "v" + i, null, List.of()))));
    assertThat(store.<List<Vip>>read(Reader::allVips))
        .extracting(Vip::address)
        .doesNotHaveDuplicates()
        .hasSize(CLIENTS);
    assertThat(
            store.<List<RecordedEvent>>read(
                now -> now.events(made.account, null, before, Integer.MAX_VALUE, 1000)))
        .extracting(RecordedEvent::revision)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(before + 1, before + CLIENTS).boxed().toList());
  }

  /** Lets all clients go at once, each with its number, and collects what they return. */
  private static List<ErrorCode> race(IntFunction<Optional<ErrorCode>> client) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<ErrorCode> refusals = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<ErrorCode>>> outcomes =
          IntStream.range(0, CLIENTS)
              .mapToObj(i ->
                  clients.submit(() -> {
                    go.await();
                    return client.apply(i);
                  }))
              .toList();
      go.countDown();
      for (Future<Optional<ErrorCode>> outcome : outcomes) {
        outcome.get().ifPresent(refusals::add);
      }
    }
    return refusals;
  }

  private static Optional<ErrorCode> attempt(Callable<?> request) {
    try {
      request.call();
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.code());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> List<T> pages(
      Function<@Nullable String, Page<T>> page, Function<T, String> id, long total) {
    List<T> items = new ArrayList<>();
    Page<T> next = page.apply(null);
    while (!next.items().isEmpty()) {
      assertThat(next.items().size()).isLessThanOrEqualTo(2);
      assertThat(next.total()).isEqualTo(total);
      items.addAll(next.items());
      next = page.apply(id.apply(items.getLast()));
    }
    return items;
  }

  private void write(Change... changes) {
    Installation.write(store, changes);
  }

  private static <T> Decision<T> refuse() {
    throw Refused.of(ErrorCode.WRONG_STATE, "not now");
  }

  private List<RecordedEvent> events(Vip vip, long afterRevision, int afterIndex, int limit) {
    return store.read(now -> now.events(made.account, vip.id(), afterRevision, afterIndex, limit));
  }

  private Change event(Vip vip, Happening what) {
    return new Change.Append(at(vip, what));
  }

  private Event at(Vip vip, Happening what) {
    return new Event(made.account, vip.id(), NOW, "tester", what);
  }

  private Optional<Ipv4Address> free(List<AddressRange> ranges) {
    return store.read(now -> now.freeAddress(made.subnet.id(), ranges));
  }

  private void reserve(String address) {
    write(
        new Change.Reserve(
            new Reservation(made.subnet.id(), Ipv4Address.parse(address), made.ids.vip())));
  }

  private Vpc vpc(AccountId owner) {
    return new Vpc(made.ids.vpc(), owner, "another", Cidr.parse("10.0.0.0/8"), 4, NOW, LATER);
  }

  private Subnet subnet(
      String cidr, int segment, @Nullable Ipv4Address gateway, List<AddressRange> reserved) {
    return new Subnet(
        made.ids.subnet(),
        made.account,
        made.vpc.id(),
        segment,
        "net",
        Cidr.parse(cidr),
        gateway,
        reserved,
        null,
        null,
        Enforcement.ENFORCE,
        NetworkPolicy.DEFAULT,
        2,
        NOW,
        LATER);
  }

  private NetworkId otherSubnet() {
    Subnet other = subnet("10.1.0.0/24", 7, null, List.of());
    write(new Change.PutNetwork(other));
    return other.id();
  }

  private ExternalNetwork external(int segment) {
    return new ExternalNetwork(
        made.ids.externalNetwork(),
        segment,
        "internet",
        Cidr.parse("192.0.2.0/24"),
        Ipv4Address.parse("192.0.2.1"),
        List.of(),
        null,
        null,
        Enforcement.ENFORCE,
        NetworkPolicy.DEFAULT,
        Sharing.WITH_ALL,
        1,
        NOW,
        NOW);
  }

  private Vm vm(String name) {
    return new Vm(
        made.ids.vm(),
        made.account,
        made.vpc.id(),
        name,
        VmState.STOPPED,
        List.of(),
        3,
        NOW,
        LATER);
  }

  private Nic nic(
      VmId vmId,
      NetworkId network,
      @Nullable String address,
      long mac,
      String port,
      List<Cidr> allowedSources,
      boolean madeByBinding) {
    return new Nic(
        made.ids.nic(),
        vmId,
        network,
        address == null ? null : Ipv4Address.parse(address),
        new MacAddress(mac),
        port,
        allowedSources,
        madeByBinding);
  }

  private static List<Binding> bindings(Vm... vms) {
    return Arrays.stream(vms)
        .map(vm ->
            new Binding(
                vm.id(),
                vm.nics().getFirst().id(),
                vm.nics().getFirst().id(),
                vm.name().equals("a"),
                null))
        .toList();
  }

  private Vip vip(VipState state, @Nullable Failure failure) {
    return new Vip(
        made.ids.vip(),
        made.account,
        "name",
        "re\u00e9mark \ud83d\ude00",
        VipType.INTERNAL,
        made.vpc.id(),
        made.subnet.id(),
        Ipv4Address.parse("255.255.255.255"),
        null,
        List.of(),
        state,
        failure,
        2,
        3,
        1,
        LATER,
        NOW,
        LATER);
  }
}
