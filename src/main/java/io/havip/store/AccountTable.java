package io.havip.store;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.id.AccountId;
import io.havip.id.TokenId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts and their keys. */
record AccountTable(JdbcClient db) {
  private static final String SELECT_ACCOUNT = "SELECT id, name, created_at FROM accounts ";

  private static final String SELECT_TOKEN =
      """
      SELECT api_keys.id, token_hash, account_id, role, api_keys.name, api_keys.created_at,
        accounts.name AS account_name
      FROM api_keys JOIN accounts ON accounts.id = account_id
      """;

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
            INSERT INTO api_keys (id, token_hash, account_id, role, name, created_at)
            VALUES (:id, :tokenHash, :accountId, :role, :name, :createdAt)
            ON CONFLICT (token_hash) DO UPDATE SET
              id = excluded.id, account_id = excluded.account_id, role = excluded.role,
              name = excluded.name, created_at = excluded.created_at
            """)
        .param("id", key.id().value())
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
            SELECT id, token_hash, account_id, role, name, created_at FROM api_keys
            WHERE token_hash = :tokenHash
            """)
        .param("tokenHash", tokenHash)
        .query((row, _) -> key(row))
        .optional();
  }

  void drop(TokenId id) {
    db.sql("DELETE FROM api_keys WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Token> token(TokenId id) {
    return db.sql(SELECT_TOKEN + "WHERE api_keys.id = :id")
        .param("id", id.value())
        .query((row, _) -> token(row))
        .optional();
  }

  Page<Token> tokens(@Nullable String after, int limit) {
    return new Page<>(
        db.sql(SELECT_TOKEN + "WHERE api_keys.id > :after ORDER BY api_keys.id LIMIT :limit")
            .param("after", after == null ? "" : after)
            .param("limit", limit)
            .query((row, _) -> token(row))
            .list(),
        db.sql("SELECT COUNT(*) FROM api_keys").query(Long.class).single());
  }

  boolean hasToken(AccountId id, String name) {
    return db.sql("SELECT 1 FROM api_keys WHERE account_id = :accountId AND name = :name LIMIT 1")
        .param("accountId", id.value())
        .param("name", name)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  int adminTokenCount() {
    return db.sql("SELECT COUNT(*) FROM api_keys WHERE role = :role")
        .param("role", Columns.name(Role.ADMIN))
        .query(Integer.class)
        .single();
  }

  Optional<Account> find(AccountId id) {
    return db.sql(SELECT_ACCOUNT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> account(row))
        .optional();
  }

  Optional<Account> find(String name) {
    return db.sql(SELECT_ACCOUNT + "WHERE name = :name ORDER BY id LIMIT 1")
        .param("name", name)
        .query((row, _) -> account(row))
        .optional();
  }

  private static Token token(ResultSet row) throws SQLException {
    return new Token(key(row), row.getString("account_name"));
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        new AccountId(row.getString("id")),
        row.getString("name"),
        Columns.instant(row, "created_at"));
  }

  private static ApiKey key(ResultSet row) throws SQLException {
    return new ApiKey(
        new TokenId(row.getString("id")),
        row.getString("token_hash"),
        new AccountId(row.getString("account_id")),
        Columns.value(Role.class, row, "role"),
        row.getString("name"),
        Columns.instant(row, "created_at"));
  }
}
