package io.havip.store;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How values stand in columns. */
final class Columns {
  private Columns() {}

  /** Microseconds since 1970 in UTC. */
  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return Instant.EPOCH.plus(row.getLong(column), ChronoUnit.MICROS);
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Instant.EPOCH.plus(value, ChronoUnit.MICROS);
  }

  static @Nullable Long number(@Nullable Ipv4Address address) {
    return address == null ? null : address.toLong();
  }

  static Ipv4Address address(ResultSet row, String column) throws SQLException {
    return Ipv4Address.ofLong(row.getLong(column));
  }

  static @Nullable Ipv4Address addressOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Ipv4Address.ofLong(value);
  }

  static MacAddress mac(ResultSet row, String column) throws SQLException {
    return new MacAddress(row.getLong(column));
  }

  /** The name in lower case. */
  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E value(Class<E> type, ResultSet row, String column)
      throws SQLException {
    return Enum.valueOf(type, row.getString(column).toUpperCase(Locale.ROOT));
  }
}
