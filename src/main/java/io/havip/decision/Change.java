package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Session;
import io.havip.event.Event;
import io.havip.event.EventPlace;
import io.havip.event.HistoryKey;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.MacAddress;
import io.havip.vip.Drill;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One record to write. {@code Put} inserts or replaces by id; {@code Drop} removes and expects that
 * nothing refers to the record any more.
 */
public sealed interface Change {
  record PutVpc(Vpc vpc) implements Change {}

  record DropVpc(VpcId id) implements Change {}

  record PutNetwork(Network network) implements Change {}

  record DropNetwork(NetworkId id) implements Change {}

  /** Writes the VM without its NICs, which have changes of their own. */
  record PutVm(Vm vm) implements Change {}

  record DropVm(VmId id) implements Change {}

  record AddNic(Nic nic) implements Change {}

  /** Replaces what may change of a NIC: MAC address, port, sources, gateway, sending from VIPs. */
  record UpdateNic(Nic nic) implements Change {}

  /**
   * Writes the MAC address that a network's gateway was seen to have; of one that is gone, nothing.
   */
  record PutLearntGatewayMac(NetworkId id, MacAddress mac) implements Change {}

  /**
   * Writes all VRIDs, 1 to 255, that routers outside use on a network; of one that is gone,
   * nothing.
   */
  record PutOutsideVrids(NetworkId id, Set<Integer> vrids) implements Change {
    public PutOutsideVrids {
      vrids = Set.copyOf(vrids);
    }
  }

  record DropNic(NicId id) implements Change {}

  /** Writes the VIP with its whole set of bindings. */
  record PutVip(Vip vip) implements Change {}

  record DropVip(VipId id) implements Change {}

  /**
   * Writes a VIP's virtual router with all that it says about configurations; it goes with the VIP.
   */
  record PutVirtualRouter(VirtualRouter router) implements Change {}

  /** Writes a drill of a VIP, with which it goes; of one that is gone, nothing. */
  record PutDrill(Drill drill) implements Change {}

  /**
   * Takes an address that is free; taking a taken one refuses with {@code ADDRESS_TAKEN}.
   *
   * @param asked see {@link AddressStatus}
   */
  record Reserve(Reservation reservation, boolean asked) implements Change {
    /** Takes an address that HAVIP need not ask for before it is used. */
    public Reserve(Reservation reservation) {
      this(reservation, true);
    }
  }

  /** Replaces what is known about a reserved address; of one that was released, nothing. */
  record PutAddressStatus(Reservation reservation, AddressStatus status) implements Change {}

  record Release(Reservation reservation) implements Change {}

  record Append(Event event) implements Change {}

  /** Forgets a history's events up to a place. */
  record PruneEvents(HistoryKey history, EventPlace last) implements Change {}

  /** Replaces what is believed about who uses the VIP; of a VIP that is gone, nothing. */
  record PutHolders(VipId id, List<Holder> holders) implements Change {
    public PutHolders {
      holders = List.copyOf(holders);
    }
  }

  /** Replaces what is believed about a NIC's port; of a NIC that is gone, nothing. */
  record PutNicStatus(NicId id, NicStatus status) implements Change {}

  /** Keeps a reply for repetitions of the request; expired ones go. */
  record KeepReply(AccountId accountId, KeptReply reply, Instant at) implements Change {}

  /** Writes a webhook; a new one is told what happens from then on. */
  record PutWebhook(Webhook webhook) implements Change {}

  record DropWebhook(WebhookId id) implements Change {}

  /** Replaces how far a webhook has been told; of a webhook that is gone, nothing. */
  record PutDelivery(WebhookId id, Delivery delivery) implements Change {}

  /** Keeps that a VIP shall be announced, for whoever leads. */
  record WantAnnouncement(VipId id, String actor) implements Change {}

  /** That is done, or nothing can be announced. */
  record DropAnnouncement(VipId id) implements Change {}

  /** Lets a server lead after another, unless that has renewed since. */
  record Lead(Leader before, Leader next) implements Change {}

  record PutAccount(Account account) implements Change {}

  record PutApiKey(ApiKey key) implements Change {}

  /** Forgets a key, with the sessions that were opened with it. */
  record DropApiKey(TokenId id) implements Change {}

  /** Keeps a session; those that have expired by the time go. */
  record OpenSession(Session session, Instant at) implements Change {}

  /** Ends a session, if there is one of this hash. */
  record EndSession(String keyHash) implements Change {}
}
