package io.havip.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.json.Json;
import io.havip.kernel.NetworkNamespace;
import io.havip.kernel.PacketSocket;
import io.havip.net.Ipv4Address;
import io.havip.ovsdb.OvsdbServer;
import io.havip.server.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A stage on a server of its own, with what tests ask it about the VIP. */
final class Theatre implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL_PERIOD = Duration.ofMillis(50);

  private final CleanUps cleanUps = new CleanUps();
  private final ServerProcess server;
  private final Stage stage;
  private final String vip;
  private final @Nullable Ovn ovn;
  private final Set<Guest> unplugged = new HashSet<>();
  private int eventsBefore;

  /** An event, and when a client that follows them had it. */
  record Told(JsonNode event, Instant at) {
    String kind() {
      return event.path("kind").asString();
    }
  }

  /** Looks at something that a server shows. */
  interface Look {
    JsonNode now() throws IOException, InterruptedException;
  }

  /** On this host. */
  Theatre(Path directory) throws Exception {
    this(directory, null);
  }

  /** On two chassis of Open Virtual Network, with an agent on each. */
  static Theatre onOvn(Path directory) throws Exception {
    OvsdbServer.assumeInstalled();
    return new Theatre(directory, Ovn.start(Files.createDirectory(directory.resolve("ovn"))));
  }

  private Theatre(Path directory, @Nullable Ovn ovn) throws Exception {
    this.ovn = ovn;
    if (ovn != null) {
      cleanUps.add(ovn::close);
    }
    try {
      server = new ServerProcess(directory, flags(ovn));
      cleanUps.add(server::stop);
      if (ovn != null) {
        for (Ovn.Chassis chassis : Ovn.Chassis.values()) {
          cleanUps.add(AgentProcess.start(ovn, chassis, server, directory)::stop);
        }
      }
      Api api = new Api(URI.create(server.url()), server.token());
      cleanUps.add(api::close);
      stage = new Stage(api, ovn == null ? Plugs.TO_THIS_HOST : new Plugs.ToOvn(ovn));
      cleanUps.add(stage::close);
      vip = "/v1/vips/" + server.get("/v1/vips").at("/items/0/id").asString();
    } catch (Exception | AssertionError e) {
      cleanUps.run();
      throw e;
    }
  }

  /** What a server is started with, which agents on the chassis can reach. */
  static String[] flags(@Nullable Ovn ovn) {
    return ovn == null
        ? new String[0]
        : new String[] {
          "--fabric=ovn",
          "--ovn-northbound=" + ovn.northbound(),
          "--ovn-southbound=" + ovn.southbound(),
          "--listen=0.0.0.0"
        };
  }

  ServerProcess server() {
    return server;
  }

  Stage stage() {
    return stage;
  }

  /** The VIP's path. */
  String vip() {
    return vip;
  }

  /** The VIP as it is. */
  JsonNode shown() throws IOException, InterruptedException {
    return server.get(vip);
  }

  String id(Guest guest) throws IOException, InterruptedException {
    return server
        .get("/v1/vms")
        .path("items")
        .valueStream()
        .filter(vm -> vm.path("name").asString().equals(guest.name()))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asString();
  }

  /** The first guest takes the VIP that nobody holds; the others wait behind it. */
  void elect(List<Guest> guests) throws Exception {
    stage.keepaliveds().start(guests.getFirst());
    stage.awaitHolder("the first takes what nobody holds", List.of(guests.getFirst()));
    for (Guest other : guests.subList(1, guests.size())) {
      stage.keepaliveds().start(other);
    }
  }

  /** Asks for another VIP beside it, bound to these; it is not there yet. */
  JsonNode createVip(String name, Ipv4Address address, Guest... bound)
      throws IOException, InterruptedException {
    JsonNode shown = shown();
    List<String> vmIds = new ArrayList<>();
    for (Guest guest : bound) {
      vmIds.add(id(guest));
    }
    return server.call(
        "POST",
        "/v1/vips",
        Map.of(
            "name",
            name,
            "type",
            "internal",
            "vpcId",
            shown.path("vpcId").asString(),
            "networkId",
            shown.path("networkId").asString(),
            "address",
            address.toString(),
            "vmIds",
            vmIds));
  }

  /** Waits until the VIP is so. */
  JsonNode await(Predicate<JsonNode> condition) throws Exception {
    return await(this::shown, condition);
  }

  /** Waits until what is looked at is so. */
  JsonNode await(Look look, Predicate<JsonNode> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode shown = look.now();
    while (!condition.test(shown)) {
      assertThat(System.nanoTime()).as("still %s", shown).isLessThan(end);
      Thread.sleep(POLL_PERIOD);
      shown = look.now();
    }
    return shown;
  }

  /** The kinds of the VIP's events since it was last cleared, oldest first. */
  List<String> kinds() throws Exception {
    List<String> kinds = allKinds();
    return kinds.subList(eventsBefore, kinds.size());
  }

  private List<String> allKinds() throws Exception {
    return server
        .get(vip + "/events?limit=1000")
        .path("items")
        .valueStream()
        .map(event -> event.path("kind").asString())
        .toList();
  }

  /** What a client that follows the VIP's events is told from now on; it grows. */
  List<Told> follow() throws IOException, InterruptedException {
    List<Told> told = new CopyOnWriteArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + vip + "/events"))
            .header("Authorization", "Bearer " + server.token())
            .header("Accept", "text/event-stream")
            .build();
    HttpResponse<Stream<String>> stream = client.send(request, HttpResponse.BodyHandlers.ofLines());
    Thread.ofVirtual()
        .start(() ->
            stream
                .body()
                .filter(line -> line.startsWith("data: "))
                .forEach(line ->
                    told.add(
                        new Told(
                            Json.MAPPER.readTree(line.substring("data: ".length())),
                            Instant.now()))));
    return told;
  }

  /** The guest's port carries nothing any more. */
  void unplug(Guest guest) throws Exception {
    if (ovn == null) {
      guest.ip("link", "set", Guest.NIC, "down");
    } else {
      ovn.detach(Plugs.ToOvn.chassisOf(guest), guest.port());
      unplugged.add(guest);
    }
  }

  private void plugAgain() throws Exception {
    if (ovn != null) {
      for (Guest guest : unplugged) {
        ovn.attach(Plugs.ToOvn.chassisOf(guest), guest.port());
        ovn.nbctl("wait-until", "Logical_Switch_Port", guest.port(), "up=true");
      }
      unplugged.clear();
    }
  }

  /** When a guest advertises or claims the VIP for the first time from now on. */
  CompletableFuture<Instant> firstClaimOf(Guest guest) throws Exception {
    String port = guest.port();
    return Claims.firstAt(
        ovn == null
            ? PacketSocket.open(port)
            : NetworkNamespace.named(Plugs.ToOvn.chassisOf(guest).ns())
                .call(() -> PacketSocket.open(port)));
  }

  /** Every VM is as after its boot, nobody has claimed the VIP, and these are bound to it. */
  void clear(List<Guest> bound) throws Exception {
    stage.keepaliveds().killAll();
    for (Guest guest : List.of(Stage.VM1, Stage.VM2, Stage.VM3, Stage.VM4)) {
      guest.ip("addr", "flush", "dev", Guest.NIC);
      guest.ip("addr", "add", guest.address() + "/24", "brd", "+", "dev", Guest.NIC);
      guest.ip("link", "set", Guest.NIC, "up");
    }
    plugAgain();
    stage.bind(List.of());
    await(shown -> shown.path("holders").isEmpty());
    stage.bind(bound);
    eventsBefore = allKinds().size();
  }

  @Override
  public void close() throws IOException {
    cleanUps.run();
  }
}
