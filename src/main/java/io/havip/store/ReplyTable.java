package io.havip.store;

import io.havip.decision.KeptReply;
import io.havip.decision.Reply;
import io.havip.decision.RequestKey;
import io.havip.id.AccountId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Replies that are kept for repetitions. */
record ReplyTable(JdbcClient db) {

  /** Keeps a reply in place of an expired one, and forgets all that have expired. */
  void put(AccountId accountId, KeptReply kept, Instant at) {
    db.sql("DELETE FROM replies WHERE at <= :expired")
        .param("expired", Columns.micros(at.minus(KeptReply.KEPT_FOR)))
        .update();
    Reply reply = kept.reply();
    db.sql(
            """
            INSERT INTO replies (account_id, request_key, request_hash, status, location, etag,
              body, at)
            VALUES (:accountId, :key, :hash, :status, :location, :eTag, :body, :at)
            """)
        .param("accountId", accountId.value())
        .param("key", kept.key().value())
        .param("hash", kept.key().requestHash())
        .param("status", reply.status())
        .param("location", reply.location())
        .param("eTag", reply.eTag())
        .param("body", reply.body())
        .param("at", Columns.micros(at))
        .update();
  }

  Optional<KeptReply> find(AccountId accountId, String key, Instant after) {
    return db.sql(
            """
            SELECT request_key, request_hash, status, location, etag, body FROM replies
            WHERE account_id = :accountId AND request_key = :key AND at > :after
            """)
        .param("accountId", accountId.value())
        .param("key", key)
        .param("after", Columns.micros(after))
        .query((row, _) -> kept(row))
        .optional();
  }

  private static KeptReply kept(ResultSet row) throws SQLException {
    return new KeptReply(
        new RequestKey(row.getString("request_key"), row.getString("request_hash")),
        new Reply(
            row.getInt("status"),
            row.getString("location"),
            row.getString("etag"),
            row.getString("body")));
  }
}
