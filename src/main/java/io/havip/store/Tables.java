package io.havip.store;

import io.havip.decision.Change;
import io.havip.event.EventPlace;
import io.havip.event.RecordedEvent;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every table, over one connection. */
record Tables(
    AccountTable accounts,
    SessionTable sessions,
    VpcTable vpcs,
    NetworkTable networks,
    ReservationTable reservations,
    VmTable vms,
    NicTable nics,
    VipTable vips,
    VirtualRouterTable virtualRouters,
    DrillTable drills,
    HolderTable holders,
    EventTable events,
    ReplyTable replies,
    WebhookTable webhooks,
    LeaderTable leader,
    AnnouncementTable announcements) {

  static Tables over(JdbcClient db) {
    NicTable nics = new NicTable(db);
    return new Tables(
        new AccountTable(db),
        new SessionTable(db),
        new VpcTable(db),
        new NetworkTable(db),
        new ReservationTable(db),
        new VmTable(db, nics),
        nics,
        new VipTable(db),
        new VirtualRouterTable(db),
        new DrillTable(db),
        new HolderTable(db),
        new EventTable(db),
        new ReplyTable(db),
        new WebhookTable(db),
        new LeaderTable(db),
        new AnnouncementTable(db));
  }

  /** Writes the changes in their order; their events belong to the revision. */
  void apply(List<Change> changes, long revision) {
    int index = 0;
    for (Change change : changes) {
      switch (change) {
        case Change.PutVpc(var vpc) -> vpcs.put(vpc);
        case Change.DropVpc(var id) -> vpcs.drop(id);
        case Change.PutNetwork(var network) -> networks.put(network);
        case Change.DropNetwork(var id) -> networks.drop(id);
        case Change.PutVm(var vm) -> vms.put(vm);
        case Change.DropVm(var id) -> vms.drop(id);
        case Change.AddNic(var nic) -> nics.add(nic);
        case Change.UpdateNic(var nic) -> nics.update(nic);
        case Change.PutLearntGatewayMac(var id, var mac) -> networks.putLearntGatewayMac(id, mac);
        case Change.PutOutsideVrids(var id, var vrids) -> networks.putOutsideVrids(id, vrids);
        case Change.DropNic(var id) -> nics.drop(id);
        case Change.PutVip(var vip) -> vips.put(vip);
        case Change.DropVip(var id) -> vips.drop(id);
        case Change.PutVirtualRouter(var router) -> virtualRouters.put(router);
        case Change.PutDrill(var drill) -> drills.put(drill);
        case Change.Reserve(var reservation, var asked) -> reservations.reserve(reservation, asked);
        case Change.PutAddressStatus(var reservation, var status) ->
            reservations.put(reservation, status);
        case Change.Release(var reservation) -> reservations.release(reservation);
        case Change.Append(var event) -> events.append(new RecordedEvent(revision, index++, event));
        case Change.PruneEvents(var history, var last) -> events.prune(history, last);
        case Change.PutHolders(var id, var now) -> holders.put(id, now);
        case Change.PutNicStatus(var id, var status) -> nics.put(id, status);
        case Change.KeepReply(var owner, var reply, var at) -> replies.put(owner, reply, at);
        case Change.PutWebhook(var webhook) -> webhooks.put(webhook, EventPlace.endOf(revision));
        case Change.DropWebhook(var id) -> webhooks.drop(id);
        case Change.PutDelivery(var id, var delivery) -> webhooks.put(id, delivery);
        case Change.WantAnnouncement(var id, var actor) -> announcements.put(id, actor);
        case Change.DropAnnouncement(var id) -> announcements.drop(id);
        case Change.Lead(var before, var next) -> leader.put(before, next);
        case Change.PutAccount(var account) -> accounts.put(account);
        case Change.PutApiKey(var key) -> accounts.put(key);
        case Change.DropApiKey(var id) -> accounts.drop(id);
        case Change.OpenSession(var session, var at) -> sessions.put(session, at);
        case Change.EndSession(var keyHash) -> sessions.drop(keyHash);
      }
    }
  }
}
