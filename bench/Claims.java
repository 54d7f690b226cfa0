import io.havip.kernel.NetworkNamespace;
import io.havip.kernel.PacketSocket;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The part of claims.sh that plays the VMs and the client: URL TOKEN PID-OF-SERVER. */
public final class Claims {
  private static final int VIPS = 1000;
  private static final int VIPS_PER_VM = 5;
  private static final int SAMPLES = 500;
  private static final int TICKS_PER_SECOND = 100;
  private static final Pattern HOLDER_CHANGED =
      Pattern.compile("\"vipId\":\"([^\"]+)\".*\"kind\":\"holder_changed\"");

  private final JsonMapper json = new JsonMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI server;
  private final String token;
  private final Map<String, Long> heardAt = new ConcurrentHashMap<>();

  private record Nic(String vmId, MacAddress mac, PacketSocket socket) {}

  private record Vip(String id, Ipv4Address address, Nic first, Nic second) {}

  private Claims(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  public static void main(String[] arguments) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Claims bench = new Claims(URI.create(arguments[0]), arguments[1]);
    List<Vip> vips = bench.build();
    Thread.ofVirtual().start(bench::follow);
    Thread.sleep(2000);
    for (Vip vip : vips) {
      bench.claim(vip.first(), vip.address());
      Thread.sleep(5);
    }
    while (bench.heardAt.size() < VIPS) {
      Thread.sleep(100);
    }
    Thread.sleep(5000); // a VIP changes hands at most once a second, and the server calms down
    idle(Long.parseLong(arguments[2]));
    Collections.shuffle(vips, new Random(seed));
    List<Double> millis = new ArrayList<>();
    for (Vip vip : vips.subList(0, SAMPLES)) {
      bench.heardAt.remove(vip.id());
      long sent = System.nanoTime();
      bench.claim(vip.second(), vip.address());
      while (!bench.heardAt.containsKey(vip.id())) {
        Thread.sleep(1);
      }
      millis.add((bench.heardAt.get(vip.id()) - sent) / 1e6);
      Thread.sleep(50);
    }
    Collections.sort(millis);
    System.out.printf(
        "claim on the wire to event at a client, %d VIPs, %d claims: p50 %.1f p99 %.1f max %.1f ms%n",
        VIPS, SAMPLES, millis.get(SAMPLES / 2), millis.get(SAMPLES * 99 / 100), millis.getLast());
  }

  private static void idle(long pid) throws Exception {
    int seconds = 20;
    long before = ticks(pid);
    Thread.sleep(seconds * 1000L);
    double percent = 100.0 * (ticks(pid) - before) / TICKS_PER_SECOND / seconds;
    System.out.printf("idle server, %d claimed VIPs: %.2f %% of one CPU%n", VIPS, percent);
  }

  /** Of user and system time: see proc_pid_stat(5). */
  private static long ticks(long pid) throws Exception {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  private List<Vip> build() throws Exception {
    String vpc = id(post("/v1/vpcs", Map.of("name", "bench", "cidr", "10.0.0.0/8")));
    String subnet =
        id(post("/v1/subnets", Map.of("vpcId", vpc, "name", "bench", "cidr", "10.0.0.0/16")));
    int vms = 2 * VIPS / VIPS_PER_VM;
    run("ip", "netns", "add", "vms");
    StringBuilder batch = new StringBuilder();
    for (int i = 0; i < vms; i++) {
      batch.append(
          "link add p%d up type veth peer name v%d address %s netns vms\n"
              .formatted(i, i, mac(i)));
    }
    StringBuilder inside = new StringBuilder();
    for (int i = 0; i < vms; i++) {
      inside.append("link set v%d up\n".formatted(i));
    }
    run("ip", "-batch", Files.writeString(Path.of("/run/batch"), batch).toString());
    run("ip", "-n", "vms", "-batch", Files.writeString(Path.of("/run/in"), inside).toString());
    List<Nic> nics = new ArrayList<>();
    for (int i = 0; i < vms; i++) {
      Map<String, String> nic =
          Map.of("networkId", subnet, "mac", mac(i).toString(), "port", "p" + i);
      String vm = id(post("/v1/vms", Map.of("name", "vm" + i, "vpcId", vpc, "nics", List.of(nic))));
      String name = "v" + i;
      PacketSocket socket = NetworkNamespace.named("vms").call(() -> PacketSocket.open(name));
      nics.add(new Nic(vm, mac(i), socket));
    }
    List<Vip> vips = new ArrayList<>();
    for (int i = 0; i < VIPS; i++) {
      Nic first = nics.get(i / VIPS_PER_VM * 2);
      Nic second = nics.get(i / VIPS_PER_VM * 2 + 1);
      JsonNode vip =
          post(
              "/v1/vips",
              Map.of(
                  "name", "vip" + i,
                  "type", "internal",
                  "vpcId", vpc,
                  "networkId", subnet,
                  "vmIds", List.of(first.vmId(), second.vmId())));
      vips.add(
          new Vip(id(vip), Ipv4Address.parse(vip.path("address").asString()), first, second));
    }
    return vips;
  }

  private static MacAddress mac(int number) {
    return MacAddress.parse("02:00:00:00:%02x:%02x".formatted(number / 256, number % 256));
  }

  private void claim(Nic nic, Ipv4Address address) throws Exception {
    Arp arp = Arp.gratuitous(Arp.Operation.REQUEST, nic.mac(), address);
    nic.socket()
        .send(Ethernet.frame(Ethernet.BROADCAST, nic.mac(), Ethernet.ARP, arp.toBytes()));
  }

  private void follow() {
    try {
      HttpRequest request = request("/v1/events").header("Accept", "text/event-stream").build();
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        long now = System.nanoTime();
        Matcher changed = HOLDER_CHANGED.matcher(line);
        if (changed.find()) {
          heardAt.put(changed.group(1), now);
        }
      }
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private JsonNode post(String path, Object body) throws Exception {
    HttpResponse<String> response =
        http.send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IllegalStateException(path + ": " + response.body());
    }
    return json.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).header("Authorization", "Bearer " + token);
  }

  private static String id(JsonNode resource) {
    return resource.path("id").asString();
  }

  private static void run(String... command) throws Exception {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException(Arrays.toString(command));
    }
  }
}
