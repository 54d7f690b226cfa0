package io.havip.store;

import io.havip.id.AccountId;
import io.havip.id.VpcId;
import io.havip.inventory.Vpc;
import io.havip.net.Cidr;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** VPCs. */
record VpcTable(JdbcClient db) {
  private static final String SELECT =
      "SELECT id, account_id, name, cidr, version, created_at, updated_at FROM vpcs ";

  void put(Vpc vpc) {
    db.sql(
            """
            INSERT INTO vpcs (id, account_id, name, cidr, version, created_at, updated_at)
            VALUES (:id, :accountId, :name, :cidr, :version, :createdAt, :updatedAt)
            ON CONFLICT (id) DO UPDATE SET
              account_id = excluded.account_id, name = excluded.name, cidr = excluded.cidr,
              version = excluded.version, created_at = excluded.created_at,
              updated_at = excluded.updated_at
            """)
        .param("id", vpc.id().value())
        .param("accountId", vpc.accountId().value())
        .param("name", vpc.name())
        .param("cidr", vpc.cidr().toString())
        .param("version", vpc.version())
        .param("createdAt", Columns.micros(vpc.createdAt()))
        .param("updatedAt", Columns.micros(vpc.updatedAt()))
        .update();
  }

  void drop(VpcId id) {
    db.sql("DELETE FROM vpcs WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Vpc> find(VpcId id) {
    return db.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> vpc(row))
        .optional();
  }

  Page<Vpc> page(AccountId owner, @Nullable String after, int limit) {
    return new Page<>(
        db.sql(
                SELECT
                    + """
                    WHERE account_id = :owner AND id > :after ORDER BY id LIMIT :limit
                    """)
            .param("owner", owner.value())
            .param("after", after == null ? "" : after)
            .param("limit", limit)
            .query((row, _) -> vpc(row))
            .list(),
        db.sql("SELECT COUNT(*) FROM vpcs WHERE account_id = :owner")
            .param("owner", owner.value())
            .query(Long.class)
            .single());
  }

  boolean isInUse(VpcId id) {
    return db.sql(
            """
            SELECT 1 FROM networks WHERE vpc_id = :id
            UNION ALL SELECT 1 FROM vms WHERE vpc_id = :id
            UNION ALL SELECT 1 FROM vips WHERE vpc_id = :id
            LIMIT 1
            """)
        .param("id", id.value())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  private static Vpc vpc(ResultSet row) throws SQLException {
    return new Vpc(
        new VpcId(row.getString("id")),
        new AccountId(row.getString("account_id")),
        row.getString("name"),
        Cidr.parse(row.getString("cidr")),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
