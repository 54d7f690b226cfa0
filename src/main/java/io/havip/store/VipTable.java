package io.havip.store;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.vip.Binding;
import io.havip.vip.Failure;
import io.havip.vip.Floating;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** VIPs with their bindings. */
record VipTable(JdbcClient db) {
  /** One row for each binding, and one for a VIP without any. */
  private static final String SELECT =
      """
      SELECT vips.id, account_id, name, remark, type, vpc_id, network_id, address, state,
        failure_code, failure_message, version, generation, observed_generation, generation_at,
        created_at, updated_at, floating_network_id, floating_address, vm_id, nic_id, vrrp_nic_id,
        vmac, fenced_until
      FROM vips LEFT JOIN bindings ON bindings.vip_id = vips.id
      """;

  void put(Vip vip) {
    Failure failure = vip.failure();
    Floating floating = vip.floating();
    db.sql(
            """
            INSERT INTO vips (id, account_id, name, remark, type, vpc_id, network_id, address,
              state, failure_code, failure_message, version, generation, observed_generation,
              generation_at, created_at, updated_at, floating_network_id, floating_address, search)
            VALUES (:id, :accountId, :name, :remark, :type, :vpcId, :networkId, :address,
              :state, :failureCode, :failureMessage, :version, :generation, :observedGeneration,
              :generationAt, :createdAt, :updatedAt, :floatingNetworkId, :floatingAddress, :search)
            ON CONFLICT (id) DO UPDATE SET
              account_id = excluded.account_id, name = excluded.name, remark = excluded.remark,
              type = excluded.type, vpc_id = excluded.vpc_id, network_id = excluded.network_id,
              address = excluded.address, state = excluded.state,
              failure_code = excluded.failure_code, failure_message = excluded.failure_message,
              version = excluded.version, generation = excluded.generation,
              observed_generation = excluded.observed_generation,
              generation_at = excluded.generation_at, created_at = excluded.created_at,
              updated_at = excluded.updated_at,
              floating_network_id = excluded.floating_network_id,
              floating_address = excluded.floating_address, search = excluded.search
            """)
        .param("id", vip.id().value())
        .param("accountId", vip.accountId().value())
        .param("name", vip.name())
        .param("remark", vip.remark())
        .param("type", Columns.name(vip.type()))
        .param("vpcId", vip.vpcId().value())
        .param("networkId", vip.networkId().value())
        .param("address", vip.address().toLong())
        .param("state", Columns.name(vip.state()))
        .param("failureCode", failure == null ? null : Columns.name(failure.code()))
        .param("failureMessage", failure == null ? null : failure.message())
        .param("version", vip.version())
        .param("generation", vip.generation())
        .param("observedGeneration", vip.observedGeneration())
        .param("generationAt", Columns.micros(vip.generationAt()))
        .param("createdAt", Columns.micros(vip.createdAt()))
        .param("updatedAt", Columns.micros(vip.updatedAt()))
        .param("floatingNetworkId", floating == null ? null : floating.networkId().value())
        .param("floatingAddress", floating == null ? null : floating.address().toLong())
        .param("search", VipSelection.searchable(vip))
        .update();
    putBindings(vip);
  }

  private void putBindings(Vip vip) {
    db.sql("DELETE FROM bindings WHERE vip_id = :vipId").param("vipId", vip.id().value()).update();
    for (int i = 0; i < vip.bindings().size(); i++) {
      Binding binding = vip.bindings().get(i);
      Instant fencedUntil = binding.fencedUntil();
      db.sql(
              """
              INSERT INTO bindings (vip_id, ordinal, vm_id, nic_id, vrrp_nic_id, vmac, fenced_until)
              VALUES (:vipId, :ordinal, :vmId, :nicId, :vrrpNicId, :vmac, :fencedUntil)
              """)
          .param("vipId", vip.id().value())
          .param("ordinal", i)
          .param("vmId", binding.vmId().value())
          .param("nicId", binding.nicId().value())
          .param("vrrpNicId", binding.vrrpNicId().value())
          .param("vmac", binding.vmac())
          .param("fencedUntil", fencedUntil == null ? null : Columns.micros(fencedUntil))
          .update();
    }
  }

  void drop(VipId id) {
    db.sql("DELETE FROM vips WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Vip> find(VipId id) {
    return vips(db.sql(SELECT + "WHERE vips.id = :id ORDER BY ordinal").param("id", id.value()))
        .stream()
        .findFirst();
  }

  List<Vip> of(VmId id) {
    return vips(
        db.sql(
                SELECT
                    + """
                    WHERE vips.id IN (SELECT vip_id FROM bindings WHERE vm_id = :vmId)
                    ORDER BY vips.id, ordinal
                    """)
            .param("vmId", id.value()));
  }

  /** Those with a virtual router that are on the network or whose VMs talk VRRP on it. */
  List<Vip> talkingOn(NetworkId id) {
    return vips(
        db.sql(
                SELECT
                    + """
                    WHERE vips.id IN (
                      SELECT vip_id FROM virtual_routers JOIN vips AS found ON found.id = vip_id
                      WHERE virtual_routers.network_id = :id OR found.network_id = :id)
                    ORDER BY vips.id, ordinal
                    """)
            .param("id", id.value()));
  }

  /** How many there are, by state and number of holders. */
  List<VipCount> counts() {
    return db.sql(
            """
            SELECT state, holders, COUNT(*) AS vips
            FROM (
              SELECT state, (SELECT COUNT(*) FROM holders WHERE vip_id = vips.id) AS holders FROM vips
            ) held
            GROUP BY state, holders
            """)
        .query((row, _) ->
            new VipCount(
                Columns.value(VipState.class, row, "state"),
                row.getInt("holders"),
                row.getLong("vips")))
        .list();
  }

  /** By VM, to how many VIPs it is bound, if to any. */
  Map<VmId, Integer> counts(Collection<VmId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<VmId, Integer> counts = new HashMap<>();
    db.sql("SELECT vm_id, COUNT(*) AS vips FROM bindings WHERE vm_id IN (:ids) GROUP BY vm_id")
        .param("ids", ids.stream().map(VmId::value).toList())
        .query(row -> {
          counts.put(new VmId(row.getString("vm_id")), row.getInt("vips"));
        });
    return counts;
  }

  Optional<Instant> firstFenceEnd() {
    return db.sql(
            """
            SELECT fenced_until FROM bindings WHERE fenced_until IS NOT NULL
            ORDER BY fenced_until LIMIT 1
            """)
        .query((row, _) -> Columns.instant(row, "fenced_until"))
        .optional();
  }

  List<Vip> fencedUntil(Instant latest) {
    return vips(
        db.sql(
                SELECT
                    + """
                    WHERE vips.id IN (SELECT vip_id FROM bindings WHERE fenced_until <= :latest)
                    ORDER BY vips.id, ordinal
                    """)
            .param("latest", Columns.micros(latest)));
  }

  List<Vip> all() {
    return vips(db.sql(SELECT + "ORDER BY vips.id, ordinal"));
  }

  Page<Vip> page(AccountId owner, VipQuery query, VipQuery.@Nullable Place after, int limit) {
    VipSelection all = VipSelection.of(owner, query);
    VipSelection rest = all.behind(query, after);
    String order = VipSelection.order(query);
    return new Page<>(
        vips(
            db.sql(
                    SELECT
                        + """
                        WHERE vips.id IN (
                          SELECT id FROM vips WHERE %s ORDER BY %s LIMIT :limit)
                        ORDER BY %s, ordinal
                        """
                            .formatted(rest.condition(), order, order))
                .params(rest.parameters())
                .param("limit", limit)),
        db.sql("SELECT COUNT(*) FROM vips WHERE " + all.condition())
            .params(all.parameters())
            .query(Long.class)
            .single());
  }

  /** Joins the rows of each VIP, which must follow each other. */
  private static List<Vip> vips(JdbcClient.StatementSpec select) {
    return select.query(rows -> {
      List<Vip> vips = new ArrayList<>();
      String next = rows.next() ? rows.getString("id") : null;
      while (next != null) {
        VipId id = new VipId(next);
        Vip unbound = unbound(id, rows);
        List<Binding> bindings = new ArrayList<>();
        do {
          String vmId = rows.getString("vm_id");
          if (vmId != null) {
            bindings.add(binding(new VmId(vmId), rows));
          }
          next = rows.next() ? rows.getString("id") : null;
        } while (id.value().equals(next));
        vips.add(unbound.createdWith(bindings));
      }
      return vips;
    });
  }

  private static Vip unbound(VipId id, ResultSet row) throws SQLException {
    return new Vip(
        id,
        new AccountId(row.getString("account_id")),
        row.getString("name"),
        row.getString("remark"),
        Columns.value(VipType.class, row, "type"),
        new VpcId(row.getString("vpc_id")),
        new NetworkId(row.getString("network_id")),
        Columns.address(row, "address"),
        floating(row),
        List.of(),
        Columns.value(VipState.class, row, "state"),
        failure(row),
        row.getLong("version"),
        row.getLong("generation"),
        row.getLong("observed_generation"),
        Columns.instant(row, "generation_at"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }

  private static @Nullable Floating floating(ResultSet row) throws SQLException {
    String networkId = row.getString("floating_network_id");
    return networkId == null
        ? null
        : new Floating(new NetworkId(networkId), Columns.address(row, "floating_address"));
  }

  private static @Nullable Failure failure(ResultSet row) throws SQLException {
    return row.getString("failure_code") == null
        ? null
        : new Failure(
            Columns.value(Failure.Code.class, row, "failure_code"),
            row.getString("failure_message"));
  }

  private static Binding binding(VmId vmId, ResultSet row) throws SQLException {
    return new Binding(
        vmId,
        new NicId(row.getString("nic_id")),
        new NicId(row.getString("vrrp_nic_id")),
        row.getBoolean("vmac"),
        Columns.instantOrNull(row, "fenced_until"));
  }
}
