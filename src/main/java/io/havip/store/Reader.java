package io.havip.store;

import io.havip.account.ApiKey;
import io.havip.account.Session;
import io.havip.account.Token;
import io.havip.decision.KeptReply;
import io.havip.decision.Leader;
import io.havip.decision.Snapshot;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.HistoryKey;
import io.havip.event.RecordedEvent;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.WebhookId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Reservation;
import io.havip.inventory.Subnet;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.AddressRange;
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

/**
 * What there is, as of one moment. Lists are in the order of their ids; {@code after} is the id
 * behind which a page begins, {@code limit} the most items it has.
 */
public interface Reader extends Snapshot {
  /** The number of the last write; 0 before the first. */
  long revision();

  /** Which server leads; nobody where there is but one. */
  Leader leader();

  /** By VIP that shall be announced, who wants it. */
  Map<VipId, String> wantedAnnouncements();

  /** Whether any key exists; the first start makes one when none does. */
  boolean hasApiKeys();

  Optional<ApiKey> apiKey(String tokenHash);

  /** Every account's. */
  Page<Token> tokens(@Nullable String after, int limit);

  /** The session whose key has this hash, if it has not expired by the time. */
  Optional<Session> session(String keyHash, Instant at);

  Page<Vpc> vpcs(AccountId owner, @Nullable String after, int limit);

  Page<Subnet> subnets(AccountId owner, InventoryQuery query, @Nullable String after, int limit);

  /**
   * External networks.
   *
   * @param grantedTo only those that this account may use; all when absent
   */
  Page<ExternalNetwork> externalNetworks(
      @Nullable AccountId grantedTo, @Nullable String after, int limit);

  Page<Vm> vms(AccountId owner, InventoryQuery query, @Nullable String after, int limit);

  /** The VIPs that a query is for, in its order; those are counted in the page's total. */
  Page<Vip> vips(AccountId owner, VipQuery query, VipQuery.@Nullable Place after, int limit);

  Optional<Nic> nic(NicId id);

  /** Every account's, for the fabric. */
  List<Network> allNetworks();

  /** Every account's, for the fabric. */
  List<Nic> allNics();

  /** Every account's, for the fabric. */
  List<Vip> allVips();

  /** When the fence ends that ends first. */
  Optional<Instant> firstFenceEnd();

  /** The VIPs with a binding whose fence ends at this time or before. */
  List<Vip> vipsFencedUntil(Instant latest);

  /** By VIP, those that are held by somebody. */
  Map<VipId, List<Holder>> holders(Collection<VipId> ids);

  Map<VipId, List<Holder>> allHolders();

  /** By VIP, those for which a configuration was ever made. */
  Map<VipId, VirtualRouter> virtualRouters(Collection<VipId> ids);

  /** By VIP, those of all accounts. */
  Map<VipId, VirtualRouter> allVirtualRouters();

  /** By VIP, the NICs that may send from it without claiming it, see {@link Nic#sendsFromVip}. */
  Map<VipId, List<Nic>> sendersFrom(Collection<VipId> ids);

  /** The drills of a VIP, newest first, up to 100. */
  List<Drill> drills(VipId id);

  /** Every account's that have no result. */
  List<Drill> runningDrills();

  /** By NIC, those whose port was ever seen. */
  Map<NicId, NicStatus> nicStatus(Collection<NicId> ids);

  Map<NicId, NicStatus> allNicStatus();

  /** What is known about a reserved address; nothing when its holder released it. */
  Optional<AddressStatus> addressStatus(Reservation reservation);

  /** The NICs for whose address HAVIP must ask on the wire before they may use it. */
  Set<NicId> unaskedNics();

  /** By reserved address, the conflicts of some NICs and VIPs. */
  Map<Reservation, AddressConflict> conflicts(Collection<? extends Id> holders);

  /** Every account's. */
  Map<Reservation, AddressConflict> allConflicts();

  /** By VM, to how many VIPs it is bound; a VM that is bound to none is left out. */
  Map<VmId, Integer> vipCounts(Collection<VmId> ids);

  /** How many addresses of the ranges are taken. */
  long takenAddresses(NetworkId id, List<AddressRange> ranges);

  /** By VM, those that exist. */
  Map<VmId, Vm> vms(Collection<VmId> ids);

  /**
   * The history of an account, or of one VIP of it, oldest first, behind a place in it; the history
   * of a VIP outlives the VIP.
   *
   * @param vipId all of the account's when absent
   */
  List<RecordedEvent> events(
      AccountId owner,
      @Nullable VipId vipId,
      EventFilter filter,
      long afterRevision,
      int afterIndex,
      int limit);

  /** The same with every kind of event. */
  default List<RecordedEvent> events(
      AccountId owner, @Nullable VipId vipId, long afterRevision, int afterIndex, int limit) {
    return events(owner, vipId, EventFilter.ALL, afterRevision, afterIndex, limit);
  }

  /**
   * The history of an account, together with what concerns nobody's account but the whole
   * installation; in the same order, behind a place in it.
   */
  List<RecordedEvent> eventsWithInstallation(
      AccountId owner, EventFilter filter, long afterRevision, int afterIndex, int limit);

  /** The same with every kind of event. */
  default List<RecordedEvent> eventsWithInstallation(
      AccountId owner, long afterRevision, int afterIndex, int limit) {
    return eventsWithInstallation(owner, EventFilter.ALL, afterRevision, afterIndex, limit);
  }

  Page<Webhook> webhooks(AccountId owner, @Nullable String after, int limit);

  /** Every account's, for whoever calls them. */
  List<Webhook> allWebhooks();

  /** By webhook, how far each has been told. */
  Map<WebhookId, Delivery> deliveries(Collection<WebhookId> ids);

  /** Every account's VIPs, counted. */
  List<VipCount> vipCounts();

  /** Of every account, the enabled webhooks that do not get on. */
  int failingWebhookCount();

  /**
   * Up to where events were pruned: of one VIP all that there were, of an account those of one VIP
   * at least.
   *
   * @param withInstallation whether what concerns the whole installation counts too
   */
  Optional<EventPlace> prunedUpTo(AccountId owner, @Nullable VipId vipId, boolean withInstallation);

  /** The histories that got longer behind a revision. */
  List<HistoryKey> historiesSince(long revision);

  /** The newest event of a history that is not among its newest; nothing when all are. */
  Optional<EventPlace> overflow(HistoryKey history, int newest);

  /**
   * What was answered to the request with a key, if it was answered after a time.
   *
   * @param key the value of a {@link io.havip.decision.RequestKey}
   */
  Optional<KeptReply> reply(AccountId owner, String key, Instant after);
}
