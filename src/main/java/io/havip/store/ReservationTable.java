package io.havip.store;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Reservation;
import io.havip.net.AddressRange;
import io.havip.net.Ipv4Address;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which address is whose. */
record ReservationTable(JdbcClient db) {
  private static final String CONFLICTS =
      """
      SELECT network_id, address, holder, conflict_since, conflict_mac, conflict_port
      FROM reservations WHERE conflict_since IS NOT NULL
      """;

  /**
   * Takes an address.
   *
   * @param asked see {@link AddressStatus}
   * @throws Refused with {@code ADDRESS_TAKEN} when somebody has it
   */
  void reserve(Reservation reservation, boolean asked) {
    int rows =
        db.sql(
                """
                INSERT INTO reservations (network_id, address, holder, asked)
                VALUES (:networkId, :address, :holder, :asked)
                ON CONFLICT (network_id, address) DO NOTHING
                """)
            .param("networkId", reservation.networkId().value())
            .param("address", reservation.address().toLong())
            .param("holder", reservation.holder().value())
            .param("asked", asked)
            .update();
    if (rows == 0) {
      throw Refused.field(
          "address",
          ErrorCode.ADDRESS_TAKEN,
          reservation.address() + " is in use; choose another or leave it out");
    }
  }

  void release(Reservation reservation) {
    db.sql(
            """
            DELETE FROM reservations
            WHERE network_id = :networkId AND address = :address AND holder = :holder
            """)
        .param("networkId", reservation.networkId().value())
        .param("address", reservation.address().toLong())
        .param("holder", reservation.holder().value())
        .update();
  }

  /** Replaces what is known about an address; of one that was released, nothing. */
  void put(Reservation reservation, AddressStatus status) {
    AddressConflict conflict = status.conflict();
    db.sql(
            """
            UPDATE reservations SET asked = :asked, conflict_since = :since, conflict_mac = :mac,
              conflict_port = :port
            WHERE network_id = :networkId AND address = :address AND holder = :holder
            """)
        .param("networkId", reservation.networkId().value())
        .param("address", reservation.address().toLong())
        .param("holder", reservation.holder().value())
        .param("asked", status.asked())
        .param("since", conflict == null ? null : Columns.micros(conflict.since()))
        .param("mac", conflict == null ? null : conflict.mac().bits())
        .param("port", conflict == null ? null : conflict.port())
        .update();
  }

  /** What is known about an address; nothing when its holder released it. */
  Optional<AddressStatus> status(Reservation reservation) {
    return db.sql(
            """
            SELECT asked, conflict_since, conflict_mac, conflict_port FROM reservations
            WHERE network_id = :networkId AND address = :address AND holder = :holder
            """)
        .param("networkId", reservation.networkId().value())
        .param("address", reservation.address().toLong())
        .param("holder", reservation.holder().value())
        .query((row, _) -> new AddressStatus(row.getBoolean("asked"), conflictOrNull(row)))
        .optional();
  }

  /** The NICs for whose address HAVIP must ask first. */
  Set<NicId> unasked() {
    return db.sql("SELECT holder FROM reservations WHERE NOT asked")
        .query((row, _) -> new NicId(row.getString("holder")))
        .set();
  }

  /** By reserved address, the conflicts of some holders. */
  Map<Reservation, AddressConflict> conflicts(Collection<? extends Id> holders) {
    return holders.isEmpty()
        ? Map.of()
        : conflicts(
            db.sql(CONFLICTS + " AND holder IN (:holders)")
                .param("holders", holders.stream().map(Id::value).toList()));
  }

  Map<Reservation, AddressConflict> allConflicts() {
    return conflicts(db.sql(CONFLICTS));
  }

  private static Map<Reservation, AddressConflict> conflicts(JdbcClient.StatementSpec select) {
    Map<Reservation, AddressConflict> conflicts = new HashMap<>();
    select.query(row -> {
      conflicts.put(
          new Reservation(
              new NetworkId(row.getString("network_id")),
              Columns.address(row, "address"),
              holder(row.getString("holder"))),
          Objects.requireNonNull(conflictOrNull(row)));
    });
    return conflicts;
  }

  private static @Nullable AddressConflict conflictOrNull(ResultSet row) throws SQLException {
    Instant since = Columns.instantOrNull(row, "conflict_since");
    return since == null
        ? null
        : new AddressConflict(
            since, Columns.mac(row, "conflict_mac"), row.getString("conflict_port"));
  }

  Optional<Reservation> find(NetworkId id, Ipv4Address address) {
    return db.sql(
            "SELECT holder FROM reservations WHERE network_id = :networkId AND address = :address")
        .param("networkId", id.value())
        .param("address", address.toLong())
        .query((row, _) -> new Reservation(id, address, holder(row.getString("holder"))))
        .optional();
  }

  /**
   * The address behind the highest that is in use, or else the lowest gap.
   *
   * @param ranges ascending
   */
  Optional<Ipv4Address> free(NetworkId id, List<AddressRange> ranges) {
    OptionalLong free = behindHighest(id, ranges);
    for (int i = 0; free.isEmpty() && i < ranges.size(); i++) {
      free = lowestGap(id, ranges.get(i));
    }
    return free.isEmpty() ? Optional.empty() : Optional.of(Ipv4Address.ofLong(free.getAsLong()));
  }

  /** How many addresses of the ranges are taken. */
  long taken(NetworkId id, List<AddressRange> ranges) {
    return ranges.stream()
        .mapToLong(range -> count(id, range.first().toLong(), range.last().toLong()))
        .sum();
  }

  private OptionalLong behindHighest(NetworkId id, List<AddressRange> ranges) {
    long next =
        db.sql(
                """
                SELECT COALESCE(MAX(address) + 1, 0) FROM reservations
                WHERE network_id = :networkId
                """)
            .param("networkId", id.value())
            .query(Long.class)
            .single();
    return ranges.stream()
        .filter(range -> range.last().toLong() >= next)
        .mapToLong(range -> Math.max(range.first().toLong(), next))
        .findFirst();
  }

  /**
   * Halves the range: its lower half has a gap when it has fewer reservations than addresses. With
   * n reservations the lowest gap is among the first n + 1 addresses, so that even in the largest
   * network no more than about 2n index entries are counted, which takes a fifth of the time that
   * looking for each address's successor would.
   */
  private OptionalLong lowestGap(NetworkId id, AddressRange range) {
    long low = range.first().toLong();
    long taken = count(id, low, range.last().toLong());
    if (taken == range.last().toLong() - low + 1) {
      return OptionalLong.empty();
    }
    long high = low + taken;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (count(id, low, middle) == middle - low + 1) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return OptionalLong.of(low);
  }

  private long count(NetworkId id, long first, long last) {
    return db.sql(
            """
            SELECT COUNT(*) FROM reservations
            WHERE network_id = :networkId AND address BETWEEN :first AND :last
            """)
        .param("networkId", id.value())
        .param("first", first)
        .param("last", last)
        .query(Long.class)
        .single();
  }

  private static Id holder(String value) {
    return value.startsWith("nic-") ? new NicId(value) : new VipId(value);
  }
}
