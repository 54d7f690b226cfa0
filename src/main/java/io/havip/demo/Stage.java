package io.havip.demo;

import static io.havip.demo.Checks.await;
import static io.havip.demo.Checks.awaitTrue;

import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A VPC with a subnet, four VMs and a client, and a VIP bound to three of the VMs; each is both a
 * record in HAVIP and a namespace. Closing it removes all of that.
 */
final class Stage implements AutoCloseable {
  static final Cidr VPC = Cidr.parse("10.77.0.0/16");
  static final Cidr SUBNET = Cidr.parse("10.77.0.0/24");
  static final Ipv4Address VIP = Ipv4Address.parse("10.77.0.100");
  static final Guest VM1 = guest("vm1", 11);
  static final Guest VM2 = guest("vm2", 12);
  static final Guest VM3 = guest("vm3", 13);
  static final Guest VM4 = guest("vm4", 14);
  static final Guest CLIENT = guest("client", 20);

  /** The VMs that the VIP is bound to at first. */
  static final List<Guest> MEMBERS = List.of(VM1, VM2, VM3);

  private final Api api;
  private final CleanUps cleanUps = new CleanUps();
  private final Map<String, Guest> guestsById = new LinkedHashMap<>();
  private final String vipId;
  private final Keepaliveds keepaliveds;
  private final Probe probe;

  /** Builds it; the client begins to ask the VIP, but keepalived runs nowhere yet. */
  Stage(Api api, Plugs plugs) throws CheckFailedException, IOException, InterruptedException {
    this.api = api;
    try {
      Path directory = Files.createTempDirectory("havip-demo");
      cleanUps.add(() -> removeTree(directory));
      String vpcId = api.createVpc("demo", VPC);
      cleanUps.add(() -> api.delete("vpcs", vpcId));
      String subnetId = api.createSubnet("demo", vpcId, SUBNET);
      cleanUps.add(() -> api.delete("subnets", subnetId));
      for (Guest guest : List.of(VM1, VM2, VM3, VM4, CLIENT)) {
        String vmId = api.createVm(guest, vpcId, subnetId);
        cleanUps.add(() -> api.delete("vms", vmId));
        guestsById.put(vmId, guest);
        cleanUps.add(() -> plugs.unplug(guest));
        plugs.plug(guest, SUBNET);
      }
      vipId = api.createVip("demo", vpcId, subnetId, VIP, ids(MEMBERS));
      cleanUps.add(this::deleteVipIfPresent);
      awaitAvailable();
      keepaliveds = new Keepaliveds(VIP, this::configuration, directory);
      cleanUps.add(keepaliveds::killAll);
      for (Guest guest : List.of(VM1, VM2, VM3, VM4)) {
        EchoServer server = EchoServer.start(guest, VIP);
        cleanUps.add(server::close);
      }
      probe = Probe.start(CLIENT, VIP);
      cleanUps.add(probe::close);
    } catch (CheckFailedException | IOException | InterruptedException | RuntimeException e) {
      try {
        cleanUps.run();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  Keepaliveds keepaliveds() {
    return keepaliveds;
  }

  Probe probe() {
    return probe;
  }

  /** Starts keepalived in the members, and waits until one holds the VIP. */
  Guest elect() throws CheckFailedException, IOException, InterruptedException {
    for (Guest member : MEMBERS) {
      keepaliveds.start(member);
    }
    return awaitHolder("one of the bound VMs holds the VIP", MEMBERS);
  }

  /** The member dies as a VM does: its keepalived can tell nobody, and its NIC goes down. */
  void kill(Guest member) throws IOException, InterruptedException {
    member.ip("link", "set", Guest.NIC, "down");
    keepaliveds.of(member).kill();
  }

  /** A member that was killed boots again: it has forgotten the VIP. */
  void revive(Guest member) throws IOException, InterruptedException {
    member.ip("addr", "flush", "dev", Guest.NIC, "to", VIP.toString());
    member.ip("link", "set", Guest.NIC, "up");
    keepaliveds.start(member);
  }

  /** Binds exactly these guests and waits until the fabric has realised it. */
  void bind(List<Guest> guests) throws CheckFailedException, IOException, InterruptedException {
    api.replaceBindings(vipId, ids(guests));
    awaitAvailable();
  }

  /** The VRID that HAVIP gave the VIP when it made the first keepalived.conf. */
  int vrid() throws IOException, InterruptedException {
    return api.vip(vipId).orElseThrow().vrid();
  }

  /** Deletes the VIP and waits until it is gone. */
  void deleteVip() throws CheckFailedException, IOException, InterruptedException {
    api.deleteVip(vipId);
    awaitTrue(
        "the deleted VIP is gone (404)", () -> api.vip(vipId).isEmpty(), () -> api.vip(vipId));
  }

  /** Who holds the VIP, as the API says. */
  List<Guest> holders() throws IOException, InterruptedException {
    List<String> ids = api.vip(vipId).map(Api.Vip::holders).orElse(List.of());
    return ids.stream().map(id -> Optional.ofNullable(guestsById.get(id)).orElseThrow()).toList();
  }

  /**
   * Waits until the API, keepalived and the client agree that one of the candidates holds the VIP.
   */
  Guest awaitHolder(String promise, List<Guest> candidates)
      throws CheckFailedException, IOException, InterruptedException {
    long start = System.nanoTime();
    return await(
        promise + ", its keepalived agrees, and it answers the client",
        () -> {
          List<Guest> holders = holders();
          // On a busy machine one may be the master for a moment before a better one is.
          return holders.size() == 1
                  && candidates.contains(holders.getFirst())
                  && keepaliveds.believesToHold(holders.getFirst())
                  && probe.answersSince(start).containsKey(holders.getFirst().name())
              ? Optional.of(holders.getFirst())
              : Optional.empty();
        },
        () -> holders() + " " + probe.answersSince(start) + keepaliveds.tails(candidates));
  }

  /** How many packets of the guest the fabric has refused as claims of that kind, as events say. */
  long refused(Guest guest, String kind) throws IOException, InterruptedException {
    return api.refusals().stream()
        .filter(refusal -> refusal.kind().equals(kind) && refusal.port().equals(guest.port()))
        .mapToLong(Api.Refusal::packets)
        .sum();
  }

  /** Removes what there is, also after a chapter that failed. */
  @Override
  public void close() throws IOException {
    cleanUps.run();
  }

  private void awaitAvailable() throws CheckFailedException, IOException, InterruptedException {
    awaitTrue(
        "the VIP becomes available",
        () -> api.vip(vipId).filter(Api.Vip::isAvailable).isPresent(),
        () -> api.vip(vipId));
  }

  private void deleteVipIfPresent() throws IOException, InterruptedException {
    if (api.vip(vipId).isPresent()) {
      try {
        deleteVip();
      } catch (CheckFailedException e) {
        throw new IOException(e);
      }
    }
  }

  private String configuration(Guest guest) throws IOException, InterruptedException {
    return api.keepalived(vipId, ids(List.of(guest)).getFirst(), Keepaliveds.ADVERT_INTERVAL);
  }

  private List<String> ids(List<Guest> guests) {
    return guestsById.entrySet().stream()
        .filter(entry -> guests.contains(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Guest guest(String name, int number) {
    return new Guest(
        name, Ipv4Address.parse("10.77.0." + number), MacAddress.parse("02:00:0a:4d:00:" + number));
  }

  private static void removeTree(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
