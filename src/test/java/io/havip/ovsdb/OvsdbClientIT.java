package io.havip.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against real servers: alone, restarted, cut off, stalled, in a cluster. */
class OvsdbClientIT {
  private static final @Nullable Tls NO_TLS = null;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What a server sends of each row when a client begins; the more, the farther it comes. */
  private static final int ROW_OCTETS = 120;

  private static final String TABLE = "Address_Set";
  private static final Map<String, Set<String>> TABLES =
      Map.of(TABLE, Set.of("name", "addresses", "external_ids"));

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Replica.Change> changes = new CopyOnWriteArrayList<>();

  @BeforeEach
  void assumeInstalled() {
    OvsdbServer.assumeInstalled();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  private OvsdbClient client(@Nullable Tls tls, Remote... remotes) {
    return client(tls, OvsdbClient.Options.SILENCE_MAX, remotes);
  }

  private OvsdbClient client(@Nullable Tls tls, Duration silenceMax, Remote... remotes) {
    return closing(
        OvsdbClient.start(
            new OvsdbClient.Options("OVN_Northbound", List.of(remotes), tls, TABLES, silenceMax),
            new OvsdbClient.Listener() {
              @Override
              public void changed(List<Replica.Change> more) {
                changes.addAll(more);
              }

              @Override
              public void connected(boolean isConnected) {}
            }));
  }

  private static Operation insert(String name, String... addresses) {
    return new Operation.Insert(
        TABLE,
        "new",
        Map.of("name", Value.text(name), "addresses", Value.texts(List.of(addresses))));
  }

  private static UUID add(OvsdbClient client, String name, String... addresses) throws IOException {
    return UUID.fromString(
        client
            .transact(List.of(insert(name, addresses)), LIMIT)
            .getFirst()
            .path("uuid")
            .path(1)
            .asString());
  }

  private static Row row(OvsdbClient client, UUID id) {
    return client.read(replica -> replica.row(TABLE, id)).orElseThrow();
  }

  private static Set<String> names(Collection<Row> rows) {
    return rows.stream()
        .map(row -> row.text("name"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> copied(OvsdbClient client) {
    return client.read(replica -> names(replica.rows(TABLE)));
  }

  /** What the server holds, asked by a client that has no copy to mistake for it. */
  private static Set<String> held(OvsdbServer server) throws Exception {
    String rows =
        OvsdbServer.run(
            "ovn-nbctl",
            "--db=" + server.remote(),
            "--no-leader-only",
            "--bare",
            "--columns=name",
            "list",
            TABLE);
    List<String> names = rows.lines().filter(name -> !name.isBlank()).toList();
    assertThat(names).as("none twice").doesNotHaveDuplicates();
    return new TreeSet<>(names);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(Duration.ofMillis(5));
    }
  }

  @Test
  void changesAreSeenOverUnixTcpAndTls() throws Exception {
    Tls tls = certificate();
    OvsdbServer server =
        closing(
            OvsdbServer.start(
                directory.resolve("s"),
                OvsdbServer.NORTHBOUND,
                "--remote=ptcp:16641:127.0.0.1",
                "--remote=pssl:16642:127.0.0.1",
                "--private-key=" + tls.privateKey(),
                "--certificate=" + tls.certificate(),
                "--ca-cert=" + tls.authority()));
    OvsdbClient unix = client(NO_TLS, server.remote());
    for (Remote remote :
        List.of(
            server.remote(),
            Remote.parse("tcp:127.0.0.1:16641"),
            Remote.parse("ssl:127.0.0.1:16642"))) {
      changes.clear();
      OvsdbClient client = client(tls, remote);
      UUID id = add(client, "set" + open.size(), "10.0.0.1", "10.0.0.2");
      assertThat(row(client, id).texts("addresses"))
          .containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");

      client.transact(
          List.of(
              new Operation.Expect(
                  TABLE, id, Map.of("addresses", row(client, id).value("addresses"))),
              new Operation.Mutate(
                  TABLE,
                  id,
                  "addresses",
                  Value.text("10.0.0.1"),
                  Value.texts(List.of("10.0.0.3", "10.0.0.4"))),
              new Operation.Update(
                  TABLE, id, Map.of("external_ids", Value.texts(Map.of("a", "1", "b", "2"))))),
          LIMIT);
      client.transact(
          List.of(
              new Operation.Mutate(
                  TABLE,
                  id,
                  "external_ids",
                  Value.texts(Map.of("a", "1")),
                  Value.texts(Map.of("c", "ü")))),
          LIMIT);
      Row row = row(client, id);
      assertThat(row.texts("addresses"))
          .containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3", "10.0.0.4");
      assertThat(row.map("external_ids")).isEqualTo(Map.of("b", "2", "c", "ü"));
      await(() -> unix.read(replica -> replica.row(TABLE, id)).equals(Optional.of(row)));

      assertThatExceptionOfType(OvsdbException.class)
          .isThrownBy(() ->
              client.transact(
                  List.of(
                      new Operation.Expect(TABLE, id, Map.of("addresses", Value.text("10.0.0.9"))),
                      new Operation.Delete(TABLE, id)),
                  LIMIT))
          .matches(e -> e.kind() == OvsdbException.Kind.CONFLICT);
      assertThatExceptionOfType(OvsdbException.class)
          .isThrownBy(() -> client.transact(List.of(insert(row.text("name"))), LIMIT))
          .matches(e -> e.kind() == OvsdbException.Kind.REFUSED)
          .withMessageContaining("constraint violation");
      assertThat(row(client, id)).as("neither changed anything").isEqualTo(row);

      client.transact(List.of(new Operation.Delete(TABLE, id)), LIMIT);
      assertThat(copied(client)).isEmpty();
      assertThat(changes)
          .contains(new Replica.Change(TABLE, id, Optional.of(row), Optional.empty()));
      await(() -> copied(unix).isEmpty());
    }
  }

  private Tls certificate() throws Exception {
    Path key = directory.resolve("key.pem");
    Path certificate = directory.resolve("certificate.pem");
    OvsdbServer.run(
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-days",
        "2",
        "-subj",
        "/CN=havip test",
        "-keyout",
        key.toString(),
        "-out",
        certificate.toString());
    return new Tls(key, certificate, certificate);
  }

  /**
   * Every connection breaks after some octets in either direction, wherever that is; now and then
   * the server is killed. Whoever is not told what became of a change looks and repeats it.
   */
  @Test
  void connectionsThatBreakAnywhereCostNothing() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    OvsdbServer server = closing(OvsdbServer.start(directory.resolve("s"), OvsdbServer.NORTHBOUND));
    CuttingRelay relay =
        closing(new CuttingRelay(directory.resolve("relay"), server.socket(), random));
    OvsdbClient client = client(NO_TLS, new Remote.Unix(relay.path.toString()));
    assertThat(client.awaitConnected(LIMIT)).isTrue();
    relay.beginCutting();

    Set<String> expected = new TreeSet<>();
    Map<OvsdbException.Kind, Integer> failures = new HashMap<>();
    for (int i = 0; i < 150; i++) {
      String name = "set" + i;
      if (i % 75 == 5) {
        server.kill();
        server.restart();
      }
      relay.expectMore(ROW_OCTETS);
      while (!expected.contains(name)) {
        try {
          client.transact(
              List.of(
                  new Operation.ExpectNone(TABLE, "name", Value.text(name)),
                  insert(name, "10.0.0." + i)),
              LIMIT);
          expected.add(name);
        } catch (OvsdbException e) {
          failures.merge(e.kind(), 1, Integer::sum);
          if (e.kind() == OvsdbException.Kind.CONFLICT) {
            expected.add(name);
          }
        }
      }
    }
    relay.endCutting();

    assertThat(held(server)).as("seed " + seed).isEqualTo(expected);
    await(() -> copied(client).equals(expected));
    assertThat(relay.cuts.get()).as("seed " + seed).isGreaterThan(10);
    assertThat(failures).as("seed " + seed).containsKey(OvsdbException.Kind.OUTCOME_UNKNOWN);
  }

  /** A relay whose connections break after a random number of octets. */
  private static final class CuttingRelay implements AutoCloseable {
    private final Path path;
    private final Path server;
    private final Random random;
    private final ServerSocketChannel clients;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger passed = new AtomicInteger();

    private volatile boolean cutting;

    /** What a client and a server say before they come to transactions. */
    private final AtomicInteger beginningOctets = new AtomicInteger();

    CuttingRelay(Path path, Path server, Random random) throws IOException {
      this.path = path;
      this.server = server;
      this.random = random;
      clients = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      clients.bind(UnixDomainSocketAddress.of(path));
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (clients.isOpen()) {
        try {
          SocketChannel client = clients.accept();
          connections.add(client);
          SocketChannel upstream = SocketChannel.open(UnixDomainSocketAddress.of(server));
          connections.add(upstream);
          AtomicLong left = new AtomicLong(octets());
          Thread.ofPlatform().daemon().start(() -> pump(client, upstream, left));
          Thread.ofPlatform().daemon().start(() -> pump(upstream, client, left));
        } catch (IOException _) {
          cutAll();
        }
      }
    }

    void beginCutting() {
      beginningOctets.set(passed.get());
      cutting = true;
      cutAll();
    }

    void expectMore(int octets) {
      beginningOctets.addAndGet(octets);
    }

    void endCutting() {
      cutting = false;
      cutAll();
    }

    private long octets() {
      if (!cutting) {
        return Long.MAX_VALUE;
      }
      return random.nextInt(3) == 0
          ? random.nextInt(beginningOctets.get())
          : beginningOctets.get() + random.nextInt(5_000);
    }

    private void pump(SocketChannel from, SocketChannel to, AtomicLong left) {
      try (from;
          to) {
        InputStream in = Channels.newInputStream(from);
        OutputStream out = Channels.newOutputStream(to);
        byte[] buffer = new byte[65_536];
        int length = in.read(buffer);
        while (length >= 0) {
          long rest = left.getAndAdd(-length);
          out.write(buffer, 0, Math.clamp(rest, 0, length));
          passed.addAndGet(length);
          if (rest < length) {
            cuts.incrementAndGet();
            return;
          }
          length = in.read(buffer);
        }
      } catch (IOException _) {
        // The other direction has ended.
      }
    }

    void cutAll() {
      for (SocketChannel connection : List.copyOf(connections)) {
        try (connection) {
          connections.remove(connection);
        } catch (IOException _) {
          // It is cut.
        }
      }
    }

    @Override
    public void close() throws IOException {
      clients.close();
      cutAll();
    }
  }

  @Test
  void aServerThatStallsIsLeftAndNobodyWaitsForEver() throws Exception {
    OvsdbServer server = closing(OvsdbServer.start(directory.resolve("s"), OvsdbServer.NORTHBOUND));
    OvsdbClient client = client(NO_TLS, Duration.ofSeconds(12), server.remote());
    add(client, "before");
    server.freeze(true);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < OvsdbClient.OUTSTANDING_MAX; i++) {
      String name = "stalled" + i;
      threads.add(
          Thread.ofPlatform()
              .start(() ->
                  assertThatExceptionOfType(OvsdbException.class)
                      .isThrownBy(() -> client.transact(List.of(insert(name)), LIMIT))));
    }
    String refusal = "";
    while (!refusal.contains("64 transactions of OVN_Northbound are not answered yet")) {
      assertThat(client.isConnected()).as("it has not left yet: " + refusal).isTrue();
      try {
        client.transact(List.of(insert("one more")), Duration.ofMillis(100));
      } catch (OvsdbException e) {
        refusal = String.valueOf(e.getMessage());
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await(() -> !client.isConnected());

    server.freeze(false);
    add(client, "after");
    await(() -> copied(client).equals(held(server)));
    assertThat(copied(client)).contains("before", "after");
  }

  /** Waits until somebody leads: after a pause the machine made, they may be electing anew. */
  private static OvsdbServer leader(List<OvsdbServer> servers) throws Exception {
    List<OvsdbServer> leading = new ArrayList<>();
    await(() -> {
      for (OvsdbServer server : servers) {
        if (server.leads()) {
          leading.add(server);
        }
      }
      return !leading.isEmpty();
    });
    return leading.getFirst();
  }

  @Test
  void theLeaderOfAClusterIsFollowedThroughItsDeath() throws Exception {
    String first = "tcp:127.0.0.1:16651";
    List<OvsdbServer> servers =
        List.of(
            closing(OvsdbServer.startCluster(directory.resolve("a"), first)),
            closing(OvsdbServer.join(directory.resolve("b"), "tcp:127.0.0.1:16652", first)),
            closing(OvsdbServer.join(directory.resolve("c"), "tcp:127.0.0.1:16653", first)));
    for (OvsdbServer server : servers) {
      await(() -> server.appctl("cluster/status", "OVN_Northbound").contains("cluster member"));
    }
    // The leader is the last that it tries.
    OvsdbClient client =
        client(NO_TLS, servers.reversed().stream().map(OvsdbServer::remote).toArray(Remote[]::new));
    Set<String> expected = new TreeSet<>(Set.of("first"));
    add(client, "first");
    changes.clear();

    for (int round = 0; round < 2; round++) {
      OvsdbServer leader = leader(servers);
      leader.kill();
      String name = "round" + round;
      while (expected.add(name)) {
        try {
          add(client, name);
        } catch (OvsdbException e) {
          // Whether it was done is known once somebody leads again.
          assertThat(client.awaitConnected(LIMIT)).isTrue();
          if (!copied(client).contains(name)) {
            expected.remove(name);
          }
        }
      }
      leader.restart();
      // Whether as a follower or, elected at once, as the leader.
      await(() -> !leader.appctl("cluster/status", "OVN_Northbound").contains("Leader: unknown"));
    }

    assertThat(copied(client)).isEqualTo(expected);
    for (OvsdbServer server : servers) {
      await(() -> held(server).equals(expected));
    }
    assertThat(changes).as("only what was missed comes again").hasSize(2);
  }
}
