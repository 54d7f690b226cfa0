package io.havip.store;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Session;
import io.havip.account.Token;
import io.havip.decision.KeptReply;
import io.havip.decision.Leader;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.HistoryKey;
import io.havip.event.RecordedEvent;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.InventoryQuery;
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
import io.havip.vip.Drill;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VirtualRouter;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers from the tables, as of the transaction that their connection is in. */
record TablesReader(Tables tables) implements Reader {
  @Override
  public long revision() {
    return tables.events().revision();
  }

  @Override
  public Leader leader() {
    return tables.leader().get();
  }

  @Override
  public Map<VipId, String> wantedAnnouncements() {
    return tables.announcements().all();
  }

  @Override
  public boolean hasApiKeys() {
    return tables.accounts().hasKeys();
  }

  @Override
  public Optional<ApiKey> apiKey(String tokenHash) {
    return tables.accounts().key(tokenHash);
  }

  @Override
  public Page<Token> tokens(@Nullable String after, int limit) {
    return tables.accounts().tokens(after, limit);
  }

  @Override
  public Optional<Token> token(TokenId id) {
    return tables.accounts().token(id);
  }

  @Override
  public boolean hasToken(AccountId id, String name) {
    return tables.accounts().hasToken(id, name);
  }

  @Override
  public int adminTokenCount() {
    return tables.accounts().adminTokenCount();
  }

  @Override
  public Optional<Account> account(AccountId id) {
    return tables.accounts().find(id);
  }

  @Override
  public Optional<Account> account(String name) {
    return tables.accounts().find(name);
  }

  @Override
  public Optional<Session> session(String keyHash, Instant at) {
    return tables.sessions().find(keyHash, at);
  }

  @Override
  public Page<Vpc> vpcs(AccountId owner, @Nullable String after, int limit) {
    return tables.vpcs().page(owner, after, limit);
  }

  @Override
  public Page<Subnet> subnets(
      AccountId owner, InventoryQuery query, @Nullable String after, int limit) {
    return tables.networks().subnets(owner, query, after, limit);
  }

  @Override
  public Page<ExternalNetwork> externalNetworks(
      @Nullable AccountId grantedTo, @Nullable String after, int limit) {
    return tables.networks().externalNetworks(grantedTo, after, limit);
  }

  @Override
  public Page<Vm> vms(AccountId owner, InventoryQuery query, @Nullable String after, int limit) {
    return tables.vms().page(owner, query, after, limit);
  }

  @Override
  public Page<Vip> vips(
      AccountId owner, VipQuery query, VipQuery.@Nullable Place after, int limit) {
    return tables.vips().page(owner, query, after, limit);
  }

  @Override
  public Optional<Nic> nic(NicId id) {
    return tables.nics().find(id);
  }

  @Override
  public List<Network> allNetworks() {
    return tables.networks().all();
  }

  @Override
  public List<Nic> allNics() {
    return tables.nics().all();
  }

  @Override
  public List<Vip> allVips() {
    return tables.vips().all();
  }

  @Override
  public Optional<Instant> firstFenceEnd() {
    return tables.vips().firstFenceEnd();
  }

  @Override
  public List<Vip> vipsFencedUntil(Instant latest) {
    return tables.vips().fencedUntil(latest);
  }

  @Override
  public Map<VipId, List<Holder>> holders(Collection<VipId> ids) {
    return tables.holders().of(ids);
  }

  @Override
  public Map<VipId, List<Holder>> allHolders() {
    return tables.holders().all();
  }

  @Override
  public Map<NicId, NicStatus> nicStatus(Collection<NicId> ids) {
    return tables.nics().status(ids);
  }

  @Override
  public Map<NicId, NicStatus> allNicStatus() {
    return tables.nics().allStatus();
  }

  @Override
  public Optional<AddressStatus> addressStatus(Reservation reservation) {
    return tables.reservations().status(reservation);
  }

  @Override
  public Set<NicId> unaskedNics() {
    return tables.reservations().unasked();
  }

  @Override
  public Map<Reservation, AddressConflict> conflicts(Collection<? extends Id> holders) {
    return tables.reservations().conflicts(holders);
  }

  @Override
  public Map<Reservation, AddressConflict> allConflicts() {
    return tables.reservations().allConflicts();
  }

  @Override
  public Map<VmId, Integer> vipCounts(Collection<VmId> ids) {
    return tables.vips().counts(ids);
  }

  @Override
  public long takenAddresses(NetworkId id, List<AddressRange> ranges) {
    return tables.reservations().taken(id, ranges);
  }

  @Override
  public Map<VmId, Vm> vms(Collection<VmId> ids) {
    return tables.vms().find(ids);
  }

  @Override
  public List<RecordedEvent> events(
      AccountId owner,
      @Nullable VipId vipId,
      EventFilter filter,
      long afterRevision,
      int afterIndex,
      int limit) {
    return tables.events().list(owner, vipId, filter, afterRevision, afterIndex, limit);
  }

  @Override
  public List<RecordedEvent> eventsWithInstallation(
      AccountId owner, EventFilter filter, long afterRevision, int afterIndex, int limit) {
    return tables.events().listWithInstallation(owner, filter, afterRevision, afterIndex, limit);
  }

  @Override
  public Optional<Webhook> webhook(WebhookId id) {
    return tables.webhooks().find(id);
  }

  @Override
  public int webhookCount(AccountId id) {
    return tables.webhooks().count(id);
  }

  @Override
  public Page<Webhook> webhooks(AccountId owner, @Nullable String after, int limit) {
    return tables.webhooks().page(owner, after, limit);
  }

  @Override
  public List<Webhook> allWebhooks() {
    return tables.webhooks().all();
  }

  @Override
  public Map<WebhookId, Delivery> deliveries(Collection<WebhookId> ids) {
    return tables.webhooks().deliveries(ids);
  }

  @Override
  public List<VipCount> vipCounts() {
    return tables.vips().counts();
  }

  @Override
  public int failingWebhookCount() {
    return tables.webhooks().failing();
  }

  @Override
  public Optional<EventPlace> prunedUpTo(
      AccountId owner, @Nullable VipId vipId, boolean withInstallation) {
    return tables.events().prunedUpTo(owner, vipId, withInstallation);
  }

  @Override
  public List<HistoryKey> historiesSince(long revision) {
    return tables.events().historiesSince(revision);
  }

  @Override
  public Optional<EventPlace> overflow(HistoryKey history, int newest) {
    return tables.events().overflow(history, newest);
  }

  @Override
  public Optional<KeptReply> reply(AccountId owner, String key, Instant after) {
    return tables.replies().find(owner, key, after);
  }

  @Override
  public Optional<Vpc> vpc(VpcId id) {
    return tables.vpcs().find(id);
  }

  @Override
  public Optional<Network> network(NetworkId id) {
    return tables.networks().find(id);
  }

  @Override
  public Optional<Vm> vm(VmId id) {
    return tables.vms().find(id);
  }

  @Override
  public Optional<Vip> vip(VipId id) {
    return tables.vips().find(id);
  }

  @Override
  public List<Vip> vipsOf(VmId id) {
    return tables.vips().of(id);
  }

  @Override
  public Optional<VirtualRouter> virtualRouter(VipId id) {
    return Optional.ofNullable(virtualRouters(List.of(id)).get(id));
  }

  @Override
  public List<Drill> drills(VipId id) {
    return tables.drills().of(id);
  }

  @Override
  public List<Drill> runningDrills() {
    return tables.drills().running();
  }

  @Override
  public Map<VipId, VirtualRouter> virtualRouters(Collection<VipId> ids) {
    return tables.virtualRouters().of(ids);
  }

  @Override
  public Map<VipId, VirtualRouter> allVirtualRouters() {
    return tables.virtualRouters().all();
  }

  @Override
  public Optional<MacAddress> learntGatewayMac(NetworkId id) {
    return tables.networks().learntGatewayMac(id);
  }

  @Override
  public Set<Integer> outsideVrids(NetworkId id) {
    return tables.networks().outsideVrids(id);
  }

  @Override
  public Map<VipId, List<Nic>> sendersFrom(Collection<VipId> ids) {
    return tables.nics().sendersFrom(ids);
  }

  @Override
  public Set<Integer> vrids(NetworkId id, VipId except) {
    return tables.virtualRouters().vrids(id, except);
  }

  @Override
  public List<Vip> vipsTalkingOn(NetworkId id) {
    return tables.vips().talkingOn(id);
  }

  @Override
  public List<Cidr> subnetCidrs(VpcId id) {
    return tables.networks().cidrsOf(id);
  }

  @Override
  public boolean isInUse(VpcId id) {
    return tables.vpcs().isInUse(id);
  }

  @Override
  public boolean isInUse(NetworkId id) {
    return tables.networks().isInUse(id);
  }

  @Override
  public List<NetworkUse> usesByOthers(NetworkId id, Set<AccountId> accounts, int limit) {
    return tables.networks().usesByOthers(id, accounts, limit);
  }

  @Override
  public Optional<Reservation> reservation(NetworkId id, Ipv4Address address) {
    return tables.reservations().find(id, address);
  }

  @Override
  public Optional<Ipv4Address> freeAddress(NetworkId id, List<AddressRange> ranges) {
    return tables.reservations().free(id, ranges);
  }

  @Override
  public boolean isPortTaken(String port) {
    return tables.nics().hasInterface(port);
  }

  @Override
  public boolean isLogicalSwitchTaken(String name) {
    return tables.networks().isLogicalSwitchTaken(name);
  }

  @Override
  public Optional<Nic> nicWithMac(NetworkId id, MacAddress mac) {
    return tables.nics().withMac(id, mac);
  }

  @Override
  public Optional<Integer> freeSegment() {
    return tables.networks().freeSegment();
  }
}
