package io.havip.store;

import io.havip.decision.Decision;
import io.havip.id.Id;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A connection on which decisions are made and written. Each but the first of a commit is in a
 * savepoint of its own; the first needs none, because to undo it is to undo everything.
 */
final class WriteTransaction implements AutoCloseable {
  /** A connection that was used within this time is taken for alive without asking. */
  private static final Duration ALIVE = Duration.ofSeconds(1);

  private static final int ALIVE_ANSWER_MAX_S = 5;

  private final Connection connection;
  private final Outlet outlet;
  private final Tables tables;
  private final Reader reader;
  private final Set<Id> wakes = new HashSet<>();
  private boolean written;
  private long lastRevision;
  private long committedAtNanos = System.nanoTime();

  /** Is told, inside the transaction, what its commit will wake. */
  interface Outlet {
    void tell(Connection connection, long revision, Set<Id> wakes) throws SQLException;
  }

  private WriteTransaction(Connection connection, Outlet outlet) {
    this.connection = connection;
    this.outlet = outlet;
    this.tables = Tables.over(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
    this.reader = new TablesReader(tables);
  }

  static WriteTransaction open(DataSource database, Outlet outlet) throws SQLException {
    Connection connection = database.getConnection();
    try {
      connection.setAutoCommit(false);
      return new WriteTransaction(connection, outlet);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Whether the database still answers on this connection. */
  boolean isAlive() throws SQLException {
    return System.nanoTime() - committedAtNanos < ALIVE.toNanos()
        || connection.isValid(ALIVE_ANSWER_MAX_S);
  }

  /**
   * Decides and writes. The revision is taken first, because taking it is what waits for other
   * writers; when there is nothing to write it is given back.
   *
   * @throws SQLException when the transaction is of no use any more
   * @throws RuntimeException what the decision or a change threw; nothing of it is left
   */
  <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) throws SQLException {
    Savepoint before = written ? connection.setSavepoint() : null;
    boolean keep = false;
    try {
      long revision = tables.events().nextRevision();
      Decision<T> decision = decide.apply(reader);
      tables.apply(decision.changes(), revision);
      keep = !decision.changes().isEmpty();
      if (keep) {
        lastRevision = revision;
        wakes.addAll(decision.wakes());
      }
      return decision;
    } finally {
      end(before, keep);
    }
  }

  private void end(@Nullable Savepoint before, boolean keep) throws SQLException {
    if (before == null) {
      if (!keep) {
        connection.rollback();
      }
    } else {
      if (!keep) {
        connection.rollback(before);
      }
      connection.releaseSavepoint(before);
    }
    written |= keep;
  }

  /** Makes durable what was written, and begins anew. */
  void commit() throws SQLException {
    if (written) {
      outlet.tell(connection, lastRevision, wakes);
    }
    connection.commit();
    written = false;
    wakes.clear();
    committedAtNanos = System.nanoTime();
  }

  /** Gives up what was not committed. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
