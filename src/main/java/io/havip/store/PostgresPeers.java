package io.havip.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.decision.Leader;
import io.havip.error.StoreUnavailable;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Servers of one PostgreSQL database hear of each other's commits by NOTIFY, which is a part of the
 * commit: {@code SENDER REVISION ID…}. Who loses its connection has missed some, and is told so.
 */
final class PostgresPeers implements Peers, AutoCloseable {
  private static final int ANSWER_MAX_S = 2;

  /** PostgreSQL takes 7,999 bytes. */
  private static final int NOTICE_MAX = 7_900;

  /** In the place of ids that are too many. */
  private static final String MANY = "*";

  private static final int LISTEN_MS = 1_000;
  private static final long RECONNECT_MS = 500;

  /** Every so often a silent connection is asked whether it is still one. */
  private static final int SILENT_TURNS_MAX = 5;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresPeers.class);

  private final PGSimpleDataSource database;
  private final String channel;
  private final String sender = UUID.randomUUID().toString();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofPlatform().name("peers").unstarted(this::listen);
  private volatile Listener listener =
      new Listener() {
        @Override
        public void committed(long revision, Set<Id> woken) {}

        @Override
        public void missed() {}
      };

  private volatile @Nullable Connection listening;

  /** Guarded by {@code this}; absent before the first use and after a failure. */
  private @Nullable Connection lease;

  private PostgresPeers(PGSimpleDataSource database, String channel) {
    this.database = database;
    this.channel = channel;
  }

  /**
   * Listens from now on.
   *
   * @param database whose connections give up after a short while from then on
   */
  static PostgresPeers start(PGSimpleDataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      // A channel is the database's; an installation may be one schema of it.
      PostgresPeers peers = new PostgresPeers(database, "havip " + connection.getSchema());
      database.setSocketTimeout(ANSWER_MAX_S); // not before: what fails here fails the start
      peers.thread.start();
      return peers;
    }
  }

  @Override
  public Leader leader() {
    return onLease(LeaderTable::get);
  }

  @Override
  public boolean renew(long generation) {
    return onLease(table -> table.renew(generation));
  }

  @Override
  public void release(long generation) {
    onLease(table -> {
      table.release(generation);
      return generation;
    });
  }

  @Override
  public void onChange(Listener newListener) {
    listener = newListener;
  }

  private synchronized <T> T onLease(Function<LeaderTable, T> what) {
    try {
      if (lease == null) {
        lease = database.getConnection();
      }
      return what.apply(
          new LeaderTable(JdbcClient.create(new SingleConnectionDataSource(lease, true))));
    } catch (SQLException | DataAccessException e) {
      closeLease();
      throw StoreUnavailable.nothingChanged(e);
    }
  }

  private synchronized void closeLease() {
    if (lease != null) {
      try {
        lease.close();
      } catch (SQLException e) {
        LOG.debug("A connection could not be closed", e);
      }
      lease = null;
    }
  }

  /** Tells, as a part of a commit, what it wakes. */
  void tell(Connection writing, long revision, Set<Id> wakes) throws SQLException {
    String prefix = sender + " " + revision;
    String notice =
        Stream.concat(Stream.of(prefix), wakes.stream().map(Id::value).sorted())
            .collect(Collectors.joining(" "));
    if (notice.getBytes(UTF_8).length > NOTICE_MAX) {
      notice = prefix + " " + MANY;
    }
    try (PreparedStatement statement = writing.prepareStatement("SELECT pg_notify(?, ?)")) {
      statement.setString(1, channel);
      statement.setString(2, notice);
      statement.execute();
    }
  }

  private void listen() {
    boolean wasHealthy = true;
    do {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        listening = connection;
        statement.execute("LISTEN \"" + channel.replace("\"", "\"\"") + "\"");
        wasHealthy = true;
        listener.missed();
        hear(connection);
      } catch (SQLException | RuntimeException e) {
        if (wasHealthy && closing.getCount() > 0) {
          LOG.warn("Cannot hear of other servers' changes; going on trying: {}", e.getMessage());
        }
        wasHealthy = false;
      }
    } while (!pauses());
  }

  private void hear(Connection connection) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    int silentTurns = 0;
    while (closing.getCount() > 0) {
      PGNotification[] heard = postgres.getNotifications(LISTEN_MS);
      for (PGNotification each : heard) {
        heard(each.getParameter());
      }
      silentTurns = heard.length > 0 ? 0 : silentTurns + 1;
      if (silentTurns > SILENT_TURNS_MAX) {
        if (!connection.isValid(ANSWER_MAX_S)) {
          throw new SQLException("the connection is lost");
        }
        silentTurns = 0;
      }
    }
  }

  private void heard(String notice) {
    List<String> words = List.of(notice.split(" "));
    List<String> ids = words.subList(2, words.size());
    boolean isOwn = words.getFirst().equals(sender);
    listener.committed(
        Long.parseLong(words.get(1)),
        isOwn
            ? Set.of()
            : ids.stream()
                .flatMap(word -> id(word).stream())
                .collect(Collectors.toCollection(HashSet::new)));
    if (!isOwn && ids.contains(MANY)) {
      listener.missed();
    }
  }

  /** Of the kinds that the fabric knows. */
  private static Optional<Id> id(String word) {
    return switch (word.substring(0, Math.max(0, word.indexOf('-')))) {
      case "vip" -> Optional.of(new VipId(word));
      case "nic" -> Optional.of(new NicId(word));
      case "subnet", "extnet" -> Optional.of(new NetworkId(word));
      default -> Optional.empty();
    };
  }

  /** Waits before the next attempt; says whether it is time to stop. */
  private boolean pauses() {
    try {
      return closing.await(RECONNECT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    Connection waiting = listening;
    try {
      if (waiting != null) {
        waiting.abort(Runnable::run); // it would hear nothing for up to LISTEN_MS
      }
    } catch (SQLException e) {
      LOG.debug("A connection could not be closed", e);
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeLease();
  }
}
