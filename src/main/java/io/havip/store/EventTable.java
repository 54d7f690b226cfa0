package io.havip.store;

import io.havip.event.Event;
import io.havip.event.EventFilter;
import io.havip.event.EventPlace;
import io.havip.event.HistoryKey;
import io.havip.event.RecordedEvent;
import io.havip.id.AccountId;
import io.havip.id.VipId;
import io.havip.json.HappeningJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The history, and the number of the last change. */
record EventTable(JdbcClient db) {

  long revision() {
    return db.sql("SELECT revision FROM store").query(Long.class).single();
  }

  /** Forgets a history up to a place. */
  void prune(HistoryKey history, EventPlace last) {
    of(history, "DELETE FROM events WHERE %s AND (revision, ordinal) <= (:revision, :ordinal)")
        .param("revision", last.revision())
        .param("ordinal", last.index())
        .update();
    AccountId accountId = history.accountId();
    VipId vipId = history.vipId();
    db.sql(
            """
            INSERT INTO pruned_histories (account_id, vip_id, revision, ordinal)
            VALUES (:accountId, :vipId, :revision, :ordinal)
            ON CONFLICT (account_id, vip_id) DO UPDATE SET
              revision = excluded.revision, ordinal = excluded.ordinal
            """)
        .param("accountId", accountId == null ? "" : accountId.value())
        .param("vipId", vipId == null ? "" : vipId.value())
        .param("revision", last.revision())
        .param("ordinal", last.index())
        .update();
  }

  Optional<EventPlace> prunedUpTo(
      AccountId owner, @Nullable VipId vipId, boolean withInstallation) {
    return db.sql(
            """
            SELECT revision, ordinal FROM pruned_histories
            WHERE account_id IN (:accounts) %s
            ORDER BY revision DESC, ordinal DESC LIMIT 1
            """
                .formatted(vipId == null ? "" : "AND vip_id = :vipId"))
        .param("accounts", withInstallation ? List.of(owner.value(), "") : List.of(owner.value()))
        .param("vipId", vipId == null ? null : vipId.value())
        .query((row, _) -> place(row))
        .optional();
  }

  List<HistoryKey> historiesSince(long revision) {
    return db.sql("SELECT DISTINCT account_id, vip_id FROM events WHERE revision > :revision")
        .param("revision", revision)
        .query((row, _) -> {
          String accountId = row.getString("account_id");
          String vipId = row.getString("vip_id");
          return new HistoryKey(
              accountId == null ? null : new AccountId(accountId),
              vipId == null ? null : new VipId(vipId));
        })
        .list();
  }

  Optional<EventPlace> overflow(HistoryKey history, int newest) {
    return of(
            history,
            """
            SELECT revision, ordinal FROM events WHERE %s
            ORDER BY revision DESC, ordinal DESC LIMIT 1 OFFSET :newest
            """)
        .param("newest", newest)
        .query((row, _) -> place(row))
        .optional();
  }

  /** A statement about a history, which it says at the place of %s. */
  private JdbcClient.StatementSpec of(HistoryKey history, String statement) {
    AccountId accountId = history.accountId();
    VipId vipId = history.vipId();
    String whose =
        (accountId == null ? "account_id IS NULL" : "account_id = :accountId")
            + (vipId == null ? " AND vip_id IS NULL" : " AND vip_id = :vipId");
    return db.sql(statement.formatted(whose))
        .param("accountId", accountId == null ? null : accountId.value())
        .param("vipId", vipId == null ? null : vipId.value());
  }

  private static EventPlace place(ResultSet row) throws SQLException {
    return new EventPlace(row.getLong("revision"), row.getInt("ordinal"));
  }

  /** Waits for every other writer, then takes the next number. */
  long nextRevision() {
    return db.sql("UPDATE store SET revision = revision + 1 RETURNING revision")
        .query(Long.class)
        .single();
  }

  void append(RecordedEvent recorded) {
    Event event = recorded.event();
    AccountId accountId = event.accountId();
    VipId vipId = event.vipId();
    db.sql(
            """
            INSERT INTO events (revision, ordinal, account_id, vip_id, at, actor, kind, data)
            VALUES (:revision, :ordinal, :accountId, :vipId, :at, :actor, :kind, :data)
            """)
        .param("revision", recorded.revision())
        .param("ordinal", recorded.index())
        .param("accountId", accountId == null ? null : accountId.value())
        .param("vipId", vipId == null ? null : vipId.value())
        .param("at", Columns.micros(event.at()))
        .param("actor", event.actor())
        .param("kind", HappeningJson.kind(event.what()))
        .param("data", HappeningJson.data(event.what()))
        .update();
  }

  List<RecordedEvent> list(
      AccountId owner,
      @Nullable VipId vipId,
      EventFilter filter,
      long afterRevision,
      int afterIndex,
      int limit) {
    String whose = "account_id = :owner" + (vipId == null ? "" : " AND vip_id = :vipId");
    return behind(of(whose, filter), owner, vipId, filter, afterRevision, afterIndex, limit);
  }

  /** Each half is read by its index. */
  List<RecordedEvent> listWithInstallation(
      AccountId owner, EventFilter filter, long afterRevision, int afterIndex, int limit) {
    String both =
        """
        SELECT * FROM (%s) own UNION ALL SELECT * FROM (%s) installation
        ORDER BY revision, ordinal LIMIT :limit
        """
            .formatted(of("account_id = :owner", filter), of("account_id IS NULL", filter));
    return behind(both, owner, null, filter, afterRevision, afterIndex, limit);
  }

  private static String of(String whose, EventFilter filter) {
    return """
    SELECT revision, ordinal, account_id, vip_id, at, actor, kind, data FROM events
    WHERE %s%s%s%s AND (revision, ordinal) > (:revision, :ordinal)
    ORDER BY revision, ordinal LIMIT :limit
    """
        .formatted(
            whose,
            filter.kinds().isEmpty() ? "" : " AND kind IN (:kinds)",
            filter.from() == null ? "" : " AND at >= :from",
            filter.until() == null ? "" : " AND at < :until");
  }

  private List<RecordedEvent> behind(
      String query,
      AccountId owner,
      @Nullable VipId vipId,
      EventFilter filter,
      long afterRevision,
      int afterIndex,
      int limit) {
    Instant from = filter.from();
    Instant until = filter.until();
    return db.sql(query)
        .param("owner", owner.value())
        .param("vipId", vipId == null ? null : vipId.value())
        .param("kinds", filter.kinds().stream().sorted().map(Columns::name).toList())
        .param("from", from == null ? null : Columns.micros(from))
        .param("until", until == null ? null : Columns.micros(until))
        .param("revision", afterRevision)
        .param("ordinal", afterIndex)
        .param("limit", limit)
        .query((row, _) -> event(row))
        .list();
  }

  private static RecordedEvent event(ResultSet row) throws SQLException {
    String accountId = row.getString("account_id");
    String vipId = row.getString("vip_id");
    return new RecordedEvent(
        row.getLong("revision"),
        row.getInt("ordinal"),
        new Event(
            accountId == null ? null : new AccountId(accountId),
            vipId == null ? null : new VipId(vipId),
            Columns.instant(row, "at"),
            row.getString("actor"),
            HappeningJson.read(row.getString("kind"), row.getString("data"))));
  }
}
