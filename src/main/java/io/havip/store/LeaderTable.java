package io.havip.store;

import io.havip.decision.Leader;
import io.havip.error.Superseded;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which server leads. */
record LeaderTable(JdbcClient db) {
  Leader get() {
    return db.sql("SELECT generation, server, renewals FROM leader")
        .query((row, _) ->
            new Leader(row.getLong("generation"), row.getString("server"), row.getLong("renewals")))
        .single();
  }

  /**
   * Lets a server lead after another. Renewals wait for nobody, so one may have come in between.
   *
   * @throws Superseded when the one before is not what it was
   */
  void put(Leader before, Leader next) {
    int written =
        db.sql(
                """
                UPDATE leader SET generation = :generation, server = :server, renewals = :renewals
                WHERE generation = :before AND renewals = :renewed
                """)
            .param("generation", next.generation())
            .param("server", next.server())
            .param("renewals", next.renewals())
            .param("before", before.generation())
            .param("renewed", before.renewals())
            .update();
    if (written == 0) {
      throw new Superseded();
    }
  }

  /** Says that a server goes on leading; not if a newer one does. */
  boolean renew(long generation) {
    return db.sql("UPDATE leader SET renewals = renewals + 1 WHERE generation = :generation")
            .param("generation", generation)
            .update()
        == 1;
  }

  /** Says that nobody leads, unless a newer one does. */
  void release(long generation) {
    db.sql(
            """
            UPDATE leader SET server = '', renewals = renewals + 1 WHERE generation = :generation
            """)
        .param("generation", generation)
        .update();
  }
}
