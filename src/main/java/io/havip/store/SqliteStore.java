package io.havip.store;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.DelegatingPreparedStatement;
import org.apache.commons.dbcp2.PoolingConnection;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The store of a single server: one SQLite database file.
 *
 * <p>It is in WAL mode, so readers see the last commit before they began and wait for nobody; with
 * {@code synchronous=FULL} every commit is synced to disk before it is acknowledged (sqlite.org,
 * "PRAGMA synchronous"). A lock file beside the database keeps a second server out: two would not
 * damage the database, but each believes that it alone drives the fabric.
 */
public final class SqliteStore {
  private static final int READERS_MAX = 4;
  private static final int BUSY_TIMEOUT_MS = 5_000;
  private static final int STATEMENTS_KEPT_MAX = 200;

  private SqliteStore() {}

  /**
   * Opens the database, makes it when it is not there, and brings its tables up to date.
   *
   * @param file in a directory that exists; SQLite and the lock keep more files beside it
   * @throws IllegalStateException when another server has it open
   * @throws java.io.UncheckedIOException when the directory cannot be written to
   */
  public static Store open(Path file) {
    DatabaseLock lock = DatabaseLock.take(file);
    try {
      SQLiteConfig writing = new SQLiteConfig();
      writing.setJournalMode(SQLiteConfig.JournalMode.WAL);
      writing.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      writing.enforceForeignKeys(true);
      writing.setBusyTimeout(BUSY_TIMEOUT_MS);
      DataSource database = database(file, writing);
      SqlStore.migrate(database, "classpath:db/migration");
      return new SqlStore(readers(file), database, Optional.empty(), lock::close);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static DataSource database(Path file, SQLiteConfig config) {
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return new DelegatingDataSource(database) {
      @Override
      public Connection getConnection() throws SQLException {
        return keepingStatements(super.getConnection());
      }
    };
  }

  /**
   * Prepares a statement once for as long as it is used again and again, which the driver does not;
   * it took a third of the time of showing or changing a VIP.
   */
  private static Connection keepingStatements(Connection connection) {
    PoolingConnection keeper = new PoolingConnection(connection);
    GenericKeyedObjectPoolConfig<DelegatingPreparedStatement> config =
        new GenericKeyedObjectPoolConfig<>();
    config.setMaxTotal(STATEMENTS_KEPT_MAX);
    config.setMaxTotalPerKey(-1); // who uses it twice at a time gets a second one
    config.setMaxIdlePerKey(1);
    config.setBlockWhenExhausted(false);
    config.setJmxEnabled(false);
    keeper.setStatementPool(new GenericKeyedObjectPool<>(keeper, config));
    return keeper;
  }

  private static HikariDataSource readers(Path file) {
    SQLiteConfig reading = new SQLiteConfig();
    reading.setReadOnly(true);
    reading.setBusyTimeout(BUSY_TIMEOUT_MS);
    return new HikariDataSource(SqlStore.readers(database(file, reading), READERS_MAX));
  }
}
