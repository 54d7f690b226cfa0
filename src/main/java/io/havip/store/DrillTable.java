package io.havip.store;

import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.vip.Drill;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rehearsed failovers; of each VIP the last {@link #KEPT}. */
record DrillTable(JdbcClient db) {
  private static final int KEPT = 100;

  /** Writes a drill; of a VIP that is gone, nothing. */
  void put(Drill drill) {
    Drill.Result result = drill.result();
    db.sql(
            """
            INSERT INTO drills (vip_id, number, vm_id, whole_port, target_millis, actor, began_at,
              ends_at, outcome, new_holder, outage_millis, came_back, finished_at)
            SELECT id, :number, :vmId, :wholePort, :targetMillis, :actor, :beganAt, :endsAt, :outcome,
              :newHolder, :outageMillis, :cameBack, :finishedAt
            FROM vips WHERE id = :vipId
            ON CONFLICT (vip_id, number) DO UPDATE SET
              outcome = excluded.outcome, new_holder = excluded.new_holder,
              outage_millis = excluded.outage_millis, came_back = excluded.came_back,
              finished_at = excluded.finished_at
            """)
        .param("vipId", drill.vipId().value())
        .param("number", drill.number())
        .param("vmId", drill.vmId().value())
        .param("wholePort", drill.wholePort())
        .param("targetMillis", drill.targetMillis())
        .param("actor", drill.actor())
        .param("beganAt", Columns.micros(drill.beganAt()))
        .param("endsAt", Columns.micros(drill.endsAt()))
        .param("outcome", result == null ? null : Columns.name(result.outcome()), Types.VARCHAR)
        .param("newHolder", newHolder(result), Types.VARCHAR)
        .param("outageMillis", result == null ? null : result.outageMillis(), Types.BIGINT)
        .param("cameBack", result == null ? null : result.cameBack(), Types.BOOLEAN)
        .param(
            "finishedAt", result == null ? null : Columns.micros(result.finishedAt()), Types.BIGINT)
        .update();
    db.sql("DELETE FROM drills WHERE vip_id = :vipId AND number <= :last")
        .param("vipId", drill.vipId().value())
        .param("last", drill.number() - KEPT)
        .update();
  }

  private static @Nullable String newHolder(Drill.@Nullable Result result) {
    VmId holder = result == null ? null : result.newHolder();
    return holder == null ? null : holder.value();
  }

  /** Newest first. */
  List<Drill> of(VipId id) {
    return db.sql("SELECT * FROM drills WHERE vip_id = :id ORDER BY number DESC")
        .param("id", id.value())
        .query((row, _) -> drill(row))
        .list();
  }

  List<Drill> running() {
    return db.sql("SELECT * FROM drills WHERE outcome IS NULL ORDER BY vip_id, number")
        .query((row, _) -> drill(row))
        .list();
  }

  private static Drill drill(ResultSet row) throws SQLException {
    return new Drill(
        new VipId(row.getString("vip_id")),
        row.getInt("number"),
        new VmId(row.getString("vm_id")),
        row.getBoolean("whole_port"),
        row.getLong("target_millis"),
        row.getString("actor"),
        Columns.instant(row, "began_at"),
        Columns.instant(row, "ends_at"),
        result(row));
  }

  private static Drill.@Nullable Result result(ResultSet row) throws SQLException {
    if (row.getString("outcome") == null) {
      return null;
    }
    String newHolder = row.getString("new_holder");
    long outage = row.getLong("outage_millis");
    Long outageMillis = row.wasNull() ? null : outage;
    return new Drill.Result(
        Columns.value(Drill.Outcome.class, row, "outcome"),
        newHolder == null ? null : new VmId(newHolder),
        outageMillis,
        row.getBoolean("came_back"),
        Columns.instant(row, "finished_at"));
  }
}
