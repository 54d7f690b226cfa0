package io.havip.store;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VpcId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Network;
import io.havip.inventory.NetworkPolicy;
import io.havip.inventory.NetworkUse;
import io.havip.inventory.Sharing;
import io.havip.inventory.Subnet;
import io.havip.json.Json;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.MacAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Subnets and external networks. */
record NetworkTable(JdbcClient db) {
  private static final int SEGMENT_MAX = 65_535;
  private static final String SELECT =
      """
      SELECT id, account_id, vpc_id, segment, name, cidr, gateway, reserved, uplink, logical_switch,
        enforcement, policy, shared, version, created_at, updated_at,
        (SELECT string_agg(account_id, ',') FROM network_accounts WHERE network_id = networks.id)
          AS accounts
      FROM networks
      """;

  void put(Network network) {
    switch (network) {
      case Subnet subnet ->
          put(
              subnet,
              subnet.accountId().value(),
              subnet.vpcId().value(),
              true,
              Columns.micros(subnet.createdAt()),
              Columns.micros(subnet.updatedAt()),
              subnet.version());
      case ExternalNetwork external -> {
        put(
            external,
            null,
            null,
            external.sharing().shared(),
            Columns.micros(external.createdAt()),
            Columns.micros(external.updatedAt()),
            external.version());
        putAccounts(external);
      }
    }
  }

  private void put(
      Network network,
      @Nullable String accountId,
      @Nullable String vpcId,
      boolean shared,
      long createdAt,
      long updatedAt,
      long version) {
    db.sql(
            """
            INSERT INTO networks (id, account_id, vpc_id, segment, name, cidr, gateway, reserved,
              uplink, logical_switch, enforcement, policy, shared, version, created_at,
              updated_at)
            VALUES (:id, :accountId, :vpcId, :segment, :name, :cidr, :gateway, :reserved,
              :uplink, :logicalSwitch, :enforcement, :policy, :shared, :version, :createdAt,
              :updatedAt)
            ON CONFLICT (id) DO UPDATE SET
              account_id = excluded.account_id, vpc_id = excluded.vpc_id,
              segment = excluded.segment, name = excluded.name, cidr = excluded.cidr,
              gateway = excluded.gateway, reserved = excluded.reserved, uplink = excluded.uplink,
              logical_switch = excluded.logical_switch, enforcement = excluded.enforcement,
              policy = excluded.policy, shared = excluded.shared,
              version = excluded.version, created_at = excluded.created_at,
              updated_at = excluded.updated_at
            """)
        .param("id", network.id().value())
        .param("accountId", accountId)
        .param("vpcId", vpcId)
        .param("segment", network.segment())
        .param("name", network.name())
        .param("cidr", network.cidr().toString())
        .param("gateway", Columns.number(network.gateway()))
        .param("reserved", Json.MAPPER.writeValueAsString(network.reserved()))
        .param("uplink", network.uplink())
        .param("logicalSwitch", network.logicalSwitch())
        .param("enforcement", Columns.name(network.enforcement()))
        .param("policy", Json.MAPPER.writeValueAsString(network.policy()))
        .param("shared", shared)
        .param("version", version)
        .param("createdAt", createdAt)
        .param("updatedAt", updatedAt)
        .update();
  }

  private void putAccounts(ExternalNetwork network) {
    db.sql("DELETE FROM network_accounts WHERE network_id = :id")
        .param("id", network.id().value())
        .update();
    for (AccountId account : network.sharing().accounts()) {
      db.sql("INSERT INTO network_accounts (network_id, account_id) VALUES (:id, :account)")
          .param("id", network.id().value())
          .param("account", account.value())
          .update();
    }
  }

  /** Of a network that is gone, nothing. */
  void putLearntGatewayMac(NetworkId id, MacAddress mac) {
    db.sql(
            """
            INSERT INTO network_observations (network_id, gateway_mac)
            SELECT id, :mac FROM networks WHERE id = :id
            ON CONFLICT (network_id) DO UPDATE SET gateway_mac = excluded.gateway_mac
            """)
        .param("id", id.value())
        .param("mac", mac.bits())
        .update();
  }

  Optional<MacAddress> learntGatewayMac(NetworkId id) {
    return db.sql("SELECT gateway_mac FROM network_observations WHERE network_id = :id")
        .param("id", id.value())
        .query((row, _) -> Columns.mac(row, "gateway_mac"))
        .optional();
  }

  /** Of a network that is gone, nothing. */
  void putOutsideVrids(NetworkId id, Set<Integer> vrids) {
    db.sql("DELETE FROM outside_vrids WHERE network_id = :id").param("id", id.value()).update();
    for (int vrid : vrids) {
      db.sql(
              """
              INSERT INTO outside_vrids (network_id, vrid)
              SELECT id, :vrid FROM networks WHERE id = :id
              """)
          .param("id", id.value())
          .param("vrid", vrid)
          .update();
    }
  }

  Set<Integer> outsideVrids(NetworkId id) {
    return db.sql("SELECT vrid FROM outside_vrids WHERE network_id = :id")
        .param("id", id.value())
        .query((row, _) -> row.getInt("vrid"))
        .set();
  }

  void drop(NetworkId id) {
    db.sql("DELETE FROM networks WHERE id = :id").param("id", id.value()).update();
  }

  Optional<Network> find(NetworkId id) {
    return db.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> network(row))
        .optional();
  }

  List<Network> all() {
    return db.sql(SELECT + "ORDER BY id").query((row, _) -> network(row)).list();
  }

  Page<Subnet> subnets(AccountId owner, InventoryQuery query, @Nullable String after, int limit) {
    InventorySelection all = InventorySelection.of(owner, query);
    return new Page<>(
        db.sql(
                SELECT
                    + "WHERE %s AND id > :after ORDER BY id LIMIT :limit"
                        .formatted(all.condition()))
            .params(all.parameters())
            .param("after", after == null ? "" : after)
            .param("limit", limit)
            .query((row, _) -> subnet(row))
            .list(),
        db.sql("SELECT COUNT(*) FROM networks WHERE " + all.condition())
            .params(all.parameters())
            .query(Long.class)
            .single());
  }

  Page<ExternalNetwork> externalNetworks(
      @Nullable AccountId grantedTo, @Nullable String after, int limit) {
    String condition = "WHERE account_id IS NULL ";
    Map<String, Object> parameters = new HashMap<>();
    if (grantedTo != null) {
      condition +=
          """
          AND (shared OR id IN (
            SELECT network_id FROM network_accounts WHERE account_id = :grantedTo))
          """;
      parameters.put("grantedTo", grantedTo.value());
    }
    return new Page<>(
        db.sql(SELECT + condition + "AND id > :after ORDER BY id LIMIT :limit")
            .params(parameters)
            .param("after", after == null ? "" : after)
            .param("limit", limit)
            .query((row, _) -> external(row))
            .list(),
        db.sql("SELECT COUNT(*) FROM networks " + condition)
            .params(parameters)
            .query(Long.class)
            .single());
  }

  List<Cidr> cidrsOf(VpcId id) {
    return db.sql("SELECT cidr FROM networks WHERE vpc_id = :id ORDER BY id")
        .param("id", id.value())
        .query((row, _) -> Cidr.parse(row.getString("cidr")))
        .list();
  }

  boolean isInUse(NetworkId id) {
    return db.sql(
            """
            SELECT 1 FROM nics WHERE network_id = :id
            UNION ALL SELECT 1 FROM vips WHERE network_id = :id OR floating_network_id = :id
            LIMIT 1
            """)
        .param("id", id.value())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  List<NetworkUse> usesByOthers(NetworkId id, Set<AccountId> accounts, int limit) {
    String others = accounts.isEmpty() ? "" : " AND account_id NOT IN (:accounts)";
    return db.sql(
            """
            SELECT nics.id, account_id, name FROM nics JOIN vms ON vms.id = vm_id
            WHERE nics.network_id = :id %1$s
            UNION ALL
            SELECT id, account_id, name FROM vips
            WHERE (network_id = :id OR floating_network_id = :id) %1$s
            ORDER BY id LIMIT :limit
            """
                .formatted(others))
        .param("id", id.value())
        .param("accounts", accounts.stream().map(AccountId::value).toList())
        .param("limit", limit)
        .query((row, _) -> networkUse(row))
        .list();
  }

  private static NetworkUse networkUse(ResultSet row) throws SQLException {
    String id = row.getString("id");
    return new NetworkUse(
        new AccountId(row.getString("account_id")),
        id.startsWith("nic-") ? new NicId(id) : new VipId(id),
        row.getString("name"));
  }

  boolean isLogicalSwitchTaken(String name) {
    return db.sql("SELECT 1 FROM networks WHERE logical_switch = :name")
        .param("name", name)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /**
   * The number behind the highest, so that a number which just became free rests; or else a gap.
   */
  Optional<Integer> freeSegment() {
    int highest =
        db.sql("SELECT COALESCE(MAX(segment), 0) FROM networks").query(Integer.class).single();
    return highest < SEGMENT_MAX ? Optional.of(highest + 1) : lowestSegmentGap();
  }

  private Optional<Integer> lowestSegmentGap() {
    return db.sql(
            """
            SELECT free FROM (
              SELECT 1 AS free UNION ALL SELECT segment + 1 FROM networks WHERE segment < :max
            ) AS candidates
            WHERE NOT EXISTS (SELECT 1 FROM networks WHERE segment = candidates.free)
            ORDER BY free LIMIT 1
            """)
        .param("max", SEGMENT_MAX)
        .query(Integer.class)
        .optional();
  }

  private static Network network(ResultSet row) throws SQLException {
    return row.getString("vpc_id") == null ? external(row) : subnet(row);
  }

  private static Subnet subnet(ResultSet row) throws SQLException {
    return new Subnet(
        new NetworkId(row.getString("id")),
        new AccountId(row.getString("account_id")),
        new VpcId(row.getString("vpc_id")),
        row.getInt("segment"),
        row.getString("name"),
        Cidr.parse(row.getString("cidr")),
        Columns.addressOrNull(row, "gateway"),
        reserved(row),
        row.getString("uplink"),
        row.getString("logical_switch"),
        enforcement(row),
        policy(row),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }

  private static ExternalNetwork external(ResultSet row) throws SQLException {
    return new ExternalNetwork(
        new NetworkId(row.getString("id")),
        row.getInt("segment"),
        row.getString("name"),
        Cidr.parse(row.getString("cidr")),
        Columns.address(row, "gateway"),
        reserved(row),
        row.getString("uplink"),
        row.getString("logical_switch"),
        enforcement(row),
        policy(row),
        sharing(row),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }

  private static Enforcement enforcement(ResultSet row) throws SQLException {
    return Columns.value(Enforcement.class, row, "enforcement");
  }

  private static NetworkPolicy policy(ResultSet row) throws SQLException {
    String json = row.getString("policy");
    return json == null ? NetworkPolicy.DEFAULT : Json.MAPPER.readValue(json, NetworkPolicy.class);
  }

  private static Sharing sharing(ResultSet row) throws SQLException {
    String accounts = row.getString("accounts");
    return new Sharing(
        row.getBoolean("shared"),
        accounts == null
            ? Set.of()
            : Stream.of(accounts.split(",")).map(AccountId::new).collect(Collectors.toSet()));
  }

  private static List<AddressRange> reserved(ResultSet row) throws SQLException {
    return Json.MAPPER.readValue(row.getString("reserved"), new TypeReference<>() {});
  }
}
