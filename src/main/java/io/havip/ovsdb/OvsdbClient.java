package io.havip.ovsdb;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows a database and changes it, through whichever of its servers is there and, in a cluster,
 * leads.
 *
 * <p>One thread connects, receives, and brings the copy of the tables forward; it asks the server
 * to go on after the last transaction that it has seen ({@code monitor_cond_since}), so that being
 * cut off costs nothing but what was missed. A message counts when it is there to its end, so it
 * does not matter where a connection breaks. The other thread sees to it that a server which says
 * nothing is left. A server that is no leader, or has lost its cluster, is left too: a follower's
 * answers are late, and writes to it take a detour.
 *
 * <p>Transactions are sent by those who want them. At most {@link #OUTSTANDING_MAX} are not
 * answered at a time; who wants one more waits. The server sends what a transaction changed before
 * it answers, so when {@link #transact} returns the copy has it.
 */
public final class OvsdbClient implements AutoCloseable {
  static final int OUTSTANDING_MAX = 64;

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration PAUSE_MIN = Duration.ofMillis(50);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
  private static final Duration WATCH_PERIOD = Duration.ofMillis(500);

  private static final System.Logger LOG = System.getLogger(OvsdbClient.class.getName());
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String SERVER_MONITOR = "server";
  private static final String MONITOR = "tables";
  private static final String NEVER_SEEN = new UUID(0, 0).toString();

  private final Options options;
  private final Listener listener;
  private final AtomicLong nextId = new AtomicLong();
  private final Semaphore permits = new Semaphore(OUTSTANDING_MAX, true);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread receiver;
  private final Thread watchdog;

  private final Replica replica = new Replica();
  private final Replica servers = new Replica();
  private String lastTransaction = NEVER_SEEN;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition becameReady = lock.newCondition();
  private @Nullable Session session;
  private boolean isReady;
  private String why = "not connected yet";

  /**
   * What to follow, and where.
   *
   * @param remotes tried in this order, and again from the first
   * @param tls needed by remotes of {@code ssl:}
   * @param tables the columns to copy, by table; the database must have them all
   * @param silenceMax after half of it without a word the server is asked for one, after all of it
   *     left
   */
  public record Options(
      String database,
      List<Remote> remotes,
      @Nullable Tls tls,
      Map<String, Set<String>> tables,
      Duration silenceMax) {
    public static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    public Options {
      remotes = List.copyOf(remotes);
      tables = Map.copyOf(tables);
    }
  }

  /** Hears of changes, on the thread that receives: it must return soon and not transact. */
  public interface Listener {
    /** Rows came, went or changed, all in one of the server's transactions or since last time. */
    void changed(List<Replica.Change> changes);

    /** The copy follows a server, or has lost it and grows old. */
    void connected(boolean isConnected);
  }

  private OvsdbClient(Options options, Listener listener) {
    this.options = options;
    this.listener = listener;
    receiver =
        Thread.ofPlatform().daemon().name("ovsdb " + options.database()).unstarted(this::run);
    watchdog =
        Thread.ofPlatform()
            .daemon()
            .name("ovsdb watch " + options.database())
            .unstarted(this::watch);
  }

  /** Begins to connect, and returns at once. */
  public static OvsdbClient start(Options options, Listener listener) {
    OvsdbClient client = new OvsdbClient(options, listener);
    client.receiver.start();
    client.watchdog.start();
    return client;
  }

  /** A connection and what is asked over it. */
  private static final class Session {
    final Connection connection;
    final Map<String, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();

    Session(Connection connection) {
      this.connection = connection;
    }
  }

  // ---- for everybody ----

  /** Whether the copy follows a server now. */
  public boolean isConnected() {
    lock.lock();
    try {
      return isReady;
    } finally {
      lock.unlock();
    }
  }

  /** Reads the copy, which does not change meanwhile; be quick, and keep nothing but rows. */
  public <T> T read(Function<Replica, T> reading) {
    synchronized (replica) {
      return reading.apply(replica);
    }
  }

  /**
   * Does it all, or nothing.
   *
   * @return for each operation its answer: RFC 7047, section 5.2
   * @param limit how long to wait, for a server and its answer together
   */
  public List<JsonNode> transact(List<Operation> operations, Duration limit) throws OvsdbException {
    ArrayNode parameters = JSON.arrayNode().add(options.database());
    operations.forEach(operation -> parameters.add(operation.toJson()));
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      if (!permits.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new OvsdbException(
            OvsdbException.Kind.UNREACHABLE,
            "%d transactions of %s are not answered yet"
                .formatted(OUTSTANDING_MAX, options.database()));
      }
      try {
        Session current = awaitReady(deadline);
        return results(operations, ask(current, parameters, deadline));
      } finally {
        permits.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OvsdbException(OvsdbException.Kind.OUTCOME_UNKNOWN, "interrupted", e);
    }
  }

  /** Waits until the copy follows a server; false when it does not in time. */
  public boolean awaitConnected(Duration limit) throws InterruptedException {
    try {
      awaitReady(System.nanoTime() + limit.toNanos());
      return true;
    } catch (OvsdbException _) {
      return false;
    }
  }

  private Session awaitReady(long deadline) throws OvsdbException, InterruptedException {
    lock.lock();
    try {
      long left = deadline - System.nanoTime();
      while ((!isReady || session == null) && left > 0) {
        left = becameReady.awaitNanos(left);
      }
      if (!isReady || session == null) {
        throw new OvsdbException(
            OvsdbException.Kind.UNREACHABLE, "no server of " + options.database() + ": " + why);
      }
      return session;
    } finally {
      lock.unlock();
    }
  }

  private JsonNode ask(Session current, ArrayNode parameters, long deadline)
      throws OvsdbException, InterruptedException {
    String id = Long.toString(nextId.incrementAndGet());
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    current.pending.put(id, answer);
    try {
      current.connection.send(request(id, "transact", parameters));
      return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      // Also when sending failed: the server may have got all of it.
      String cause = e.getMessage() == null ? "no answer in time" : e.getMessage();
      throw new OvsdbException(OvsdbException.Kind.OUTCOME_UNKNOWN, cause, e);
    } finally {
      current.pending.remove(id);
    }
  }

  private List<JsonNode> results(List<Operation> operations, JsonNode answer)
      throws OvsdbException {
    if (!answer.path("error").isNull()) {
      throw new OvsdbException(OvsdbException.Kind.REFUSED, answer.path("error").toString());
    }
    List<JsonNode> results = new ArrayList<>();
    for (JsonNode result : answer.path("result")) {
      if (result.has("error")) {
        String error = result.path("error").asString();
        // There is one result more when all went well until the end, and then it failed.
        String about =
            results.size() < operations.size() ? operations.get(results.size()).toString() : "all";
        throw new OvsdbException(
            switch (error) {
              case "timed out" -> OvsdbException.Kind.CONFLICT;
              case "cluster error", "I/O error" -> OvsdbException.Kind.OUTCOME_UNKNOWN;
              default -> OvsdbException.Kind.REFUSED;
            },
            "%s: %s (%s)".formatted(error, result.path("details").asString(""), about));
      }
      results.add(result);
    }
    return results;
  }

  private static ObjectNode request(@Nullable String id, String method, ArrayNode parameters) {
    ObjectNode request = JSON.objectNode();
    request.put("id", id);
    request.put("method", method);
    request.set("params", parameters);
    return request;
  }

  // ---- the thread that receives ----

  private void run() {
    Duration pause = PAUSE_MIN;
    int failures = 0;
    int next = 0;
    try {
      while (closing.getCount() > 0) {
        Remote remote = options.remotes().get(next % options.remotes().size());
        next++;
        boolean wasReady = false;
        try {
          wasReady = follow(remote);
        } catch (IOException | RuntimeException e) {
          wasReady = isConnected();
          note(remote + ": " + e.getMessage());
        } finally {
          leave();
        }
        failures = wasReady ? 0 : failures + 1;
        pause = wasReady ? PAUSE_MIN : pause;
        if (wasReady || failures % options.remotes().size() == 0) {
          if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            return;
          }
          pause = min(pause.multipliedBy(2), PAUSE_MAX);
        }
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "stopped", e);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void note(String reason) {
    lock.lock();
    try {
      if (!reason.equals(why) && closing.getCount() > 0) {
        LOG.log(System.Logger.Level.INFO, "{0}: {1}", options.database(), reason);
      }
      why = reason;
    } finally {
      lock.unlock();
    }
  }

  /** Follows a server until it or the connection fails, or it is not the one to follow. */
  private boolean follow(Remote remote) throws IOException {
    Session current = new Session(Connection.open(remote, options.tls(), CONNECT_LIMIT));
    lock.lock();
    try {
      session = current; // close() finds it, or was called before
      if (closing.getCount() == 0) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    JsonNode schema = call(current, "get_schema", JSON.arrayNode().add(options.database()));
    replica.setDiffering(differing(schema));
    JsonNode server =
        call(
            current,
            "monitor_cond_since",
            monitor(
                "_Server",
                SERVER_MONITOR,
                Map.of("Database", Set.of("name", "model", "connected", "leader")),
                NEVER_SEEN));
    servers.replace(server.path(2));
    if (mustLeave()) {
      note(remote + " does not lead its cluster");
      return false;
    }
    ArrayNode parameters = monitor(options.database(), MONITOR, options.tables(), lastTransaction);
    take(call(current, "monitor_cond_since", parameters));
    note("follows " + remote);
    setReady(true);
    while (!mustLeave()) {
      handle(current, current.connection.receive());
    }
    note(remote + " does not lead its cluster any more");
    return true;
  }

  private void setReady(boolean ready) {
    lock.lock();
    try {
      isReady = ready;
      becameReady.signalAll();
    } finally {
      lock.unlock();
    }
    listener.connected(ready);
  }

  private void leave() {
    Session left;
    boolean wasReady;
    lock.lock();
    try {
      left = session;
      session = null;
      wasReady = isReady;
      isReady = false;
    } finally {
      lock.unlock();
    }
    if (left != null) {
      left.connection.close();
      left.pending
          .values()
          .forEach(
              answer -> answer.completeExceptionally(new IOException("the connection is lost")));
    }
    if (wasReady) {
      listener.connected(false);
    }
  }

  private static ArrayNode monitor(
      String database, String name, Map<String, Set<String>> tables, String since) {
    ArrayNode parameters = JSON.arrayNode().add(database).add(name);
    ObjectNode requests = parameters.addObject();
    tables.forEach((table, columns) ->
        columns.forEach(requests.putArray(table).addObject().putArray("columns")::add));
    return parameters.add(since);
  }

  /** Asks, and handles whatever else comes until the answer does. */
  private JsonNode call(Session current, String method, ArrayNode parameters) throws IOException {
    String id = Long.toString(nextId.incrementAndGet());
    current.connection.send(request(id, method, parameters));
    while (true) {
      JsonNode message = current.connection.receive();
      if (message.path("id").asString("").equals(id) && !message.has("method")) {
        if (!message.path("error").isNull()) {
          throw new IOException(method + ": " + message.path("error"));
        }
        return message.path("result");
      }
      handle(current, message);
    }
  }

  private void handle(Session current, JsonNode message) throws IOException {
    JsonNode parameters = message.path("params");
    switch (message.path("method").asString("")) {
      case "" -> {
        CompletableFuture<JsonNode> asked = current.pending.get(message.path("id").asString(""));
        if (asked != null) {
          asked.complete(message);
        }
      }
      case "echo" -> {
        ObjectNode answer = JSON.objectNode();
        answer.set("id", message.path("id"));
        answer.set("result", parameters);
        answer.putNull("error");
        current.connection.send(answer);
      }
      case "update3" -> {
        if (parameters.path(0).asString().equals(SERVER_MONITOR)) {
          servers.apply(parameters.path(2));
        } else {
          update(parameters.path(1).asString(), parameters.path(2), false);
        }
      }
      default -> {} // nothing else was asked for
    }
  }

  /** Takes the answer to monitor_cond_since: whether it goes on, after what, and the rows. */
  private void take(JsonNode answer) {
    update(answer.path(1).asString(), answer.path(2), !answer.path(0).booleanValue());
  }

  private void update(String transaction, JsonNode updates, boolean isAll) {
    List<Replica.Change> changes;
    synchronized (replica) {
      changes = isAll ? replica.replace(updates) : replica.apply(updates);
      lastTransaction = transaction;
    }
    if (!changes.isEmpty()) {
      listener.changed(changes);
    }
  }

  private boolean mustLeave() {
    Optional<Row> database =
        servers.rows("Database").stream()
            .filter(row -> row.text("name").equals(options.database()))
            .findFirst();
    return database
        .map(row ->
            row.text("model").equals("clustered")
                && !(row.isTrue("connected") && row.isTrue("leader")))
        .orElse(true);
  }

  /** Checks that everything to copy is there, and finds what comes as differences. */
  private Map<String, Set<String>> differing(JsonNode schema) throws IOException {
    Map<String, Set<String>> differing = new HashMap<>();
    for (Map.Entry<String, Set<String>> table : options.tables().entrySet()) {
      Set<String> columns = new HashSet<>();
      for (String column : table.getValue()) {
        JsonNode type =
            schema.path("tables").path(table.getKey()).path("columns").path(column).path("type");
        if (type.isMissingNode()) {
          throw new IOException(
              "%s %s has no column %s of %s; it is of another version than HAVIP knows"
                  .formatted(
                      options.database(),
                      schema.path("version").asString(""),
                      column,
                      table.getKey()));
        }
        JsonNode max = type.path("max");
        if (max.isString() || max.asInt(1) > 1) {
          columns.add(column);
        }
      }
      differing.put(table.getKey(), columns);
    }
    return differing;
  }

  // ---- the thread that watches ----

  private void watch() {
    Duration half = options.silenceMax().dividedBy(2);
    Duration asked = Duration.ZERO;
    try {
      while (!closing.await(WATCH_PERIOD.toNanos(), TimeUnit.NANOSECONDS)) {
        Connection current;
        lock.lock();
        try {
          current = session == null ? null : session.connection;
        } finally {
          lock.unlock();
        }
        if (current == null) {
          continue;
        }
        Duration silence = current.silence();
        if (silence.compareTo(options.silenceMax()) > 0) {
          current.close();
        } else if (silence.compareTo(half) > 0 && asked.compareTo(half) <= 0) {
          try {
            current.sendUnlessBusy(request("echo", "echo", JSON.arrayNode()));
          } catch (IOException e) {
            current.close();
          }
        }
        asked = silence;
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "stopped", e);
    }
  }

  /** Leaves the server; the copy stays as it is. */
  @Override
  public void close() {
    closing.countDown();
    leave();
    try {
      receiver.join();
      watchdog.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
