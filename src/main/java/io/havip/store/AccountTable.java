package io.havip.store;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Role;
import io.havip.id.AccountId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts and their keys. */
record AccountTable(JdbcClient db) {

  void put(Account account) {
    db.sql(
            """
            INSERT INTO accounts (id, name, created_at) VALUES (:id, :name, :createdAt)
            ON CONFLICT (id) DO UPDATE SET
              name = excluded.name, created_at = excluded.created_at
            """)
        .param("id", account.id().value())
        .param("name", account.name())
        .param("createdAt", Columns.micros(account.createdAt()))
        .update();
  }

  void put(ApiKey key) {
    db.sql(
            """
            INSERT INTO api_keys (token_hash, account_id, role, name, created_at)
            VALUES (:tokenHash, :accountId, :role, :name, :createdAt)
            ON CONFLICT (token_hash) DO UPDATE SET
              account_id = excluded.account_id, role = excluded.role, name = excluded.name,
              created_at = excluded.created_at
            """)
        .param("tokenHash", key.tokenHash())
        .param("accountId", key.accountId().value())
        .param("role", Columns.name(key.role()))
        .param("name", key.name())
        .param("createdAt", Columns.micros(key.createdAt()))
        .update();
  }

  boolean hasKeys() {
    return db.sql("SELECT 1 FROM api_keys LIMIT 1").query(Integer.class).optional().isPresent();
  }

  Optional<ApiKey> key(String tokenHash) {
    return db.sql(
            """
            SELECT token_hash, account_id, role, name, created_at FROM api_keys
            WHERE token_hash = :tokenHash
            """)
        .param("tokenHash", tokenHash)
        .query((row, _) -> key(row))
        .optional();
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    return new ApiKey(
        row.getString("token_hash"),
        new AccountId(row.getString("account_id")),
        Columns.value(Role.class, row, "role"),
        row.getString("name"),
        Columns.instant(row, "created_at"));
  }
}
