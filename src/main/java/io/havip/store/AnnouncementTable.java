package io.havip.store;

import io.havip.id.VipId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Announcements that the leader has yet to make. */
record AnnouncementTable(JdbcClient db) {
  /** One is as good as several. */
  void put(VipId id, String actor) {
    db.sql(
            """
            INSERT INTO announcements (vip_id, actor) VALUES (:id, :actor)
            ON CONFLICT (vip_id) DO UPDATE SET actor = excluded.actor
            """)
        .param("id", id.value())
        .param("actor", actor)
        .update();
  }

  void drop(VipId id) {
    db.sql("DELETE FROM announcements WHERE vip_id = :id").param("id", id.value()).update();
  }

  Map<VipId, String> all() {
    Map<VipId, String> all = new LinkedHashMap<>();
    db.sql("SELECT vip_id, actor FROM announcements ORDER BY vip_id")
        .query(row -> {
          all.put(new VipId(row.getString("vip_id")), row.getString("actor"));
        });
    return all;
  }
}
