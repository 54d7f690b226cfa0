package io.havip.bench;

import io.havip.ovsdb.OvsdbClient;
import io.havip.ovsdb.Remote;
import io.havip.ovsdb.Replica;
import io.havip.ovsdb.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/** Sees when rows are in the northbound database, and when northd has brought them further. */
public final class NorthboundWatch implements AutoCloseable {
  static final String ID = "havip-id";
  static final String GLOBAL = "NB_Global";
  static final String ASKED = "nb_cfg";
  private static final String REALISED = "sb_cfg";
  private static final String IDS = "external_ids";
  private static final Duration QUIET = Duration.ofSeconds(1);

  /** When a change was in the northbound database, and in the southbound one: nanoTime. */
  record Seen(long committed, long realised) {}

  private record Waiting(long committed, long number) {}

  private final OvsdbClient client;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final Map<String, Seen> seen = new HashMap<>();
  private long asked;
  private long realised;
  private long changedAt = System.nanoTime();

  public NorthboundWatch(Remote northbound) throws Exception {
    client =
        connect(
            northbound,
            Map.of(
                "Logical_Switch", Set.of("name"),
                "Logical_Switch_Port", Set.of("name", "type", "port_security", "options", IDS),
                "ACL", Set.of("direction", "priority", "match", "action", IDS)),
            this::changed);
    if (!client.awaitConnected(Duration.ofSeconds(10))) {
      throw new IOException(northbound + " does not answer");
    }
  }

  /** A connection that follows what counts changes, and these tables. */
  static OvsdbClient connect(
      Remote northbound, Map<String, Set<String>> tables, Consumer<List<Replica.Change>> changed) {
    Map<String, Set<String>> all = new HashMap<>(tables);
    all.put(GLOBAL, Set.of(ASKED, REALISED));
    return OvsdbClient.start(
        new OvsdbClient.Options(
            "OVN_Northbound", List.of(northbound), null, all, OvsdbClient.Options.SILENCE_MAX),
        new OvsdbClient.Listener() {
          @Override
          public void changed(List<Replica.Change> changes) {
            changed.accept(changes);
          }

          @Override
          public void connected(boolean isConnected) {}
        });
  }

  private synchronized void changed(List<Replica.Change> changes) {
    long now = System.nanoTime();
    changedAt = now;
    for (Replica.Change change : changes) {
      if (change.table().equals(GLOBAL)) {
        asked = change.after().map(row -> row.whole(ASKED)).orElse(0L);
        realised = change.after().map(row -> row.whole(REALISED)).orElse(0L);
      }
    }
    for (Replica.Change change : changes) {
      Optional.ofNullable(change.after().or(change::before).orElseThrow().map(IDS).get(ID))
          .ifPresent(id -> waiting.put(id, new Waiting(now, asked)));
    }
    waiting
        .entrySet()
        .removeIf(one -> {
          boolean isDone = one.getValue().number() <= realised;
          if (isDone) {
            seen.put(one.getKey(), new Seen(one.getValue().committed(), now));
          }
          return isDone;
        });
    notifyAll();
  }

  /** Waits until a change of something after a time is in the southbound database. */
  synchronized Seen await(String id, long after, Duration limit) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Seen found = seen.get(id);
      if (found != null && found.committed() >= after && !waiting.containsKey(id)) {
        return found;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IOException("northd has not realised " + id + " within " + limit);
      }
      wait(left);
    }
  }

  /** Waits until northd has done everything, and nothing has changed for a moment. */
  synchronized void awaitQuiet(Duration limit) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (realised < asked || System.nanoTime() - changedAt < QUIET.toNanos()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("northd has not done everything within " + limit);
      }
      wait(100);
    }
  }

  /** A row by its name. */
  UUID named(String table, String name) {
    return client.read(replica ->
        replica.rows(table).stream()
            .filter(row -> row.text("name").equals(name))
            .findFirst()
            .orElseThrow()
            .id());
  }

  UUID global() {
    return client.read(replica -> replica.rows(GLOBAL).iterator().next().id());
  }

  /** HAVIP's rows by what they are for, as {@link VipRows} writes them; switches apart. */
  public Map<String, SortedSet<String>> rows() {
    return client.read(replica -> {
      Map<String, SortedSet<String>> rows = new HashMap<>();
      for (String table : List.of("Logical_Switch_Port", "ACL")) {
        for (Row row : replica.rows(table)) {
          String id = row.map(IDS).getOrDefault(ID, "");
          if (!id.isEmpty() && !id.startsWith("subnet-")) {
            rows.computeIfAbsent(id, _ -> new TreeSet<>()).add(VipRows.text(row));
          }
        }
      }
      return rows;
    });
  }

  @Override
  public void close() {
    client.close();
  }
}
