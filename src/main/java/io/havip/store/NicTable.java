package io.havip.store;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.json.Json;
import io.havip.net.Cidr;
import io.havip.net.MacAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** NICs, and what was seen of their ports. */
record NicTable(JdbcClient db) {
  private static final String SELECT =
      """
      SELECT id, vm_id, network_id, address, mac, port, allowed_sources, gateway, made_by_binding,
        (SELECT string_agg(vip_id, ',') FROM vip_senders WHERE nic_id = nics.id) AS sends_from_vip
      FROM nics
      """;

  /**
   * Adds a NIC behind the VM's others.
   *
   * @throws Refused with {@code IN_USE} when its port or MAC address is another's
   */
  void add(Nic nic) {
    int rows =
        db.sql(
                """
                INSERT INTO nics (id, vm_id, ordinal, network_id, address, mac, port,
                  allowed_sources, gateway, made_by_binding)
                VALUES (:id, :vmId,
                  (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM nics WHERE vm_id = :vmId),
                  :networkId, :address, :mac, :port, :allowedSources, :gateway, :madeByBinding)
                ON CONFLICT DO NOTHING
                """)
            .param("id", nic.id().value())
            .param("vmId", nic.vmId().value())
            .param("networkId", nic.networkId().value())
            .param("address", Columns.number(nic.address()))
            .param("mac", nic.mac().bits())
            .param("port", nic.port())
            .param("allowedSources", Json.MAPPER.writeValueAsString(nic.allowedSources()))
            .param("gateway", nic.gateway())
            .param("madeByBinding", nic.madeByBinding())
            .update();
    if (rows == 0) {
      throw taken(nic);
    }
    addSenders(nic);
  }

  /**
   * Replaces what may be changed of a NIC: its MAC address, its port, what it may send from, and
   * whether it is a gateway's.
   *
   * @throws Refused with {@code IN_USE} when its port or MAC address is another's
   */
  void update(Nic nic) {
    int others =
        db.sql(
                """
                SELECT COUNT(*) FROM nics
                WHERE id <> :id AND (port = :port OR (network_id = :networkId AND mac = :mac))
                """)
            .param("id", nic.id().value())
            .param("port", nic.port())
            .param("networkId", nic.networkId().value())
            .param("mac", nic.mac().bits())
            .query(Integer.class)
            .single();
    if (others > 0) {
      throw taken(nic);
    }
    db.sql(
            """
            UPDATE nics SET mac = :mac, port = :port, allowed_sources = :allowedSources,
              gateway = :gateway
            WHERE id = :id
            """)
        .param("id", nic.id().value())
        .param("mac", nic.mac().bits())
        .param("port", nic.port())
        .param("allowedSources", Json.MAPPER.writeValueAsString(nic.allowedSources()))
        .param("gateway", nic.gateway())
        .update();
    db.sql("DELETE FROM vip_senders WHERE nic_id = :id").param("id", nic.id().value()).update();
    addSenders(nic);
  }

  private void addSenders(Nic nic) {
    for (VipId vip : nic.sendsFromVip()) {
      db.sql("INSERT INTO vip_senders (nic_id, vip_id) VALUES (:nicId, :vipId)")
          .param("nicId", nic.id().value())
          .param("vipId", vip.value())
          .update();
    }
  }

  private static Refused taken(Nic nic) {
    return Refused.of(
        ErrorCode.IN_USE,
        "port "
            + nic.port()
            + " or "
            + nic.mac()
            + " is a NIC's already, or the VM has a NIC on the network");
  }

  /** By VIP, the NICs that may send from it without claiming it. */
  Map<VipId, List<Nic>> sendersFrom(Collection<VipId> ids) {
    Map<VipId, List<Nic>> senders = new HashMap<>();
    if (!ids.isEmpty()) {
      db.sql(
              SELECT
                  + "WHERE id IN (SELECT nic_id FROM vip_senders WHERE vip_id IN (:ids)) ORDER BY id")
          .param("ids", ids.stream().map(VipId::value).toList())
          .query((row, _) -> nic(row))
          .list()
          .forEach(nic ->
              nic.sendsFromVip()
                  .forEach(vip -> senders.computeIfAbsent(vip, _ -> new ArrayList<>()).add(nic)));
    }
    return senders;
  }

  void drop(NicId id) {
    db.sql("DELETE FROM nics WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Nic> find(NicId id) {
    return db.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> nic(row))
        .optional();
  }

  List<Nic> all() {
    return db.sql(SELECT + "ORDER BY id").query((row, _) -> nic(row)).list();
  }

  /** By VM, in the order in which they were added. */
  Map<VmId, List<Nic>> of(Collection<VmId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    return db
        .sql(SELECT + "WHERE vm_id IN (:ids) ORDER BY vm_id, ordinal")
        .param("ids", ids.stream().map(VmId::value).toList())
        .query((row, _) -> nic(row))
        .list()
        .stream()
        .collect(Collectors.groupingBy(Nic::vmId));
  }

  /** Whether an interface of the host is a NIC's port or a network's uplink. */
  boolean hasInterface(String name) {
    return db.sql(
            """
            SELECT 1 FROM nics WHERE port = :name
            UNION ALL SELECT 1 FROM networks WHERE uplink = :name
            LIMIT 1
            """)
        .param("name", name)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  Optional<Nic> withMac(NetworkId id, MacAddress mac) {
    return db.sql(SELECT + "WHERE network_id = :networkId AND mac = :mac")
        .param("networkId", id.value())
        .param("mac", mac.bits())
        .query((row, _) -> nic(row))
        .optional();
  }

  /** Notes what was seen; of a NIC that is gone, nothing. */
  void put(NicId id, NicStatus status) {
    db.sql("UPDATE nics SET attached = :attached, up = :up WHERE id = :id")
        .param("id", id.value())
        .param("attached", status.attached())
        .param("up", status.up())
        .update();
  }

  Map<NicId, NicStatus> status(Collection<NicId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    return statusMap(
        db.sql("SELECT id, attached, up FROM nics WHERE attached IS NOT NULL AND id IN (:ids)")
            .param("ids", ids.stream().map(NicId::value).toList()));
  }

  Map<NicId, NicStatus> allStatus() {
    return statusMap(db.sql("SELECT id, attached, up FROM nics WHERE attached IS NOT NULL"));
  }

  private static Map<NicId, NicStatus> statusMap(JdbcClient.StatementSpec select) {
    Map<NicId, NicStatus> status = new HashMap<>();
    select.query(row -> {
      status.put(
          new NicId(row.getString("id")),
          new NicStatus(row.getBoolean("attached"), row.getBoolean("up")));
    });
    return status;
  }

  private static Nic nic(ResultSet row) throws SQLException {
    return new Nic(
        new NicId(row.getString("id")),
        new VmId(row.getString("vm_id")),
        new NetworkId(row.getString("network_id")),
        Columns.addressOrNull(row, "address"),
        Columns.mac(row, "mac"),
        row.getString("port"),
        allowedSources(row),
        row.getBoolean("gateway"),
        sendsFromVip(row),
        row.getBoolean("made_by_binding"));
  }

  private static Set<VipId> sendsFromVip(ResultSet row) throws SQLException {
    String vips = row.getString("sends_from_vip");
    return vips == null
        ? Set.of()
        : Stream.of(vips.split(",")).map(VipId::new).collect(Collectors.toSet());
  }

  private static List<Cidr> allowedSources(ResultSet row) throws SQLException {
    return Json.MAPPER.readValue(row.getString("allowed_sources"), new TypeReference<>() {});
  }
}
