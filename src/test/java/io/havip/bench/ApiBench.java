package io.havip.bench;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.decision.Expected;
import io.havip.decision.Reply;
import io.havip.id.VmId;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Vm;
import io.havip.plan.Advertising;
import io.havip.service.Access;
import io.havip.service.Contexts;
import io.havip.service.Request;
import io.havip.service.TimeOrderedIds;
import io.havip.service.VipService;
import io.havip.store.RecordedStatements;
import io.havip.store.RecordedStatements.Replay;
import io.havip.store.Store;
import io.havip.vip.Limits;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Requests per second of a running server, and then, when it has ended, of the very statements that
 * it sent: each client on a connection of its own, a request's statements in the transactions that
 * the server had them in, one commit each.
 */
public final class ApiBench {
  private static final int VIPS = 1000;
  private static final int CLIENTS_MAX = 8;
  private static final List<Integer> CLIENTS = List.of(1, CLIENTS_MAX);
  private static final String CREATED = "created by the bench";

  private enum Operation {
    /** HTTP alone: no token, no statement, next to no JSON. */
    HEALTHZ,
    SHOW,
    LIST,
    BIND,
    CREATE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path results;
  private final String token;
  private final Duration duration;

  private ApiBench(Path results, String token, Duration duration) {
    this.results = results;
    this.token = token;
    this.duration = duration;
  }

  /** Arguments: api or raw, the server's or the database's URL, results file, token, seconds. */
  public static void main(String[] arguments) throws Exception {
    ApiBench bench =
        new ApiBench(
            Path.of(arguments[2]),
            arguments[3],
            Duration.ofSeconds(Integer.parseInt(arguments[4])));
    if (arguments[0].equals("api")) {
      bench.api(URI.create(arguments[1]));
    } else {
      bench.raw(arguments[1]);
    }
  }

  private void api(URI server) throws Exception {
    List<String> vips = new ArrayList<>();
    List<String> vms = new ArrayList<>();
    String where;
    try (HttpConnection http = new HttpConnection(server, token)) {
      String vpc = http.made("/v1/vpcs", "{'name': 'bench', 'cidr': '10.0.0.0/8'}");
      String subnet =
          http.made(
              "/v1/subnets",
              "{'vpcId': '%s', 'name': 'bench', 'cidr': '10.0.0.0/14'}".formatted(vpc));
      where = "'type': 'internal', 'vpcId': '%s', 'networkId': '%s'".formatted(vpc, subnet);
      for (int i = 0; i < 2 * CLIENTS_MAX; i++) {
        vms.add(
            http.made(
                "/v1/vms",
                "{'name': 'vm', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}"
                    .formatted(vpc, subnet)));
      }
      for (int i = 0; i < VIPS; i++) {
        String vmIds = i < CLIENTS_MAX ? ", 'vmIds': ['" + vms.get(2 * i) + "']" : "";
        vips.add(http.made("/v1/vips", "{'name': 'vip-%d', %s%s}".formatted(i, where, vmIds)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      for (int count : CLIENTS) {
        List<HttpConnection> connections = new ArrayList<>();
        List<Callable<?>> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          HttpConnection http = new HttpConnection(server, token);
          connections.add(http);
          String vip = vips.get(i);
          List<String> mine = vms.subList(2 * i, 2 * i + 2);
          AtomicLong turn = new AtomicLong();
          clients.add(
              switch (operation) {
                case HEALTHZ -> () -> http.send("GET", "/healthz", "");
                case SHOW -> () -> http.send("GET", "/v1/vips/" + vip, "");
                case LIST -> () -> http.send("GET", "/v1/vips?limit=" + VIPS, "");
                case BIND ->
                    () -> {
                      String vm = mine.get((int) (turn.incrementAndGet() % 2));
                      return http.send(
                          "PUT", "/v1/vips/" + vip + "/bindings", "{\"vmIds\": [\"" + vm + "\"]}");
                    };
                case CREATE -> {
                  String body = HttpConnection.json("{'name': '%s', %s}".formatted(CREATED, where));
                  yield () -> http.send("POST", "/v1/vips", body);
                }
              });
        }
        Load load = Load.of(clients, duration);
        for (HttpConnection connection : connections) {
          connection.close();
        }
        lines.add(
            String.format(
                Locale.ROOT,
                "%s %d %f %f",
                operation,
                count,
                load.perSecond(),
                millis(load.p99())));
      }
    }
    Files.write(results, lines);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private void raw(String url) throws Exception {
    DataSource database = database(url);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      String created = "(SELECT id FROM vips WHERE name = '" + CREATED + "')";
      statement.executeUpdate("DELETE FROM reservations WHERE holder IN " + created);
      statement.executeUpdate("DELETE FROM vips WHERE id IN " + created);
    }
    System.out.println(
        "          clients  API/s    p99 ms   raw/s    p99 ms   statements  API/raw");
    for (String line : Files.readAllLines(results)) {
      String[] words = line.split(" ", -1);
      Operation operation = Operation.valueOf(words[0].toUpperCase(Locale.ROOT));
      int count = Integer.parseInt(words[1]);
      double api = Double.parseDouble(words[2]);
      double p99 = Double.parseDouble(words[3]);
      System.out.printf(Locale.ROOT, "%-9s %7d %8.0f %8.1f", operation, count, api, p99);
      if (operation == Operation.HEALTHZ) {
        System.out.println();
        continue;
      }
      AtomicReference<Vip> recordedVip = new AtomicReference<>();
      RecordedStatements recorded =
          RecordedStatements.of(database, store -> use(store, operation, recordedVip));
      Load load = raw(url, database, operation, count, recorded, recordedVip);
      System.out.printf(
          Locale.ROOT,
          " %8.0f %8.1f %8d %10.0f %%%n",
          load.perSecond(),
          millis(load.p99()),
          recorded.size(),
          100 * api / load.perSecond());
    }
  }

  private Load raw(
      String url,
      DataSource database,
      Operation operation,
      int count,
      RecordedStatements recorded,
      AtomicReference<Vip> vip)
      throws Exception {
    // One writer at a time is the fastest that SQLite can be written to: several would poll for its
    // lock.
    boolean isShared =
        url.startsWith("jdbc:sqlite:")
            && (operation == Operation.BIND || operation == Operation.CREATE);
    AtomicLong made = new AtomicLong();
    List<Replay> replays = new ArrayList<>();
    List<Callable<?>> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i == 0 || !isShared) {
        replays.add(new Replay(database.getConnection()));
      }
      Replay replay = replays.getLast();
      clients.add(() -> {
        long number = made.incrementAndGet();
        synchronized (replay) {
          recorded.send(
              replay,
              operation == Operation.CREATE
                  ? value -> other(value, vip.get(), number)
                  : value -> value);
        }
        return number;
      });
    }
    Load load = Load.of(clients, duration);
    for (Replay replay : replays) {
      replay.close();
    }
    return load;
  }

  /** A parameter as it is for another VIP than the one that was recorded. */
  private static Object other(Object value, Vip vip, long number) {
    long address = vip.address().toLong() + number;
    if (value.equals(vip.address().toLong())) {
      return address;
    }
    if (value instanceof String text) {
      String id = vip.id().value();
      String digits = Long.toString(number);
      return text.replace(
          id, id.substring(0, id.length() - 8) + "0".repeat(8 - digits.length()) + digits);
    }
    return value;
  }

  /** What the server does for a request, behind its HTTP. */
  private Runnable use(Store store, Operation operation, AtomicReference<Vip> used) {
    TimeOrderedIds ids = new TimeOrderedIds(Clock.systemUTC());
    VipService vips =
        new VipService(
            store,
            new Contexts(Clock.systemUTC(), ids, Limits.DEFAULT),
            _ -> {},
            _ -> true,
            (_, _) -> Advertising.UNKNOWN,
            _ -> true);
    Access access = new Access(store, ids, Clock.systemUTC(), Duration.ofHours(1));
    Caller caller = access.callerOf(token).orElseThrow();
    VipQuery all = new VipQuery(null, null, null, null, null, null, null, VipQuery.Sort.ID, false);
    Vip first = vips.list(caller, all, null, 1).items().getFirst().vip();
    List<VmId> vms =
        store
            .read(reader -> reader.vms(caller.accountId(), InventoryQuery.ALL, null, 2))
            .items()
            .stream()
            .map(Vm::id)
            .toList();
    VmId unbound = vms.get(first.vmIds().contains(vms.get(0)) ? 1 : 0);
    Request request = new Request(caller, Expected.any(), Optional.empty());
    Command.CreateVip create =
        new Command.CreateVip(
            CREATED,
            "",
            first.type(),
            first.vpcId(),
            first.networkId(),
            null,
            new Command.Bindings(List.of()));
    return () -> {
      access.callerOf(token);
      switch (operation) {
        case HEALTHZ -> {}
        case SHOW -> vips.get(caller, first.id());
        case LIST -> vips.list(caller, all, null, VIPS);
        case BIND ->
            vips.replaceBindings(request, first.id(), new Command.Bindings(List.of(unbound)));
        case CREATE ->
            vips.create(
                request,
                create,
                details -> {
                  used.set(details.vip());
                  return new Reply(202, null, null, "");
                });
      }
    };
  }

  private static DataSource database(String url) {
    if (url.startsWith("jdbc:sqlite:")) {
      SQLiteConfig config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.enforceForeignKeys(true);
      SQLiteDataSource database = new SQLiteDataSource(config);
      database.setUrl(url);
      return database;
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(url);
    return database;
  }
}
