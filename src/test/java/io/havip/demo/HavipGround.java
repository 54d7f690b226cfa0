package io.havip.demo;

import io.havip.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** The fabric of a real server, in which the VIP of an {@link Arena} is bound to its members. */
final class HavipGround implements Ground, AutoCloseable {
  private final ServerProcess server;
  private final Software software;
  private final boolean external;
  private final Cabling cabling;
  private final CleanUps cleanUps = new CleanUps();
  private final Map<Guest, String> ids = new HashMap<>();
  private String subnet = "";
  private String outside = "";
  private String vip = "";

  HavipGround(ServerProcess server, Software software, boolean external)
      throws CheckFailedException, IOException, InterruptedException {
    this(server, software, external, Cabling.OF_THIS_HOST);
  }

  HavipGround(ServerProcess server, Software software, boolean external, Cabling cabling)
      throws CheckFailedException, IOException, InterruptedException {
    this.server = server;
    this.software = software;
    this.external = external;
    this.cabling = cabling;
    try {
      create();
    } catch (CheckFailedException | IOException | InterruptedException | RuntimeException e) {
      cleanUps.run();
      throw e;
    }
  }

  private void create() throws CheckFailedException, IOException, InterruptedException {
    String vpc = create("vpcs", Map.of("name", "arena", "cidr", Stage.VPC.toString()));
    subnet =
        create("subnets", Map.of("vpcId", vpc, "name", "arena", "cidr", Stage.SUBNET.toString()));
    if (external) {
      cabling.layUplink(cleanUps);
      outside =
          create(
              "external-networks",
              Map.of(
                  "name",
                  "outside",
                  "cidr",
                  Arena.EXTERNAL.toString(),
                  "gateway",
                  Arena.GATEWAY.toString(),
                  "uplink",
                  Cabling.UPLINK,
                  "enforcement",
                  "enforce"));
    }
    List<Guest> guests = new ArrayList<>(List.of(Stage.VM1, Stage.VM2, Stage.VM4));
    guests.add(external ? Arena.ROUTER : Stage.CLIENT);
    for (Guest guest : guests) {
      ids.put(
          guest, create("vms", Map.of("name", guest.name(), "vpcId", vpc, "nics", nics(guest))));
    }
    List<String> members = List.of(id(Stage.VM1), id(Stage.VM2));
    vip =
        create(
            "vips",
            Map.of(
                "name",
                "arena",
                "type",
                external ? "external" : "internal",
                "vpcId",
                vpc,
                "networkId",
                external ? outside : subnet,
                "address",
                Arena.vip(external).toString(),
                "vmIds",
                members,
                "vmacVmIds",
                software == Software.KEEPALIVED_VMAC ? members : List.of()));
    Checks.awaitTrue(
        "the VIP becomes available",
        () -> shown().path("state").asString().equals("available"),
        this::shown);
  }

  /** The router lets through what comes from far away; its way out is the uplink. */
  private List<Map<String, Object>> nics(Guest guest) {
    List<Map<String, Object>> nics = new ArrayList<>();
    boolean isRouter = guest.equals(Arena.ROUTER);
    nics.add(
        Map.of(
            "networkId", subnet,
            "address", guest.address().toString(),
            "mac", guest.mac().toString(),
            "port", guest.port(),
            "allowedSources", isRouter ? List.of(Arena.FAR_AWAY.toString()) : List.of()));
    if (external && !isRouter) {
      nics.add(
          Map.of(
              "networkId", outside,
              "mac", Arena.secondMac(guest).toString(),
              "port", Arena.secondPort(guest)));
    }
    return nics;
  }

  private String create(String collection, Map<String, Object> body)
      throws IOException, InterruptedException {
    String id = server.call("POST", "/v1/" + collection, body).path("id").asString();
    cleanUps.add(() -> delete("/v1/" + collection + "/" + id));
    return id;
  }

  private void delete(String path) throws IOException, InterruptedException {
    server.call("DELETE", path, List.of());
    if (path.startsWith("/v1/vips/")) {
      String query = "/v1/vips?address=" + Arena.vip(external);
      try {
        Checks.awaitTrue(
            "the VIP is gone",
            () -> server.get(query).path("items").isEmpty(),
            () -> server.get(query));
      } catch (CheckFailedException e) {
        throw new IOException(e);
      }
    }
  }

  @Override
  public void connect(Guest guest, boolean second)
      throws CheckFailedException, IOException, InterruptedException {
    // The router's second NIC is outside, where HAVIP has no record of it.
    if (second && guest.equals(Arena.ROUTER)) {
      cabling.connectOutside(guest);
    } else {
      cabling.connect(guest, second);
    }
  }

  @Override
  public String configuration(Guest member) throws IOException, InterruptedException {
    return server.text("/v1/vips/" + vip + "/" + software.resource() + id(member));
  }

  @Override
  public boolean isHeldBy(Guest guest) throws IOException, InterruptedException {
    return shown().path("holders").findValuesAsString("vmId").equals(List.of(id(guest)));
  }

  /** The VIP, as the API shows it. */
  JsonNode shown() throws IOException, InterruptedException {
    return server.get("/v1/vips/" + vip);
  }

  /** The virtual router of the VIP; one that nobody has before it gets one. */
  int vrid() throws IOException, InterruptedException {
    return shown().path("vrid").asInt(51);
  }

  /** How many packets of the port the fabric has refused as claims of that kind, as events say. */
  long refused(String port, String claim) throws IOException, InterruptedException {
    return told("claims_refused", port, claim);
  }

  /** The same for packets that use the address of another NIC of the VM. */
  long misdirected(String port, String claim) throws IOException, InterruptedException {
    return told("claims_misdirected", port, claim);
  }

  private long told(String kind, String port, String claim)
      throws IOException, InterruptedException {
    return server
        .get("/v1/events?limit=1000")
        .path("items")
        .valueStream()
        .filter(event -> event.path("kind").asString().equals(kind))
        .map(event -> event.path("data"))
        .filter(data -> data.path("port").asString().equals(port))
        .filter(data -> data.path("kind").asString().equals(claim))
        .mapToLong(data -> data.path("packets").asLong())
        .sum();
  }

  /** What happened to the VIP, oldest first. */
  List<String> events() throws IOException, InterruptedException {
    return server
        .get("/v1/vips/" + vip + "/events?limit=1000")
        .path("items")
        .valueStream()
        .map(event -> event.path("kind").asString())
        .toList();
  }

  private String id(Guest guest) {
    return Objects.requireNonNull(ids.get(guest));
  }

  @Override
  public void close() throws IOException {
    cleanUps.run();
  }
}
