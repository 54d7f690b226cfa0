package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A server killed (SIGKILL) again and again, at random points of random changes and of its own
 * start. Each time it comes back, the kernel holds what the API says, and the VIP that nobody
 * touched has not lost a packet. {@code -Dhavip.kills=N} kills more often, {@code -Dhavip.seed=N}
 * repeats a run's choices.
 */
class KillsIT {
  private static final int KILLS = Integer.getInteger("havip.kills", 5);
  private static final long SEED = Long.getLong("havip.seed", System.nanoTime());

  private static final int CLIENTS = 4;
  private static final int VMS = 6;
  private static final int VIPS = 4;
  private static final Ipv4Address QUIET_VIP = Ipv4Address.parse("10.0.0.101");

  /** Those who send to the quiet VIP and who holds it. */
  private static final int CLIENT = 7;

  private static final int HOLDER = 8;

  @TempDir private Path directory;
  private ServerProcess server;
  private final List<VirtualNic> nics = new ArrayList<>();
  private String vpcId;
  private String subnetId;

  /** What the server answered and must not: nothing but these may go wrong with a request. */
  private final Queue<String> errors = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory);
    vpcId = id(server.call("POST", "/v1/vpcs", Map.of("name", "vpc", "cidr", "10.0.0.0/8")));
    subnetId = id(server.call("POST", "/v1/subnets", subnet("subnet", "10.0.0.0/24")));
    for (int i = 1; i <= HOLDER; i++) {
      nics.add(LinuxLab.plug(i, Ipv4Address.parse("10.0.0.1" + i)));
      createVm(i);
    }
    server.call("POST", "/v1/vips", vip("quiet", QUIET_VIP.toString(), List.of(vmId(HOLDER))));
  }

  @AfterEach
  void stop() throws Exception {
    server.kill();
    for (VirtualNic nic : nics) {
      nic.socket().close();
    }
    LinuxLab.clear();
  }

  @Test
  void storeAndKernelAgreeAfterEachKillAndNobodyElseNotices() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    awaitAgreement();
    try (Flow flow = new Flow(nics.get(CLIENT - 1), nics.get(HOLDER - 1))) {
      for (int kill = 1; kill <= KILLS; kill++) {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          Random choices = new Random(random.nextLong());
          clients.add(Thread.ofPlatform().start(() -> changeUntilDead(choices)));
        }
        Thread.sleep(random.nextInt(700));
        server.kill();
        for (Thread client : clients) {
          client.join();
        }
        if (random.nextInt(4) == 0) {
          server.begin();
          Thread.sleep(random.nextInt(2_500));
          server.kill();
        }
        server.restart();
        awaitAgreement();
        assertThat(flow.lost()).as("kill %d: packets lost", kill).isZero();
        assertThat(errors).as("kill %d", kill).isEmpty();
      }
      System.out.printf(
          "%d kills: store and kernel equal after each; %d packets, %d lost%n",
          KILLS, flow.sent(), flow.lost());
    }
  }

  private void changeUntilDead(Random random) {
    try {
      while (true) {
        change(random);
      }
    } catch (IOException e) {
      // The server was killed.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void change(Random random) throws IOException, InterruptedException {
    int number = 1 + random.nextInt(VMS);
    List<JsonNode> vips = items("/v1/vips?q=busy");
    if (vips.size() < VIPS && random.nextInt(3) == 0) {
      ask("POST", "/v1/vips", vip("busy", "10.0.0." + (200 + random.nextInt(VIPS)), some(random)));
      return;
    }
    String one = vips.isEmpty() ? "" : "/v1/vips/" + id(vips.get(random.nextInt(vips.size())));
    switch (random.nextInt(10)) {
      case 0 -> ask("DELETE", one, List.of());
      case 1 -> ask("DELETE", "/v1/vms/" + vmId(number), List.of());
      case 2 -> ask("POST", "/v1/vms", vm(number));
      case 3 -> ask("POST", one + "/fence", Map.of("vmId", vmId(number), "seconds", 1));
      case 4 -> ask("PUT", one + "/bindings/" + vmId(number), Map.of());
      case 5 -> ask("DELETE", one + "/bindings/" + vmId(number), List.of());
      case 6 -> {
        for (JsonNode network : items("/v1/subnets?limit=100")) {
          if (network.get("name").asString().equals("busy")) {
            ask("DELETE", "/v1/subnets/" + id(network), List.of());
          }
        }
        ask("POST", "/v1/subnets", subnet("busy", "10.1." + random.nextInt(200) + ".0/24"));
      }
      default -> ask("PUT", one + "/bindings", Map.of("vmIds", some(random)));
    }
  }

  /** Whatever is asked may be refused: others change the same things at the same time. */
  private void ask(String method, String path, Object body)
      throws IOException, InterruptedException {
    if (path.startsWith("/v1/")) {
      var response = server.send(method, path, body);
      if (response.statusCode() >= 500) {
        errors.add(method + " " + path + ": " + response.body());
      }
    }
  }

  private List<String> some(Random random) throws IOException, InterruptedException {
    List<Integer> numbers = new ArrayList<>(Stream.iterate(1, n -> n + 1).limit(VMS).toList());
    Collections.shuffle(numbers, random);
    List<String> ids = new ArrayList<>();
    for (int number : numbers.subList(0, random.nextInt(4))) {
      String id = vmId(number);
      if (!id.isEmpty()) {
        ids.add(id);
      }
    }
    return ids;
  }

  private void createVm(int number) throws Exception {
    server.call("POST", "/v1/vms", vm(number));
  }

  private Map<String, Object> vm(int number) {
    VirtualNic nic = nics.get(number - 1);
    Map<String, String> body =
        Map.of(
            "networkId", subnetId,
            "address", nic.address().toString(),
            "mac", nic.mac().toString(),
            "port", nic.port());
    return Map.of("name", "vm" + number, "vpcId", vpcId, "nics", List.of(body));
  }

  private Map<String, String> subnet(String name, String cidr) {
    return Map.of("name", name, "vpcId", vpcId, "cidr", cidr);
  }

  private Map<String, Object> vip(String name, String address, List<String> vmIds) {
    return Map.of(
        "name", name,
        "type", "internal",
        "vpcId", vpcId,
        "networkId", subnetId,
        "address", address,
        "vmIds", vmIds);
  }

  private String vmId(int number) throws IOException, InterruptedException {
    return items("/v1/vms?limit=100").stream()
        .filter(vm -> vm.get("name").asString().equals("vm" + number))
        .map(KillsIT::id)
        .findFirst()
        .orElse("");
  }

  private List<JsonNode> items(String path) throws IOException, InterruptedException {
    var response = server.send("GET", path, List.of());
    if (response.statusCode() >= 300) {
      errors.add("GET " + path + ": " + response.body());
      return List.of();
    }
    return Json.MAPPER.readTree(response.body()).get("items").valueStream().toList();
  }

  /** Everything is realised, and the kernel holds exactly what the API says. */
  private void awaitAgreement() throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      boolean realised =
          items("/v1/vips?limit=100").stream()
              .allMatch(vip -> vip.get("state").asString().equals("available"));
      Set<String> desired = desired();
      Set<String> held = held();
      if (realised && held.equals(desired)) {
        return;
      }
      if (System.nanoTime() > end) {
        assertThat(held).isEqualTo(desired);
        assertThat(realised).as("every VIP is available").isTrue();
      }
      Thread.sleep(20);
    }
  }

  /** What follows from what the API shows: each set with its elements, no numbers of segments. */
  private Set<String> desired() throws Exception {
    Set<String> all = new TreeSet<>();
    all.add("bridges " + items("/v1/subnets?limit=100").size());
    for (JsonNode vm : items("/v1/vms?limit=100")) {
      for (JsonNode nic : vm.get("nics")) {
        String port = nic.get("port").asString();
        String station = port + " " + nic.get("mac").asString();
        String address = nic.get("address").asString();
        all.addAll(
            Set.of(
                "attached " + port,
                "segments " + port,
                "stations " + station,
                "sources " + station + " " + address,
                "addresses " + address));
      }
    }
    for (JsonNode vip : items("/v1/vips?limit=100")) {
      String address = vip.get("address").asString();
      String number = Long.toString(Ipv4Address.parse(address).toLong());
      all.addAll(Set.of("vips " + address, "adverts " + number));
      for (JsonNode binding : vip.get("bindings")) {
        if (!binding.has("fencedUntil")) {
          String port = binding.get("port").asString();
          String station = port + " " + binding.get("mac").asString();
          all.addAll(
              Set.of(
                  "sources " + station + " " + address,
                  "exits " + port + " " + address,
                  "advertisers " + port + " " + number));
        }
      }
    }
    return all;
  }

  private static final Set<String> SETS =
      Set.of(
          "segments",
          "stations",
          "sources",
          "addresses",
          "vips",
          "exits",
          "adverts",
          "advertisers");

  /** Sets whose elements begin with a segment's number. */
  private static final Set<String> NUMBERED = Set.of("addresses", "vips", "adverts");

  /** The same as nft(8), ip(8) and bridge(8) show it. */
  private static Set<String> held() throws Exception {
    Set<String> all = new TreeSet<>();
    String listed = LinuxLab.run("nft", "-j", "list", "table", "bridge", "havip");
    // It warns of expressions that it cannot print as JSON.
    JsonNode listing = Json.MAPPER.readTree(listed.substring(listed.indexOf('{')));
    for (JsonNode object : listing.get("nftables")) {
      JsonNode set = object.has("map") ? object.get("map") : object.path("set");
      String name = set.path("name").asString("");
      if (SETS.contains(name)) {
        set.path("elem").forEach(element -> all.add(name + " " + text(name, element)));
      }
    }
    all.add(
        "bridges "
            + LinuxLab.run("ip", "-br", "link")
                .lines()
                .filter(line -> line.matches("havip[0-9]+ .*"))
                .count());
    Matcher port =
        Pattern.compile("(p-vm[0-9])@\\S+ .* master havip1 ")
            .matcher(LinuxLab.run("bridge", "link"));
    while (port.find()) {
      all.add("attached " + port.group(1));
    }
    return all;
  }

  private static String text(String set, JsonNode element) {
    JsonNode key = element.isArray() ? element.get(0) : element;
    return key.has("concat")
        ? key.get("concat")
            .valueStream()
            .skip(NUMBERED.contains(set) ? 1 : 0)
            .map(JsonNode::asString)
            .collect(Collectors.joining(" "))
        : key.asString();
  }

  /**
   * Frames to the quiet VIP, one a millisecond. The kernel counts those that arrive, so that none
   * is missed because this process had to wait for the processor.
   */
  private static final class Flow implements AutoCloseable {
    private static final Duration ALL_HAVE_ARRIVED_AFTER = Duration.ofMillis(500);
    private static final Duration LOST_AFTER = Duration.ofSeconds(20);
    private static final Pattern PACKETS = Pattern.compile("packets ([0-9]+)");

    private final VirtualNic from;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread sender = Thread.ofPlatform().unstarted(this::sendUntilEnded);
    private final long arrivedBefore;
    private long sent; // guarded by this

    Flow(VirtualNic from, VirtualNic to) throws Exception {
      this.from = from;
      LinuxLab.nft(
          "table netdev arrivals { chain vip { type filter hook ingress device nic%d priority 0; ip daddr %s udp dport 5000 counter; }; }"
              .formatted(to.number(), QUIET_VIP));
      // What is sent before the port forwards does not count.
      while (arrived() == 0) {
        from.send(frame());
        Thread.sleep(10);
      }
      Thread.sleep(ALL_HAVE_ARRIVED_AFTER);
      arrivedBefore = arrived();
      sender.start();
    }

    private byte[] frame() {
      return from.udp(from.address(), QUIET_VIP, "flow");
    }

    private void sendUntilEnded() {
      try {
        while (!ended.get()) {
          send();
          Thread.sleep(1);
        }
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private synchronized void send() throws IOException {
      from.send(frame());
      sent++;
    }

    synchronized long sent() {
      return sent;
    }

    private static long arrived() throws Exception {
      Matcher packets =
          PACKETS.matcher(LinuxLab.run("nft", "list", "chain", "netdev", "arrivals", "vip"));
      assertThat(packets.find()).isTrue();
      return Long.parseLong(packets.group(1));
    }

    /** How many of those that were sent did not arrive; none is sent meanwhile. */
    synchronized long lost() throws Exception {
      long end = System.nanoTime() + LOST_AFTER.toNanos();
      long lost = sent + arrivedBefore - arrived();
      while (lost != 0 && System.nanoTime() < end) {
        Thread.sleep(20);
        lost = sent + arrivedBefore - arrived();
      }
      return lost;
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        sender.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String id(JsonNode resource) {
    return resource.get("id").asString();
  }
}
