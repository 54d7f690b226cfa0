package io.havip.store;

import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.json.Json;
import io.havip.vip.AuthPass;
import io.havip.vip.VirtualRouter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** VRIDs and passwords of VIPs, and which VMs a VM's configuration names. */
record VirtualRouterTable(JdbcClient db) {
  private static final String SELECT =
      """
      SELECT vip_id, network_id, vrid, auth_pass, configured, previous_vrid FROM virtual_routers
      """;

  void put(VirtualRouter router) {
    db.sql(
            """
            INSERT INTO virtual_routers (vip_id, network_id, vrid, auth_pass, configured,
              previous_vrid)
            VALUES (:vipId, :networkId, :vrid, :authPass, :configured, :previousVrid)
            ON CONFLICT (vip_id) DO UPDATE SET
              network_id = excluded.network_id, vrid = excluded.vrid,
              auth_pass = excluded.auth_pass, configured = excluded.configured,
              previous_vrid = excluded.previous_vrid
            """)
        .param("vipId", router.vipId().value())
        .param("networkId", router.networkId().value())
        .param("vrid", router.vrid())
        .param("authPass", router.authPass().secret())
        .param("configured", Json.MAPPER.writeValueAsString(router.configured()))
        .param("previousVrid", router.previousVrid())
        .update();
  }

  Map<VipId, VirtualRouter> of(Collection<VipId> ids) {
    return ids.isEmpty()
        ? Map.of()
        : byVip(
            db.sql(SELECT + "WHERE vip_id IN (:ids)")
                .param("ids", ids.stream().map(VipId::value).toList()));
  }

  Map<VipId, VirtualRouter> all() {
    return byVip(db.sql(SELECT));
  }

  private static Map<VipId, VirtualRouter> byVip(JdbcClient.StatementSpec select) {
    return select.query((row, _) -> router(row)).list().stream()
        .collect(Collectors.toMap(VirtualRouter::vipId, Function.identity()));
  }

  Set<Integer> vrids(NetworkId id, VipId except) {
    return Set.copyOf(
        db.sql(
                """
                SELECT vrid
                FROM virtual_routers JOIN vips ON vips.id = vip_id
                WHERE (virtual_routers.network_id = :id OR vips.network_id = :id)
                  AND vip_id <> :except
                UNION SELECT previous_vrid
                FROM virtual_routers JOIN vips ON vips.id = vip_id
                WHERE (virtual_routers.network_id = :id OR vips.network_id = :id)
                  AND vip_id <> :except AND previous_vrid IS NOT NULL
                """)
            .param("id", id.value())
            .param("except", except.value())
            .query(Integer.class)
            .list());
  }

  private static VirtualRouter router(ResultSet row) throws SQLException {
    Map<String, List<NicId>> configured =
        Json.MAPPER.readValue(row.getString("configured"), new TypeReference<>() {});
    return new VirtualRouter(
        new VipId(row.getString("vip_id")),
        new NetworkId(row.getString("network_id")),
        row.getInt("vrid"),
        new AuthPass(row.getString("auth_pass")),
        configured.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> new VmId(entry.getKey()), entry -> Set.copyOf(entry.getValue()))),
        row.getObject("previous_vrid") == null ? null : row.getInt("previous_vrid"));
  }
}
