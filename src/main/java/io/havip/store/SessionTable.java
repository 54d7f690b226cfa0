package io.havip.store;

import io.havip.account.Session;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Browsers that are signed in. */
record SessionTable(JdbcClient db) {

  /** Keeps a session, and forgets all that have expired. */
  void put(Session session, Instant at) {
    db.sql("DELETE FROM sessions WHERE expires_at <= :at").param("at", Columns.micros(at)).update();
    db.sql(
            """
            INSERT INTO sessions (key_hash, token_hash, expires_at)
            VALUES (:keyHash, :tokenHash, :expiresAt)
            """)
        .param("keyHash", session.keyHash())
        .param("tokenHash", session.tokenHash())
        .param("expiresAt", Columns.micros(session.expiresAt()))
        .update();
  }

  void drop(String keyHash) {
    db.sql("DELETE FROM sessions WHERE key_hash = :keyHash").param("keyHash", keyHash).update();
  }

  Optional<Session> find(String keyHash, Instant at) {
    return db.sql(
            """
            SELECT key_hash, token_hash, expires_at FROM sessions
            WHERE key_hash = :keyHash AND expires_at > :at
            """)
        .param("keyHash", keyHash)
        .param("at", Columns.micros(at))
        .query((row, _) ->
            new Session(
                row.getString("key_hash"),
                row.getString("token_hash"),
                Columns.instant(row, "expires_at")))
        .optional();
  }
}
