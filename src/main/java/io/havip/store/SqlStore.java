package io.havip.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.havip.decision.Decision;
import io.havip.error.StoreUnavailable;
import io.havip.id.Id;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A store in tables: all that does not depend on which database it is. */
final class SqlStore implements Store {
  private final HikariDataSource readers;
  private final Writer writer;
  private final Optional<PostgresPeers> peers;
  private final Runnable released;

  /**
   * Takes over the pool.
   *
   * @param readers its connections are read-only, and their transactions see one moment
   * @param peers are told of every commit
   * @param released what to do when the last connection is closed
   */
  SqlStore(
      HikariDataSource readers,
      DataSource writing,
      Optional<PostgresPeers> peers,
      Runnable released) {
    this.readers = readers;
    this.peers = peers;
    this.writer = new Writer(writing, this::tell);
    this.released = released;
  }

  private void tell(Connection writing, long revision, Set<Id> wakes) throws SQLException {
    if (peers.isPresent()) {
      peers.get().tell(writing, revision, wakes);
    }
  }

  /**
   * Brings the tables up to date.
   *
   * @param migrations where they are, on the class path
   * @throws IllegalStateException when that fails
   */
  static void migrate(DataSource database, String... migrations) {
    try {
      Flyway.configure().dataSource(database).locations(migrations).load().migrate();
    } catch (FlywayException e) {
      throw new IllegalStateException(
          "the tables of the database cannot be brought up to date: " + e.getMessage(), e);
    }
  }

  static HikariConfig readers(DataSource database, int connectionsMax) {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(database);
    pool.setPoolName("store-readers");
    pool.setMaximumPoolSize(connectionsMax);
    pool.setReadOnly(true);
    pool.setAutoCommit(false);
    return pool;
  }

  @Override
  public <T> T read(Function<? super Reader, ? extends T> query) {
    try (Connection connection = readers.getConnection()) {
      try {
        JdbcClient db = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        return query.apply(new TablesReader(Tables.over(db)));
      } finally {
        connection.rollback();
      }
    } catch (SQLException | DataAccessResourceFailureException e) {
      throw StoreUnavailable.nothingChanged(e);
    }
  }

  @Override
  public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
    return writer.write(decide);
  }

  @Override
  public void onCommit(CommitListener listener) {
    writer.onCommit(listener);
  }

  @Override
  public Optional<Peers> peers() {
    return peers.map(it -> it);
  }

  @Override
  public void close() {
    writer.close();
    peers.ifPresent(PostgresPeers::close);
    readers.close();
    released.run();
  }
}
