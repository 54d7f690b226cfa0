package io.havip.bench;

import static java.util.Objects.requireNonNull;

import io.havip.json.Json;
import io.havip.ovsdb.OvsdbClient;
import io.havip.ovsdb.Remote;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * Creating, binding, unbinding and deleting VIPs on Open Virtual Network, among others that exist:
 * by a running server, and then, when it has ended, the same rows written into the same northbound
 * database by a client that does nothing else.
 */
public final class OvnBench {
  private static final List<Integer> CLIENTS = List.of(1, 8);
  private static final int CLIENTS_MAX = 8;

  /** VIPs that each client creates, binds, unbinds and deletes in a round. */
  private static final int VIPS_EACH = 50;

  private static final int VMS_PER_VIP = 3;
  private static final int VIPS_PER_VM = 5;
  private static final int VMS = CLIENTS_MAX * VIPS_EACH / VIPS_PER_VM * VMS_PER_VIP;

  /** Of single changes, each of which is waited for until northd has done it. */
  private static final int ALONE = 12;

  /**
   * From one to the next at least: what is done seldom finds its memory cold, and northd lets no
   * change of many VIPs come sooner.
   */
  private static final Duration ALONE_EVERY = Duration.ofSeconds(2);

  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PAGE = 1000;

  private enum Change {
    CREATE,
    BIND,
    UNBIND,
    DELETE
  }

  /** A client that makes changes, of VIPs that have numbers from 0. */
  private interface Client {
    /** Makes one; gives what the VIP is called in the northbound database. */
    String make(Change change, int vip) throws Exception;
  }

  private final NorthboundWatch watch;
  private final Path directory;
  private final Duration duration;
  private final List<String> lines = new ArrayList<>();

  private OvnBench(NorthboundWatch watch, Path directory, Duration duration) {
    this.watch = watch;
    this.directory = directory;
    this.duration = duration;
  }

  /**
   * Arguments: the northbound database, a directory for results, seconds for each number of
   * clients; and for the server its URL, token, and how many VIPs there are to be.
   */
  public static void main(String[] arguments) throws Exception {
    Remote northbound = Remote.parse(arguments[0]);
    try (NorthboundWatch watch = new NorthboundWatch(northbound)) {
      OvnBench bench =
          new OvnBench(
              watch, Path.of(arguments[1]), Duration.ofSeconds(Integer.parseInt(arguments[2])));
      if (arguments.length > 3) {
        bench.api(URI.create(arguments[3]), arguments[4], Integer.parseInt(arguments[5]));
      } else {
        bench.raw(northbound);
      }
    }
  }

  // ---- the server ----

  private void api(URI server, String token, int vips) throws Exception {
    Inventory inventory = inventory(server, token);
    fill(server, token, inventory, vips);
    List<HttpConnection> connections = new ArrayList<>();
    List<Client> clients = new ArrayList<>();
    Map<Integer, String> made = new ConcurrentHashMap<>();
    for (int i = 0; i < CLIENTS_MAX; i++) {
      HttpConnection connection = new HttpConnection(server, token);
      connections.add(connection);
      clients.add((change, vip) -> {
        String id = made.getOrDefault(vip, "");
        switch (change) {
          case CREATE -> {
            id = connection.made("/v1/vips", inventory.vip("bench", List.of()));
            made.put(vip, id);
          }
          case BIND -> bind(connection, id, inventory.vmsOf(vip));
          case UNBIND -> bind(connection, id, List.of());
          case DELETE -> connection.send("DELETE", "/v1/vips/" + id, "");
        }
        return id;
      });
    }
    measure(clients);
    for (HttpConnection connection : connections) {
      connection.close();
    }
    Files.write(directory.resolve("api"), lines);
    watch.awaitQuiet(LIMIT);
    try (HttpConnection http = new HttpConnection(server, token)) {
      System.out.printf(
          Locale.ROOT, "%d VIPs exist; rows that are wrong: %d%n", vips, wrongRows(http));
    }
  }

  private static void bind(HttpConnection http, String vip, List<String> vms) throws IOException {
    http.send("PUT", "/v1/vips/" + vip + "/bindings", "{\"vmIds\": " + quoted(vms) + "}");
  }

  private static String quoted(List<String> ids) {
    return ids.isEmpty() ? "[]" : "[\"" + String.join("\", \"", ids) + "\"]";
  }

  /** What VIPs are made of; {@code vms} are for those that are measured. */
  private record Inventory(String vpc, String subnet, List<String> vms) {
    String vm() {
      return "{'name': 'vm', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}".formatted(vpc, subnet);
    }

    String vip(String name, List<String> vmIds) {
      return "{'name': '%s', 'type': 'internal', 'vpcId': '%s', 'networkId': '%s', 'vmIds': %s}"
          .formatted(name, vpc, subnet, quoted(vmIds));
    }

    List<String> vmsOf(int vip) {
      int first = vip / VIPS_PER_VM * VMS_PER_VIP;
      return vms.subList(first, first + VMS_PER_VIP);
    }
  }

  /** Of an earlier run with fewer VIPs, or made. */
  private Inventory inventory(URI server, String token) throws Exception {
    Path file = directory.resolve("inventory");
    if (!Files.exists(file)) {
      HttpConnection http = new HttpConnection(server, token);
      String vpc = http.made("/v1/vpcs", "{'name': 'bench', 'cidr': '10.0.0.0/8'}");
      String subnet =
          http.made(
              "/v1/subnets",
              "{'vpcId': '%s', 'name': 'bench', 'cidr': '10.0.0.0/14'}".formatted(vpc));
      List<String> ids = new ArrayList<>(List.of(vpc, subnet));
      String vm = new Inventory(vpc, subnet, List.of()).vm();
      for (int i = 0; i < VMS; i++) {
        ids.add(http.made("/v1/vms", vm));
      }
      http.close();
      Files.write(file, ids);
    }
    List<String> ids = Files.readAllLines(file);
    return new Inventory(ids.get(0), ids.get(1), ids.subList(2, ids.size()));
  }

  /** Makes VIPs with three VMs each until there are so many; each VM is bound to five. */
  private void fill(URI server, String token, Inventory inventory, int vips) throws Exception {
    int there;
    try (HttpConnection http = new HttpConnection(server, token)) {
      there = get(http, "/v1/vips?limit=1").get("total").asInt();
    }
    AtomicInteger next = new AtomicInteger(there / VIPS_PER_VM);
    inParallel(
        CLIENTS_MAX,
        client -> {
          try (HttpConnection http = new HttpConnection(server, token)) {
            while (next.getAndIncrement() * VIPS_PER_VM < vips) {
              List<String> vms = new ArrayList<>();
              for (int i = 0; i < VMS_PER_VIP; i++) {
                vms.add(http.made("/v1/vms", inventory.vm()));
              }
              for (int i = 0; i < VIPS_PER_VM; i++) {
                http.made("/v1/vips", inventory.vip("existing", vms));
              }
            }
          }
          return client;
        });
    watch.awaitQuiet(LIMIT);
  }

  private static JsonNode get(HttpConnection http, String path) throws IOException {
    return Json.MAPPER.readTree(new String(http.send("GET", path, ""), StandardCharsets.UTF_8));
  }

  private static List<JsonNode> all(HttpConnection http, String path) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = get(http, path + "?limit=" + PAGE + cursor);
      page.get("items").forEach(all::add);
      JsonNode next = page.path("nextCursor");
      cursor = next.isString() ? "&cursor=" + next.asString() : null;
    }
    return all;
  }

  /** Compares what the API shows with what is in the database, both written in one way. */
  private int wrongRows(HttpConnection http) throws Exception {
    Map<String, SortedSet<String>> desired =
        VipRows.desired(all(http, "/v1/vms"), all(http, "/v1/vips"));
    Map<String, SortedSet<String>> there = watch.rows();
    Set<String> ids = new TreeSet<>(desired.keySet());
    ids.addAll(there.keySet());
    int wrong = 0;
    for (String id : ids) {
      SortedSet<String> is = there.getOrDefault(id, new TreeSet<>());
      SortedSet<String> shallBe = desired.getOrDefault(id, new TreeSet<>());
      if (!is.equals(shallBe)) {
        if (wrong++ < 3) {
          System.out.println(id + " is " + is + "\n  and shall be " + shallBe);
        }
      }
    }
    return wrong;
  }

  // ---- the database alone ----

  private void raw(Remote northbound) throws Exception {
    watch.awaitQuiet(LIMIT);
    String network = Files.readAllLines(directory.resolve("inventory")).get(1);
    RawVips raw = new RawVips(watch, network, VIPS_PER_VM, VMS_PER_VIP);
    List<OvsdbClient> connections = new ArrayList<>();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS_MAX; i++) {
      OvsdbClient connection = NorthboundWatch.connect(northbound, Map.of(), _ -> {});
      connections.add(connection);
      clients.add((change, vip) ->
          switch (change) {
            case CREATE -> raw.create(connection, vip);
            case BIND -> raw.bind(connection, vip);
            case UNBIND -> raw.unbind(connection, vip);
            case DELETE -> raw.delete(connection, vip);
          });
    }
    raw.makePorts(connections.getFirst(), VMS);
    measure(clients);
    raw.dropPorts(connections.getFirst());
    connections.forEach(OvsdbClient::close);
    print();
  }

  // ---- both ----

  private void measure(List<Client> all) throws Exception {
    rounds(all, WARM_UP, new HashMap<>(), new HashMap<>());
    for (int count : CLIENTS) {
      Map<Change, Times> answered = new HashMap<>();
      Map<Change, Times> realised = new HashMap<>();
      rounds(all.subList(0, count), duration, answered, realised);
      for (Change change : Change.values()) {
        Load load = requireNonNull(answered.get(change)).load();
        lines.add(
            String.format(
                Locale.ROOT,
                "%s %d %f %f %f",
                change.name().toLowerCase(Locale.ROOT),
                count,
                load.perSecond(),
                millis(load.p99()),
                requireNonNull(realised.get(change)).load().perSecond()));
      }
    }
    alone(all.getFirst());
  }

  /** How long things took, and all of them together. */
  private record Times(List<long[]> nanos, List<Long> together) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    Load load() {
      return Load.of(
          nanos.stream().flatMapToLong(Arrays::stream).toArray(),
          Duration.ofNanos(together.stream().mapToLong(it -> it).sum()));
    }
  }

  private void rounds(
      List<Client> clients,
      Duration limit,
      Map<Change, Times> answered,
      Map<Change, Times> realised)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    do {
      for (Change change : Change.values()) {
        long begin = System.nanoTime();
        List<List<Made>> made =
            inParallel(clients.size(), number -> make(clients.get(number), change, number));
        long took = System.nanoTime() - begin;
        long last = begin;
        for (Made one : made.stream().flatMap(List::stream).toList()) {
          last = Math.max(last, watch.await(one.id(), one.begin(), LIMIT).realised());
        }
        long[] nanos =
            made.stream().flatMap(List::stream).mapToLong(it -> it.end() - it.begin()).toArray();
        Times times = answered.computeIfAbsent(change, _ -> new Times());
        times.nanos().add(nanos);
        times.together().add(took);
        Times untilDone = realised.computeIfAbsent(change, _ -> new Times());
        untilDone.nanos().add(nanos);
        untilDone.together().add(last - begin);
      }
    } while (System.nanoTime() < end);
  }

  /** What a client has done. */
  private record Made(String id, long begin, long end) {}

  private static List<Made> make(Client client, Change change, int number) throws Exception {
    List<Made> made = new ArrayList<>();
    for (int i = 0; i < VIPS_EACH; i++) {
      long begin = System.nanoTime();
      String id = client.make(change, number * VIPS_EACH + i);
      made.add(new Made(id, begin, System.nanoTime()));
    }
    return made;
  }

  /** One change at a time, each when the one before is in the southbound database. */
  private void alone(Client client) throws Exception {
    Map<Change, List<long[]>> took = new HashMap<>();
    for (int i = 0; i < ALONE; i++) {
      for (Change change : Change.values()) {
        long begin = System.nanoTime();
        String id = client.make(change, 0);
        long answer = System.nanoTime();
        NorthboundWatch.Seen seen = watch.await(id, begin, LIMIT);
        took.computeIfAbsent(change, _ -> new ArrayList<>())
            .add(
                new long[] {
                  answer - begin,
                  Math.max(0, seen.committed() - answer),
                  seen.realised() - seen.committed()
                });
        Thread.sleep(Math.max(0, ALONE_EVERY.minusNanos(System.nanoTime() - begin).toMillis()));
      }
    }
    took.forEach((change, all) ->
        lines.add(
            String.format(
                Locale.ROOT,
                "%s 0 %f %f %f",
                change.name().toLowerCase(Locale.ROOT),
                median(all, 0),
                median(all, 1),
                median(all, 2))));
  }

  private static double median(List<long[]> all, int which) {
    long[] sorted = all.stream().mapToLong(it -> it[which]).sorted().toArray();
    return sorted[sorted.length / 2] / 1e6;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private interface Work<T> {
    T by(int client) throws Exception;
  }

  private static <T> List<T> inParallel(int clients, Work<T> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int number = i;
        running.add(threads.submit(() -> work.by(number)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    }
  }

  private void print() throws IOException {
    Map<String, double[]> ofApi = new HashMap<>();
    for (String line : Files.readAllLines(directory.resolve("api"))) {
      ofApi.put(key(line), numbers(line));
    }
    System.out.println(
        "        clients   API/s   p99 ms  realised/s | raw/s   p99 ms  realised/s | realised/raw");
    for (String line : lines) {
      double[] raw = numbers(line);
      double[] api = ofApi.getOrDefault(key(line), raw);
      if (!key(line).endsWith(" 0")) {
        System.out.printf(
            Locale.ROOT,
            "%-13s %8.0f %8.1f %11.0f | %5.0f %8.1f %11.0f | %5.0f %%%n",
            key(line),
            api[0],
            api[1],
            api[2],
            raw[0],
            raw[1],
            raw[2],
            100 * api[2] / raw[2]);
      }
    }
    System.out.println(
        "one at a time, medians in ms: to the answer, from it to the northbound commit, northd"
            + " | raw: the commit, northd");
    for (String line : lines) {
      double[] raw = numbers(line);
      double[] api = ofApi.getOrDefault(key(line), raw);
      if (key(line).endsWith(" 0")) {
        System.out.printf(
            Locale.ROOT,
            "%-13s %8.1f %8.1f %8.1f | %8.1f %8.1f%n",
            key(line).replace(" 0", ""),
            api[0],
            api[1],
            api[2],
            raw[0],
            raw[2]);
      }
    }
  }

  private static String key(String line) {
    String[] words = line.split(" ", -1);
    return words[0] + " " + words[1];
  }

  private static double[] numbers(String line) {
    return Arrays.stream(line.split(" ", -1)).skip(2).mapToDouble(Double::parseDouble).toArray();
  }
}
