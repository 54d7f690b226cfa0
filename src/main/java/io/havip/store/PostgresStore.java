package io.havip.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The store of any number of servers: one PostgreSQL database, version 15 or newer.
 *
 * <p>Reads are read-only REPEATABLE READ transactions, which see one moment and wait for nobody.
 * Writes are READ COMMITTED: the first statement of each waits for the row that every other writer,
 * here or on another server, holds until its commit, and the statements behind it see that commit
 * (postgresql.org, "Transaction Isolation").
 *
 * <p>A server that vanishes in the middle of a write must not stop the others for long: PostgreSQL
 * ends a transaction that is idle for {@value #IDLE_IN_TRANSACTION_MAX_MS} ms. That is shorter than
 * what is left of a leader's lease when it misses its first renewal, so that who leads next does
 * not wait for a write of who led before.
 */
public final class PostgresStore {
  private static final int VERSION_MIN = 15;
  private static final int READERS_MAX = 8;
  private static final int CONNECT_TIMEOUT_S = 5;

  /** The longest that a reader waits for a connection while there is none. */
  private static final int CONNECTION_WAIT_MAX_MS = 5_000;

  /** The longest that a statement may take; then the connection counts as lost. */
  private static final int ANSWER_MAX_S = 30;

  private static final int IDLE_IN_TRANSACTION_MAX_MS = 2_000;

  private PostgresStore() {}

  /**
   * Opens the database, which must exist, and brings its tables up to date.
   *
   * @param url {@code jdbc:postgresql://host:port/database}, with any parameter that the driver
   *     knows; several hosts, separated by commas, when a standby may take over
   * @param user what the URL says when absent
   * @param password what the URL says when absent
   * @throws IllegalStateException when it cannot be reached or used
   */
  public static Store open(String url, @Nullable String user, @Nullable String password) {
    PGSimpleDataSource database = database(url, user, password);
    try (Connection connection = database.getConnection()) {
      check(connection);
    } catch (SQLException e) {
      throw unusable(url, String.valueOf(e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw unusable(url, String.valueOf(e.getMessage()), e);
    }
    SqlStore.migrate(database, "classpath:db/migration", "classpath:db/postgresql");
    try {
      PostgresPeers peers = PostgresPeers.start(database(url, user, password));
      return new SqlStore(readers(database), database, Optional.of(peers), () -> {});
    } catch (SQLException e) {
      throw unusable(url, String.valueOf(e.getMessage()), e);
    }
  }

  private static PGSimpleDataSource database(
      String url, @Nullable String user, @Nullable String password) {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setApplicationName("havip");
    database.setTargetServerType("primary");
    database.setConnectTimeout(CONNECT_TIMEOUT_S);
    database.setSocketTimeout(ANSWER_MAX_S);
    database.setTcpKeepAlive(true);
    database.setOptions(
        "-c default_transaction_isolation=read\\ committed -c idle_in_transaction_session_timeout="
            + IDLE_IN_TRANSACTION_MAX_MS);
    try {
      // What the URL says counts more than what was set above.
      database.setUrl(url);
    } catch (IllegalArgumentException e) {
      throw unusable(url, "give its URL as jdbc:postgresql://host:port/database", e);
    }
    if (user != null) {
      database.setUser(user);
    }
    if (password != null) {
      database.setPassword(password);
    }
    return database;
  }

  private static void check(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < VERSION_MIN) {
      throw new IllegalStateException(
          "it is PostgreSQL " + version + ", and HAVIP needs " + VERSION_MIN + " or newer");
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_encoding")) {
      row.next();
      String encoding = row.getString(1);
      if (!encoding.equals("UTF8")) {
        throw new IllegalStateException(
            "its encoding is "
                + encoding
                + "; make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0");
      }
    }
  }

  /** The parameters of the URL stay out of it, because a password may be among them. */
  private static IllegalStateException unusable(String url, String why, Exception cause) {
    return new IllegalStateException(
        "cannot use the database " + url.replaceFirst("[?].*", "") + ": " + why, cause);
  }

  private static HikariDataSource readers(PGSimpleDataSource database) {
    HikariConfig pool = SqlStore.readers(database, READERS_MAX);
    pool.setMinimumIdle(1);
    pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    pool.setConnectionTimeout(CONNECTION_WAIT_MAX_MS);
    return new HikariDataSource(pool);
  }
}
