package io.havip.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be configured: the one table that flags, environment variables and the file
 * are read by. One name makes all three: {@code data-dir} in the file, {@code HAVIP_DATA_DIR},
 * {@code --data-dir}.
 */
enum Setting {
  DATA_DIR(
      "/var/lib/havip",
      "directory",
      "Where the embedded database is, and what the next boot begins with."),
  DATABASE(
      "jdbc:postgresql:\\S+",
      "give jdbc:postgresql://HOST:PORT/NAME",
      null,
      "URL",
      "A PostgreSQL database instead of the embedded one: jdbc:postgresql://HOST:PORT/NAME."),
  DATABASE_USER(null, "name", "The user of the PostgreSQL database."),
  DATABASE_PASSWORD(
      null,
      "text",
      "The user's password. As a flag it shows in the list of processes; better use a file."),
  DATABASE_PASSWORD_FILE(
      null, "file", "A file whose first line is the user's password, instead of it."),
  SERVER_NAME(
      null,
      "name",
      "What events and logs call this server, where several share a database; the host's name"
          + " unless it is set."),
  LISTEN(
      "[A-Za-z0-9.:%-]+",
      "give an IP address or the name of a host",
      "127.0.0.1",
      "address",
      "The address to listen on; 0.0.0.0 or :: for all."),
  PORT(0, 65_535, "8470", "TCP port", "The port to listen on; 0 for any free one."),
  VMS_PER_VIP(1, 16, "3", "VMs", "How many VMs may be bound to one VIP."),
  VIPS_PER_VM(
      1, 64, "5", "VIPs", "How many VIPs one VM may be bound to, internal and external together."),
  PROBE_PERIOD(
      3,
      3_600,
      "5",
      "seconds",
      "Within which a holder that answers no more is noticed: the VMs of a VIP are asked that"
          + " often."),
  EVENTS_PER_VIP(
      10,
      10_000_000,
      "10000",
      "events",
      "How many events are kept of each VIP, and of each account about no VIP; the oldest go."),
  EVENT_HEARTBEAT(
      1, 3_600, "15", "seconds", "After how long without an event a follower is sent a heartbeat."),
  CLIENT_TIMEOUT(
      1,
      3_600,
      "20",
      "seconds",
      "How long the server waits for a client that neither sends what it began nor reads what it is"
          + " sent, before it cuts it off."),
  SESSION_LIFETIME(
      1,
      31_536_000,
      "43200",
      "seconds",
      "After how long a browser has to sign in to the console again."),
  WEBHOOKS_TO_THIS_HOST(
      "true|false",
      "give true or false",
      "false",
      "true or false",
      "Whether webhooks may call the server's own host."),
  SHUTDOWN_GRACE(
      1,
      3_600,
      "30",
      "seconds",
      "How long requests may go on running when the server is told to stop."),
  LOG_LEVEL(
      "error|warn|info|debug",
      "give one of error, warn, info, debug",
      "info",
      "level",
      "What is logged; debug also has a line for each request that reads.");

  private final Pattern values;
  private final long min;
  private final long max;
  private final String wayOut;
  private final @Nullable String defaultValue;
  private final String unit;
  private final String meaning;

  /** A text of one line. */
  Setting(@Nullable String defaultValue, String unit, String meaning) {
    this("[^\\p{Cntrl}]*\\S[^\\p{Cntrl}]*", "give a text of one line", defaultValue, unit, meaning);
  }

  /** A text of a certain form. */
  Setting(
      String values, String wayOut, @Nullable String defaultValue, String unit, String meaning) {
    this.values = Pattern.compile(values);
    this.min = Long.MIN_VALUE;
    this.max = Long.MAX_VALUE;
    this.wayOut = wayOut;
    this.defaultValue = defaultValue;
    this.unit = unit;
    this.meaning = meaning;
  }

  /** A whole number. */
  Setting(long min, long max, String defaultValue, String unit, String meaning) {
    this.values = Pattern.compile("[0-9]{1,9}");
    this.min = min;
    this.max = max;
    this.wayOut = "give a whole number from %d to %d".formatted(min, max);
    this.defaultValue = defaultValue;
    this.unit = unit;
    this.meaning = meaning;
  }

  /** In the file: {@code data-dir}. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** In the environment: {@code HAVIP_DATA_DIR}. */
  String variable() {
    return "HAVIP_" + name();
  }

  /** As an argument: {@code --data-dir}. */
  String flag() {
    return "--" + key();
  }

  /** What it is when nobody says; some are nothing then. */
  Optional<String> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /** What a value counts or names. */
  String unit() {
    return unit;
  }

  String meaning() {
    return meaning;
  }

  /** What to do about a value that cannot be; nothing when it can. */
  Optional<String> wayOut(String value) {
    return isPossible(value) ? Optional.empty() : Optional.of(wayOut);
  }

  private boolean isPossible(String value) {
    if (!values.matcher(value).matches()) {
      return false;
    }
    if (min == Long.MIN_VALUE) {
      return true;
    }
    long number = Long.parseLong(value);
    return min <= number && number <= max;
  }

  /** A value as it may be shown to whoever reads a terminal or a log. */
  String shown(String value) {
    return switch (this) {
      case DATABASE_PASSWORD -> "(hidden)";
      // A password may be among the parameters.
      case DATABASE -> value.replaceFirst("[?].*", "?(hidden)");
      default -> value;
    };
  }

  static Optional<Setting> ofKey(String key) {
    return all().stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  static List<Setting> all() {
    return Arrays.asList(values());
  }
}
