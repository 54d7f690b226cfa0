package io.havip.store;

import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.vip.Holder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who is believed to use which VIP. */
record HolderTable(JdbcClient db) {
  private static final String SELECT = "SELECT vip_id, vm_id, mac, since FROM holders ";

  /** Replaces the holders of a VIP; of one that is gone, nothing. */
  void put(VipId id, List<Holder> holders) {
    db.sql("DELETE FROM holders WHERE vip_id = :vipId").param("vipId", id.value()).update();
    for (int i = 0; i < holders.size(); i++) {
      Holder holder = holders.get(i);
      db.sql(
              """
              INSERT INTO holders (vip_id, ordinal, vm_id, mac, since)
              SELECT id, :ordinal, :vmId, :mac, :since FROM vips WHERE id = :vipId
              """)
          .param("vipId", id.value())
          .param("ordinal", i)
          .param("vmId", holder.vmId().value())
          .param("mac", holder.mac().bits())
          .param("since", Columns.micros(holder.since()))
          .update();
    }
  }

  Map<VipId, List<Holder>> of(Collection<VipId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    return byVip(
        db.sql(SELECT + "WHERE vip_id IN (:ids) ORDER BY vip_id, ordinal")
            .param("ids", ids.stream().map(VipId::value).toList()));
  }

  Map<VipId, List<Holder>> all() {
    return byVip(db.sql(SELECT + "ORDER BY vip_id, ordinal"));
  }

  private static Map<VipId, List<Holder>> byVip(JdbcClient.StatementSpec select) {
    Map<VipId, List<Holder>> holders = new HashMap<>();
    select.query(row -> {
      holders
          .computeIfAbsent(new VipId(row.getString("vip_id")), _ -> new ArrayList<>())
          .add(
              new Holder(
                  new VmId(row.getString("vm_id")),
                  Columns.mac(row, "mac"),
                  Columns.instant(row, "since")));
    });
    return holders;
  }
}
