package io.havip.store;

import io.havip.id.AccountId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Nic;
import io.havip.inventory.Vm;
import io.havip.inventory.VmState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** VMs, which are read with their NICs. */
record VmTable(JdbcClient db, NicTable nics) {
  private static final String SELECT =
      "SELECT id, account_id, vpc_id, name, state, version, created_at, updated_at FROM vms ";

  void put(Vm vm) {
    db.sql(
            """
            INSERT INTO vms (id, account_id, vpc_id, name, state, version, created_at, updated_at)
            VALUES (:id, :accountId, :vpcId, :name, :state, :version, :createdAt, :updatedAt)
            ON CONFLICT (id) DO UPDATE SET
              account_id = excluded.account_id, vpc_id = excluded.vpc_id, name = excluded.name,
              state = excluded.state, version = excluded.version,
              created_at = excluded.created_at, updated_at = excluded.updated_at
            """)
        .param("id", vm.id().value())
        .param("accountId", vm.accountId().value())
        .param("vpcId", vm.vpcId().value())
        .param("name", vm.name())
        .param("state", Columns.name(vm.state()))
        .param("version", vm.version())
        .param("createdAt", Columns.micros(vm.createdAt()))
        .param("updatedAt", Columns.micros(vm.updatedAt()))
        .update();
  }

  void drop(VmId id) {
    db.sql("DELETE FROM vms WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Vm> find(VmId id) {
    return db.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> vm(row))
        .optional()
        .map(vm -> with(vm, nics.of(List.of(id))));
  }

  Map<VmId, Vm> find(Collection<VmId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    return withNics(
            db.sql(SELECT + "WHERE id IN (:ids)")
                .param("ids", ids.stream().map(VmId::value).toList())
                .query((row, _) -> vm(row))
                .list())
        .stream()
        .collect(Collectors.toMap(Vm::id, vm -> vm));
  }

  Page<Vm> page(AccountId owner, InventoryQuery query, @Nullable String after, int limit) {
    InventorySelection all = InventorySelection.of(owner, query);
    return new Page<>(
        withNics(
            db.sql(
                    SELECT
                        + "WHERE %s AND id > :after ORDER BY id LIMIT :limit"
                            .formatted(all.condition()))
                .params(all.parameters())
                .param("after", after == null ? "" : after)
                .param("limit", limit)
                .query((row, _) -> vm(row))
                .list()),
        db.sql("SELECT COUNT(*) FROM vms WHERE " + all.condition())
            .params(all.parameters())
            .query(Long.class)
            .single());
  }

  private List<Vm> withNics(List<Vm> vms) {
    Map<VmId, List<Nic>> theirs = nics.of(vms.stream().map(Vm::id).toList());
    return vms.stream().map(vm -> with(vm, theirs)).toList();
  }

  private static Vm with(Vm vm, Map<VmId, List<Nic>> nics) {
    Vm full = vm;
    for (Nic nic : nics.getOrDefault(vm.id(), List.of())) {
      full = full.plus(nic);
    }
    return full;
  }

  private static Vm vm(ResultSet row) throws SQLException {
    return new Vm(
        new VmId(row.getString("id")),
        new AccountId(row.getString("account_id")),
        new VpcId(row.getString("vpc_id")),
        row.getString("name"),
        Columns.value(VmState.class, row, "state"),
        List.of(),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
