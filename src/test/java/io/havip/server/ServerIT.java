package io.havip.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A server, its store and its fabric as processes and a kernel: what an operator may do to them,
 * and that the VIPs not concerned do not notice. vm1 and vm2 are bound to the VIP that changes; vm3
 * holds one that does not, and answers for it all the time.
 */
class ServerIT {
  private static final Ipv4Address VIP = Ipv4Address.parse("10.0.0.100");
  private static final Ipv4Address QUIET_VIP = Ipv4Address.parse("10.0.0.101");

  @TempDir private Path directory;
  private ServerProcess server;
  private List<VirtualNic> nics;
  private final List<String> vmIds = new ArrayList<>();
  private String vpcId;
  private String subnetId;
  private String vip;
  private String quietVip;

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory);
    vpcId = id(server.call("POST", "/v1/vpcs", Map.of("name", "vpc", "cidr", "10.0.0.0/16")));
    subnetId =
        id(
            server.call(
                "POST",
                "/v1/subnets",
                Map.of("name", "subnet", "vpcId", vpcId, "cidr", "10.0.0.0/24")));
    nics = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      VirtualNic nic = LinuxLab.plug(i, Ipv4Address.parse("10.0.0.1" + i));
      nics.add(nic);
      Map<String, String> nicBody =
          Map.of(
              "networkId", subnetId,
              "address", nic.address().toString(),
              "mac", nic.mac().toString(),
              "port", nic.port());
      vmIds.add(
          id(
              server.call(
                  "POST",
                  "/v1/vms",
                  Map.of("name", "vm" + i, "vpcId", vpcId, "nics", List.of(nicBody)))));
    }
    vip = createVip("busy", VIP, vmIds.get(0), vmIds.get(1));
    quietVip = createVip("quiet", QUIET_VIP, vmIds.get(2));
    await(vip, ServerIT::isAvailable);
    await(quietVip, ServerIT::isAvailable);
    for (VirtualNic nic : nics) {
      awaitPort(nic);
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    for (VirtualNic nic : nics) {
      nic.socket().close();
    }
    LinuxLab.clear();
  }

  @Test
  void whoClaimsIsShownAndStaysShownAfterARestart() throws Exception {
    VirtualNic vm1 = nics.get(0);
    long sent = System.nanoTime();
    assertThat(vm1.reaches(nics.get(3), vm1.claim(VIP))).isTrue();
    JsonNode held = await(vip, shown -> !shown.get("holders").isEmpty());
    System.out.printf("claim to holder shown: %d ms%n", (System.nanoTime() - sent) / 1_000_000);
    assertThat(held.get("holders").get(0).get("vmId").asString()).isEqualTo(vmIds.get(0));

    server.kill();
    server.restart();
    assertThat(server.get("/v1/vips/" + vip).get("holders")).isEqualTo(held.get("holders"));

    VirtualNic vm2 = nics.get(1);
    assertThat(vm2.reaches(nics.get(3), vm2.claim(VIP))).isTrue();
    await(vip, shown -> shown.get("holders").get(0).get("vmId").asString().equals(vmIds.get(1)));
    assertThat(kinds(vip)).containsSubsequence("vip_created", "holder_changed", "holder_changed");

    server.call("DELETE", "/v1/vips/" + vip + "/bindings/" + vmIds.get(1), List.of());
    await(vip, shown -> isAvailable(shown) && shown.get("holders").isEmpty());
    assertThat(vm2.reaches(nics.get(3), vm2.claim(VIP))).as("unbound").isFalse();
  }

  @Test
  void whateverIsDoneToTheTableIsUndoneAndNobodyElseNotices() throws Exception {
    VirtualNic thief = nics.get(3);
    try (Flow flow = new Flow(nics.get(3), nics.get(2))) {
      for (String harm :
          List.of(
              "flush table bridge havip",
              "flush ruleset",
              "delete table bridge havip",
              "delete element bridge havip exits { p-vm1 . 10.0.0.100 }",
              "flush chain bridge havip arp_refused",
              "add element bridge havip sources { p-vm4 . 02:00:00:00:00:04 . 10.0.0.100 }")) {
        LinuxLab.nft(harm);
        awaitEquals(desiredExits(), ServerIT::exits);
        awaitRefused(thief, nics.get(0), harm);
        assertThat(flow.lost()).as(harm).isZero();
      }
    }
    assertThat(server.log()).contains("Repaired the fabric");
  }

  /** Frames from one VM to the VIP of another, one a millisecond, none of which may be lost. */
  private static final class Flow implements AutoCloseable {
    private static final Duration LOST_AFTER = Duration.ofSeconds(20);

    private final VirtualNic from;
    private final VirtualNic to;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread sender = Thread.ofPlatform().unstarted(this::send);
    private final Thread receiver = Thread.ofPlatform().unstarted(this::receive);
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    Flow(VirtualNic from, VirtualNic to) {
      this.from = from;
      this.to = to;
      receiver.start();
      sender.start();
    }

    /** How many of the frames that were sent until now do not arrive. */
    int lost() throws InterruptedException {
      Set<String> sent = new HashSet<>(missing);
      long end = System.nanoTime() + LOST_AFTER.toNanos();
      while (!sent.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(20);
        sent.retainAll(missing);
      }
      return sent.size();
    }

    private void send() {
      try {
        for (int i = 0; !ended.get(); i++) {
          String text = "flow " + i + ".";
          missing.add(text);
          from.send(from.udp(from.address(), QUIET_VIP, text));
          Thread.sleep(1);
        }
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    private void receive() {
      try {
        while (!ended.get()) {
          to.socket()
              .receive(Duration.ofMillis(100))
              .map(frame -> new String(frame, ISO_8859_1))
              .filter(frame -> frame.contains("flow "))
              .ifPresent(frame ->
                  missing.remove(
                      frame.substring(frame.indexOf("flow "), frame.lastIndexOf('.') + 1)));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        sender.join();
        receiver.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private String createVip(String name, Ipv4Address address, String... boundVmIds)
      throws Exception {
    return id(
        server.call(
            "POST",
            "/v1/vips",
            Map.of(
                "name",
                name,
                "type",
                "internal",
                "vpcId",
                vpcId,
                "networkId",
                subnetId,
                "address",
                address.toString(),
                "vmIds",
                List.of(boundVmIds))));
  }

  private List<String> kinds(String vipId) throws Exception {
    return server
        .get("/v1/vips/" + vipId + "/events")
        .get("items")
        .valueStream()
        .map(event -> event.get("kind").asString())
        .toList();
  }

  /** Through which ports frames to the VIPs may leave, as the API has it. */
  private Set<String> desiredExits() throws Exception {
    Set<String> exits = new TreeSet<>();
    for (JsonNode shown : server.get("/v1/vips").get("items")) {
      for (JsonNode binding : shown.get("bindings")) {
        exits.add(binding.get("port").asString() + " . " + shown.get("address").asString());
      }
    }
    return exits;
  }

  /** The same as the kernel has it. */
  private static Set<String> exits() throws Exception {
    Set<String> exits = new TreeSet<>();
    var element =
        Pattern.compile("\"(p-vm[0-9])\" \\. ([0-9.]+)")
            .matcher(LinuxLab.run("sh", "-c", "nft list set bridge havip exits 2>&1 || true"));
    while (element.find()) {
      exits.add(element.group(1) + " . " + element.group(2));
    }
    return exits;
  }

  private interface Fallible<T> {
    T get() throws Exception;
  }

  private static <T> void awaitEquals(T expected, Fallible<T> actual) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!expected.equals(actual.get())) {
      assertThat(System.nanoTime()).as("%s is not yet %s", actual.get(), expected).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private void awaitRefused(VirtualNic thief, VirtualNic witness, String harm) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (thief.reaches(witness, thief.claim(VIP))) {
      assertThat(System.nanoTime()).as("still not repaired: %s", harm).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private JsonNode await(String vipId, Predicate<JsonNode> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (true) {
      JsonNode shown = server.get("/v1/vips/" + vipId);
      if (condition.test(shown)) {
        return shown;
      }
      assertThat(System.nanoTime()).as("still %s", shown).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private static void awaitPort(VirtualNic nic) throws Exception {
    awaitEquals(true, () -> LinuxLab.run("bridge", "link").contains(nic.port() + "@"));
    awaitEquals(
        true,
        () ->
            LinuxLab.run("bridge", "link")
                .lines()
                .anyMatch(l -> l.contains(nic.port() + "@") && l.contains("forwarding")));
  }

  private static boolean isAvailable(JsonNode shown) {
    return shown.get("state").asString().equals("available")
        && shown.get("generation").equals(shown.get("observedGeneration"));
  }

  private static String id(JsonNode resource) {
    return resource.get("id").asString();
  }
}
