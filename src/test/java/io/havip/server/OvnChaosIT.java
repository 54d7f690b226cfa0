package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.bench.NorthboundWatch;
import io.havip.bench.VipRows;
import io.havip.demo.Ovn;
import io.havip.ovsdb.OvsdbServer;
import io.havip.ovsdb.Remote;
import io.havip.store.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Random changes by several clients of two servers, while each part that they need is killed
 * (SIGKILL) again and again, and starts a moment later: the servers, PostgreSQL, OVN's databases,
 * ovn-northd and both ovn-controllers; servers are paused too (SIGSTOP). After each round
 * everything is as the clients were told: in the store, in the northbound database and in the
 * southbound one. {@code -Dhavip.chaos.seconds=N} goes on for longer, {@code -Dhavip.seed=N}
 * repeats a run's choices.
 */
class OvnChaosIT {
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("havip.chaos.seconds", 20));
  private static final long SEED = Long.getLong("havip.seed", System.nanoTime());

  private static final Duration ROUND_MAX = Duration.ofMinutes(3);
  private static final String POSTGRES = "PostgreSQL";
  private static final int CLIENTS = 4;
  private static final int FIRST_PORT = 18_491;
  private static final int BETWEEN_KILLS_MAX_MILLIS = 4_000;
  private static final int DOWN_MAX_MILLIS = 4_000;

  /** Mostly long enough for another server to lead meanwhile. */
  private static final int PAUSED_MAX_MILLIS = 8_000;

  private static final Duration TAKES_OVER_WITHIN = Duration.ofSeconds(5);
  private static final Duration AGREES_WITHIN = Duration.ofMinutes(5);

  @TempDir private static Path directory;
  private @Nullable Ovn ovn;
  private @Nullable PostgresServer postgres;
  private final List<ServerProcess> servers = new ArrayList<>();
  private final List<RandomClient> clients = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final List<Duration> takeovers = new ArrayList<>();

  private interface Step {
    void take() throws Exception;
  }

  /** What may die alone. */
  private final class Part {
    private final String name;
    private final Step kill;
    private final Step start;
    private final BooleanSupplier mayDie;
    private final int downMaxMillis;
    private boolean isUp = true;
    private long startsAtNanos;
    private long startedAtNanos = System.nanoTime();
    private int kills;
    private int acknowledgedAtKill;
    private int acknowledgedMeanwhile;

    Part(String name, Step kill, Step start, BooleanSupplier mayDie, int downMaxMillis) {
      this.name = name;
      this.kill = kill;
      this.start = start;
      this.mayDie = mayDie;
      this.downMaxMillis = downMaxMillis;
    }

    void kill(Duration down) throws Exception {
      kill.take();
      isUp = false;
      kills++;
      acknowledgedAtKill = acknowledged();
      startsAtNanos = System.nanoTime() + down.toNanos();
    }

    void start() throws Exception {
      acknowledgedMeanwhile += acknowledged() - acknowledgedAtKill;
      start.take();
      isUp = true;
      startedAtNanos = System.nanoTime();
    }

    @Override
    public String toString() {
      return "%s %d times, %d requests acknowledged meanwhile"
          .formatted(name, kills, acknowledgedMeanwhile);
    }
  }

  @BeforeEach
  void start() throws Exception {
    OvsdbServer.assumeInstalled();
    Random random = new Random(SEED);
    PostgresServer database = PostgresServer.start();
    postgres = database;
    Ovn network = Ovn.start(Files.createDirectory(directory.resolve("ovn")));
    ovn = network;
    String url = database.newDatabase();
    for (String name : List.of("one", "two")) {
      servers.add(
          ServerProcess.startReplica(
              servers,
              directory,
              FIRST_PORT,
              name,
              url,
              "--fabric",
              "ovn",
              "--ovn-northbound",
              network.northbound(),
              "--ovn-southbound",
              network.southbound()));
    }
    ServerProcess any = servers.getFirst();
    String vpcId = id(any.call("POST", "/v1/vpcs", Map.of("name", "vpc", "cidr", "10.0.0.0/8")));
    String subnetId =
        id(
            any.call(
                "POST",
                "/v1/subnets",
                Map.of("name", "subnet", "vpcId", vpcId, "cidr", "10.0.0.0/16")));
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new RandomClient("client" + i, servers, vpcId, subnetId, new Random(random.nextLong())));
    }
    add(POSTGRES, database::crash, database::restart, () -> true, DOWN_MAX_MILLIS);
    for (Ovn.Part part : Ovn.Part.values()) {
      add(
          part.toString(),
          () -> network.kill(part),
          () -> network.restart(part),
          () -> true,
          DOWN_MAX_MILLIS);
    }
    for (ServerProcess server : servers) {
      add(
          server.url(),
          () -> kill(server),
          server::begin,
          this::bothServersAnswer,
          DOWN_MAX_MILLIS);
      add(
          server.url() + " (paused)",
          server::pause,
          server::resume,
          this::bothServersAnswer,
          PAUSED_MAX_MILLIS);
    }
  }

  private void add(String name, Step kill, Step start, BooleanSupplier mayDie, int downMaxMillis) {
    parts.add(new Part(name, kill, start, mayDie, downMaxMillis));
  }

  @AfterEach
  void stop() throws Exception {
    for (ServerProcess server : servers) {
      server.kill();
    }
    if (ovn != null) {
      ovn.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void whateverDiesEverythingIsAsWasAcknowledged() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Duration longest = Duration.ZERO;
    int rounds = 0;
    for (Duration left = LENGTH; left.isPositive(); left = left.minus(ROUND_MAX)) {
      changeAndKill(random, left.compareTo(ROUND_MAX) < 0 ? left : ROUND_MAX);
      Duration took = awaitAgreement();
      longest = took.compareTo(longest) > 0 ? took : longest;
      rounds++;
      System.out.printf(
          "round %d: equal %.1f s after its end; until now %d requests acknowledged, %d sent again that may have been done%n",
          rounds, took.toMillis() / 1e3, acknowledged(), sum(RandomClient::repeated));
    }
    parts.forEach(part -> System.out.println("killed: " + part));
    takeovers.sort(null);
    System.out.printf(
        "a leader was killed %d times while another server was there, which led after %s ms%n",
        takeovers.size(), takeovers.stream().map(Duration::toMillis).toList());
    System.out.printf("equal at the latest %.1f s after a round%n", longest.toMillis() / 1e3);
    assertThat(takeovers).allMatch(took -> took.compareTo(TAKES_OVER_WITHIN) < 0);
  }

  private int acknowledged() {
    return sum(RandomClient::acknowledged);
  }

  private int sum(ToIntFunction<RandomClient> count) {
    return clients.stream().mapToInt(count).sum();
  }

  private void changeAndKill(Random random, Duration length) throws Exception {
    CountDownLatch stopping = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (RandomClient client : clients) {
      threads.add(Thread.ofPlatform().start(() -> change(client, stopping)));
    }
    long end = System.nanoTime() + length.toNanos();
    long next = System.nanoTime();
    while (System.nanoTime() < end) {
      startWhatIsDown();
      if (System.nanoTime() > next) {
        Part part = parts.get(random.nextInt(parts.size()));
        Duration down = Duration.ofMillis(random.nextInt(part.downMaxMillis));
        if (part.isUp && (part.mayDie.getAsBoolean() || random.nextInt(8) == 0)) {
          part.kill(down);
        }
        next =
            System.nanoTime()
                + Duration.ofMillis(random.nextInt(BETWEEN_KILLS_MAX_MILLIS)).toNanos();
      }
      Thread.sleep(10);
    }
    stopping.countDown();
    for (Part part : parts) {
      part.startsAtNanos = System.nanoTime();
    }
    startWhatIsDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Also a server that gave up because PostgreSQL was away when it began, as systemd does. */
  private void startWhatIsDown() throws Exception {
    for (Part part : parts) {
      if (!part.isUp && System.nanoTime() - part.startsAtNanos >= 0) {
        part.start();
      }
    }
    for (ServerProcess server : servers) {
      if (!server.isAlive() && part(server.url()).isUp) {
        server.begin();
      }
    }
  }

  private Part part(String name) {
    return parts.stream().filter(part -> part.name.equals(name)).findFirst().orElseThrow();
  }

  private static void change(RandomClient client, CountDownLatch stopping) {
    try {
      while (stopping.getCount() > 0 && client.errors().isEmpty()) {
        client.change();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Mostly one goes on, or there would be few requests to lose; but some die while they start. */
  private boolean bothServersAnswer() {
    return servers.stream().allMatch(OvnChaosIT::hasStore);
  }

  private static boolean hasStore(ServerProcess server) {
    return server.ready().path("store").asBoolean();
  }

  /**
   * Where it leads and another is there to follow it, that is waited for. Who could not see the
   * lease until a moment ago does not know for how long it was not renewed, and takes it later.
   */
  private void kill(ServerProcess server) throws Exception {
    Part database = part(POSTGRES);
    boolean isFollowed =
        database.isUp
            && System.nanoTime() - database.startedAtNanos > TAKES_OVER_WITHIN.toNanos()
            && server.leads()
            && servers.stream().anyMatch(it -> it != server && hasStore(it));
    long killedAt = System.nanoTime();
    server.kill();
    while (isFollowed && servers.stream().noneMatch(ServerProcess::leads)) {
      Thread.sleep(10);
      assertThat(System.nanoTime() - killedAt)
          .as("nobody leads")
          .isLessThan(AGREES_WITHIN.toNanos());
    }
    if (isFollowed) {
      takeovers.add(Duration.ofNanos(System.nanoTime() - killedAt));
    }
  }

  private Duration awaitAgreement() throws Exception {
    assertThat(clients).flatExtracting(RandomClient::errors).isEmpty();
    long begin = System.nanoTime();
    while (true) {
      List<String> differences = differences();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      if (differences.isEmpty()) {
        return took;
      }
      if (took.compareTo(AGREES_WITHIN) > 0) {
        assertThat(differences).isEmpty();
      }
      startWhatIsDown();
      Thread.sleep(200);
    }
  }

  /** What is not as it should be, or cannot be seen yet, for people. */
  private List<String> differences() throws Exception {
    try {
      return look();
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  private List<String> look() throws Exception {
    List<String> differences = new ArrayList<>();
    for (ServerProcess server : servers) {
      JsonNode ready = server.ready();
      if (!ready.path("store").asBoolean() || !ready.path("fabric").asBoolean()) {
        return List.of(server.url() + " is not ready: " + ready);
      }
    }
    for (ServerProcess server : servers) {
      List<JsonNode> vips = items(server, "/v1/vips");
      List<JsonNode> vms = items(server, "/v1/vms");
      vips.stream()
          .filter(vip -> !vip.get("state").asString().equals("available"))
          .forEach(vip -> differences.add("not available: " + vip));
      compare(
          differences,
          server.url() + " shows of VIPs",
          acknowledgedVips(),
          byId(vips, RandomClient.Vip::of));
      compare(
          differences,
          server.url() + " shows of VMs",
          acknowledgedVms(),
          byId(vms, vm -> vm.get("name").asString()));
      compareRows(differences, vms, vips);
    }
    return differences;
  }

  private Map<String, Object> acknowledgedVips() {
    Map<String, Object> all = new TreeMap<>();
    clients.forEach(client -> all.putAll(client.vips()));
    return all;
  }

  private Map<String, Object> acknowledgedVms() {
    Map<String, Object> all = new TreeMap<>();
    clients.forEach(client -> all.putAll(client.vms()));
    return all;
  }

  private static Map<String, Object> byId(List<JsonNode> items, Function<JsonNode, Object> what) {
    return items.stream().collect(Collectors.toMap(OvnChaosIT::id, what));
  }

  private static void compare(
      List<String> differences, String where, Map<String, ?> shallBe, Map<String, ?> is) {
    SortedSet<String> ids = new TreeSet<>(shallBe.keySet());
    ids.addAll(is.keySet());
    for (String id : ids) {
      if (!Objects.equals(is.get(id), shallBe.get(id))) {
        differences.add(
            "%s: %s is %s instead of %s".formatted(where, id, is.get(id), shallBe.get(id)));
      }
    }
  }

  private void compareRows(List<String> differences, List<JsonNode> vms, List<JsonNode> vips)
      throws Exception {
    Ovn network = Objects.requireNonNull(ovn);
    try (NorthboundWatch northbound = new NorthboundWatch(Remote.parse(network.northbound()))) {
      compare(differences, "northbound", VipRows.desired(vms, vips), northbound.rows());
    }
    Set<String> virtual =
        lines(
            network.nbctl(
                "--bare", "--columns=name", "find", "Logical_Switch_Port", "type=virtual"));
    Set<String> ofVips =
        virtual.stream().map(name -> name.replaceFirst("-[0-9]+$", "")).collect(Collectors.toSet());
    Set<String> withMembers =
        vips.stream()
            .filter(vip -> !vip.get("bindings").isEmpty())
            .map(OvnChaosIT::id)
            .collect(Collectors.toSet());
    if (!ofVips.equals(withMembers) || virtual.size() != ofVips.size()) {
      differences.add("virtual ports: " + virtual + " instead of those of " + withMembers);
    }
    Set<String> southbound =
        lines(
            network.sbctl(
                "--bare", "--columns=logical_port", "find", "Port_Binding", "type=virtual"));
    if (!southbound.equals(virtual)) {
      differences.add("southbound virtual ports: " + southbound + " instead of " + virtual);
    }
    String asked = network.nbctl("get", "NB_Global", ".", "nb_cfg");
    String realised = network.sbctl("get", "SB_Global", ".", "nb_cfg");
    if (!asked.equals(realised)) {
      differences.add("northd has realised " + realised + " of " + asked);
    }
  }

  private static Set<String> lines(String printed) {
    return printed.lines().filter(line -> !line.isBlank()).collect(Collectors.toSet());
  }

  private static List<JsonNode> items(ServerProcess server, String path) throws Exception {
    return server.get(path + "?limit=1000").get("items").valueStream().toList();
  }

  private static String id(JsonNode resource) {
    return resource.get("id").asString();
  }
}
