package io.havip.fabric.linux;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.fabric.linux.NftListing.Said;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.inventory.Nic;
import io.havip.kernel.KernelException;
import io.havip.kernel.Link;
import io.havip.kernel.NetlinkMonitor;
import io.havip.kernel.Nflog;
import io.havip.kernel.Nfnetlink;
import io.havip.kernel.PacketSender;
import io.havip.kernel.Rtnetlink;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Announcement;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import io.havip.vrrp.Overheard;
import io.havip.wire.Arp;
import io.havip.wire.Ethernet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fabric of one Linux host.
 *
 * <p>A port is judged by the rules from the moment that they name it, and by nothing before. So the
 * order is always: rules first and then the bridge when a port comes, the bridge first and then the
 * rules when it goes. All elements change in one nftables transaction, which the kernel takes or
 * refuses as a whole; what follows it (making bridges, attaching ports, deleting bridges) cannot
 * let anything through that the rules would not.
 *
 * <p>So {@link #sync} restores the rules before it looks after any bridge, and what fails of one
 * bridge is the trouble of that network ({@link Observed.Surroundings#troubles}): the rules hold,
 * and the other bridges are made. It is tried again at each {@code sync}.
 *
 * <p>The monitors tell what others changed: a transaction of nftables by its generation, which is
 * our own if we made it; a change of interfaces by looking whether they are still what they were
 * when we had done our part. Both wait until a change of our own is complete. Accepted claims and
 * advertisements are logged by the rules, up to 50 a second; those that say what was said before
 * are not passed on, so that a holder may repeat itself.
 */
public final class LinuxFabric implements Fabric {
  private static final System.Logger LOG = System.getLogger(LinuxFabric.class.getName());

  /** The group of the statement {@code log} in havip.nft. */
  private static final int CLAIMS_GROUP = 8470;

  private static final int ADVERTS_GROUP = 8471;
  private static final int ANSWERS_GROUP = 8472;

  /** Who asks members, see havip.nft; no station has it. */
  private static final MacAddress ASKER = MacAddress.HAVIP;

  private static final int ADVERT_OCTETS = 88;
  private static final int ARP_OCTETS = 28;
  private static final int ARP_SENDER_ADDRESS_OFFSET = 14;

  /** How long what the kernel listed counts, with what was heard since. */
  private static final Duration LIST_EVERY = Duration.ofMillis(900);

  private final Object changing = new Object();

  /** A claim through the port with this index and name. */
  private record Heard(int index, String port, long atNanos) {}

  /** By VIP who was last heard to claim it. */
  private final Map<Wanted.VipKey, Heard> heard = new ConcurrentHashMap<>();

  /** By VIP the index of the port that was last heard to advertise it. */
  private final Map<Wanted.VipKey, Integer> advertiser = new ConcurrentHashMap<>();

  private final Hearing hearing = new Hearing();
  private final Object listing = new Object();
  private List<Observed.Claim> listed = List.of();
  private long listedAtNanos;
  private final AtomicBoolean isStale = new AtomicBoolean(true);
  private final NftTable table;
  private final NftObserver observer;
  private final Bridges bridges;
  private final PacketSender packets;
  private final List<NetlinkMonitor> monitors = new ArrayList<>();
  private final QuestionSenders senders = new QuestionSenders(new Segments(), System::nanoTime);
  private volatile Wanted wanted = new Wanted(Desired.NOTHING, _ -> false);
  private volatile Runnable listener = () -> {};
  private volatile Runnable sighting = () -> {};
  private boolean synced;
  private boolean closed;
  private boolean hearsClaims;
  private boolean hearsAdverts;
  private boolean hearsAnswers;

  private LinuxFabric(NftTable table, NftObserver observer, Bridges bridges, PacketSender packets) {
    this.table = table;
    this.observer = observer;
    this.bridges = bridges;
    this.packets = packets;
  }

  /**
   * Opens the fabric of the network namespace that this thread is in. Nothing is changed yet.
   *
   * @throws FabricException when libnftables is missing, or a right: CAP_NET_ADMIN, CAP_NET_RAW
   */
  public static LinuxFabric open() throws FabricException {
    try {
      LinuxFabric fabric =
          new LinuxFabric(NftTable.open(), NftObserver.open(), Bridges.open(), PacketSender.open());
      fabric.watch();
      return fabric;
    } catch (IOException e) {
      throw failed("the Linux fabric cannot start", e);
    }
  }

  @Override
  public List<String> sync(Desired desired) throws FabricException {
    synchronized (changing) {
      try {
        KernelException blind = null;
        try {
          bridges.refresh();
        } catch (KernelException e) {
          blind = e; // the rules need no more than what was seen before
        }
        bridges.beginAgain();
        bridges.know(desired.segments().values());
        Wanted next = withStuck(desired);
        List<Port> ports = next.ports();
        List<String> differences = new ArrayList<>(bridges.expel(ports));
        differences.addAll(table.sync(wanted.elements(), next.elements()));
        table.forgetStrangers(next.claimants());
        hearing.keep(desired.grants().values());
        Wanted before = wanted;
        wanted = next;
        if (blind != null) {
          throw blind;
        }
        for (Segment segment : next.segments()) {
          List<String> provided = bridges.provide(segment);
          if (!synced || before.segment(segment.id()) != null) { // else it is new, and not missing
            differences.addAll(provided);
          }
        }
        bridges.refresh();
        differences.addAll(bridges.attach(ports));
        differences.addAll(bridges.attachUplinks());
        differences.addAll(bridges.remove(next.segments()));
        bridges.refresh();
        differences.addAll(bridges.tellFailures());
        learnSenders(
            next.segments().stream().filter(it -> before.segment(it.id()) == null).toList());
        synced = true;
        return differences;
      } catch (IOException e) {
        throw failed("the Linux fabric could not be brought in line", e);
      } finally {
        sightAnew();
      }
    }
  }

  /**
   * What is desired, after the ports that go were taken off their bridges: one that cannot be is
   * judged on.
   */
  private Wanted withStuck(Desired desired) {
    Set<String> names =
        desired.ports().values().stream().map(Port::name).collect(Collectors.toSet());
    List<Port> leaving =
        wanted.ports().stream().filter(before -> !names.contains(before.name())).toList();
    List<Port> stuck = bridges.detach(leaving);
    Map<NicId, Port> ports = new HashMap<>(desired.ports());
    stuck.forEach(port -> ports.putIfAbsent(port.id(), port));
    return new Wanted(new Desired(desired.segments(), ports, desired.grants()), bridges::isBridge);
  }

  @Override
  public void apply(Set<Id> ids, Desired part) throws FabricException {
    synchronized (changing) {
      List<Port> joining = new ArrayList<>();
      List<Port> leaving = new ArrayList<>();
      List<Segment> coming = new ArrayList<>();
      List<Segment> going = new ArrayList<>();
      for (Id id : ids) {
        if (id instanceof NicId nic) {
          Port before = wanted.port(nic);
          Port after = part.ports().get(nic);
          if (before != null && !isSamePlace(before, after)) {
            leaving.add(before);
          }
          if (after != null) {
            joining.add(after);
          }
        } else if (id instanceof NetworkId network) {
          Segment after = part.segments().get(network);
          if (after != null) {
            coming.add(after);
          }
          Segment before = wanted.segment(network);
          if (before != null && after == null) {
            going.add(before);
          }
        }
      }
      boolean linksChange =
          !joining.isEmpty() || !leaving.isEmpty() || !coming.isEmpty() || !going.isEmpty();
      try {
        if (linksChange) {
          bridges.refresh();
        }
        for (Port port : leaving) {
          bridges.detach(port);
        }
        for (Segment segment : going) {
          bridges.release(segment);
        }
        bridges.know(wanted.segmentsAfter(ids, part));
        for (Segment segment : coming) {
          bridges.provide(segment);
        }
        try {
          table.apply(wanted.changes(ids, part), wanted.losers(ids, part));
        } catch (IOException e) {
          bridges.know(wanted.segments());
          bridges.refresh();
          bridges.attach(leaving);
          bridges.attachUplinks();
          throw e;
        }
        wanted.replace(ids, part);
        if (linksChange) {
          bridges.refresh();
          bridges.attach(joining);
          bridges.attach(portsOf(coming)); // whether they are guarded may have changed
          bridges.attachUplinks();
          if (!going.isEmpty()) {
            bridges.remove(wanted.segments());
            going.forEach(bridges::forget);
          }
          bridges.refresh();
          bridges.tellFailures();
          learnSenders(coming);
        }
      } catch (IOException e) {
        throw failed("the Linux fabric refused a change", e);
      } finally {
        sightAnew();
      }
    }
  }

  /**
   * Begins to find out from which addresses to ask there, which takes a second: the first NIC of a
   * segment that has just come is asked for as well as those that follow.
   */
  private void learnSenders(List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      senders.of(segment);
    }
  }

  private List<Port> portsOf(List<Segment> segments) {
    Set<Integer> numbers = segments.stream().map(Segment::number).collect(Collectors.toSet());
    return wanted.ports().stream().filter(port -> numbers.contains(port.segment())).toList();
  }

  @Override
  public boolean asks() {
    return true;
  }

  @Override
  public Optional<Question> ask(Collection<AskedAddress> addresses) throws FabricException {
    try {
      Map<Said, Long> before = observer.answers();
      for (AskedAddress asked : addresses) {
        Optional<MacAddress> mac;
        synchronized (changing) {
          mac = bridges.mac(asked.segment());
        }
        if (mac.isPresent()) { // else nobody is there to be asked
          for (Ipv4Address sender : senders.of(bridges.segment(asked.segment()))) {
            Arp question = Arp.question(mac.get(), sender, asked.address());
            broadcast(asked.segment(), mac.get(), question);
          }
        }
      }
      return Optional.of(() -> answersSince(before));
    } catch (IOException e) {
      throw failed("the Linux fabric cannot ask for an address", e);
    }
  }

  @Override
  public Optional<Question> askMembers(Collection<Grant> grants) throws FabricException {
    if (!hearsAnswers) {
      return Optional.empty();
    }
    long now = System.nanoTime();
    try {
      for (Grant grant : grants) {
        List<Ipv4Address> from = senders.of(bridges.segment(grant.segment()));
        for (Grant.Member member : grant.members()) {
          OptionalInt port = bridges.indexOf(member.port());
          if (port.isPresent()) { // past the bridge, which may not know where it is and ask all
            for (Ipv4Address sender : from) {
              Arp question = Arp.question(ASKER, sender, grant.address());
              send(port.getAsInt(), member.mac(), ASKER, question);
            }
          }
        }
      }
      return Optional.of(() -> hearing.answersSince(now, grants));
    } catch (IOException e) {
      throw failed("the Linux fabric cannot ask the members of a VIP", e);
    }
  }

  @Override
  public boolean announce(Collection<Announcement> announcements) throws FabricException {
    try {
      for (Announcement it : announcements) {
        for (Arp.Operation operation : Arp.Operation.values()) {
          Arp arp = Arp.gratuitous(operation, it.mac(), it.address());
          broadcast(it.segment(), it.mac(), arp);
        }
      }
      return true;
    } catch (IOException e) {
      throw failed("the Linux fabric cannot announce an address", e);
    }
  }

  /** The segments, as one asks for a network's own address there. */
  private final class Segments implements QuestionSenders.Wire {
    @Override
    public boolean ask(int segment, Ipv4Address address) throws IOException {
      Optional<MacAddress> mac = bridges.mac(segment);
      if (mac.isPresent()) {
        broadcast(segment, mac.get(), Arp.question(mac.get(), QuestionSenders.DUMMY, address));
      }
      return mac.isPresent();
    }

    @Override
    public Map<Said, Long> answers() throws IOException {
      return observer.answers();
    }
  }

  /** Sends nothing where the segment has no bridge that is up: nobody is there. */
  private void broadcast(int segment, MacAddress from, Arp arp) throws IOException {
    OptionalInt bridge = bridges.bridgeIndex(segment);
    if (bridge.isPresent()) {
      send(bridge.getAsInt(), Ethernet.BROADCAST, from, arp);
    }
  }

  private void send(int index, MacAddress to, MacAddress from, Arp arp) throws IOException {
    packets.send(index, Ethernet.frame(to, from, Ethernet.ARP, arp.toBytes()));
  }

  private List<Answer> answersSince(Map<Said, Long> before) throws FabricException {
    try {
      List<Answer> answers = new ArrayList<>();
      observer
          .answers()
          .forEach((said, count) -> {
            OptionalInt segment = bridges.segmentOf(said.port());
            if (!count.equals(before.get(said)) && segment.isPresent()) {
              answers.add(new Answer(segment.getAsInt(), said.address(), said.port(), said.mac()));
            }
          });
      return answers;
    } catch (IOException e) {
      throw failed("the Linux fabric cannot hear who has an address", e);
    }
  }

  @Override
  public Optional<String> whyNotAdopt(String logicalSwitch, @Nullable Nic nic) {
    return Optional.of(
        "this server's network is one Linux host's, which has no logical switches; give an uplink");
  }

  @Override
  public Observed observe() throws FabricException {
    Wanted now = wanted;
    Map<Wanted.VipKey, Set<String>> claimants = now.claimants();
    try {
      List<Observed.Claim> claims =
          claims().stream()
              .filter(c ->
                  claimants
                      .getOrDefault(new Wanted.VipKey(c.segment(), c.address()), Set.of())
                      .contains(c.port()))
              .toList();
      return new Observed(
          bridges.portStates(now.ports()),
          claims,
          Optional.of(hearsClaims ? hearing.claimCounts() : observer.claimCounts()),
          Optional.of(observer.refusals()),
          new Observed.Signs(
              bridges.downSince(now.ports()),
              hearing.claims(),
              hearsAnswers ? Optional.of(hearing.answers()) : Optional.empty(),
              hearsAdverts ? Optional.of(hearing.adverts()) : Optional.empty()),
          Set.of(),
          Map.of(),
          surroundings(now.ports()));
    } catch (IOException e) {
      throw failed("the Linux fabric cannot be observed", e);
    }
  }

  private Observed.Surroundings surroundings(List<Port> ports) throws IOException {
    return new Observed.Surroundings(
        observer.withheld(),
        observer.foreignRouters(),
        observer.gatewayMacs(),
        bridges.unjudged(ports),
        bridges.troubles(ports));
  }

  /** The rules tell all that VMs say. */
  @Override
  public boolean hear(ChassisReport report) {
    return false;
  }

  @Override
  public boolean hears(String port) {
    return true;
  }

  /**
   * For each claimed VIP the port of the last accepted claim. Listing them takes the kernel longer
   * the more there are, so mostly it is what was listed and what was heard since.
   */
  private List<Observed.Claim> claims() throws IOException {
    synchronized (listing) {
      long now = System.nanoTime();
      if (isStale.getAndSet(false) || !hearsClaims || now - listedAtNanos > LIST_EVERY.toNanos()) {
        try {
          listed = observer.claims();
          listedAtNanos = now;
        } catch (IOException e) {
          isStale.set(true);
          throw e;
        }
      }
      Map<Wanted.VipKey, Observed.Claim> last = new HashMap<>();
      for (Observed.Claim claim : listed) {
        last.put(new Wanted.VipKey(claim.segment(), claim.address()), claim);
      }
      heard.forEach((vip, claim) -> {
        if (claim.atNanos() - listedAtNanos > 0) {
          last.put(vip, new Observed.Claim(vip.segment(), vip.address(), claim.port()));
        }
      });
      return List.copyOf(last.values());
    }
  }

  @Override
  public void onForeignChange(Runnable listener) {
    this.listener = listener;
  }

  @Override
  public void onSighting(Runnable listener) {
    sighting = listener;
  }

  @Override
  public void close() {
    synchronized (changing) {
      if (closed) {
        return;
      }
      closed = true;
      for (NetlinkMonitor monitor : monitors) {
        monitor.close();
      }
      table.close();
      observer.close();
      bridges.close();
      packets.close();
    }
  }

  private static boolean isSamePlace(Port before, @Nullable Port after) {
    return after != null
        && before.name().equals(after.name())
        && before.segment() == after.segment();
  }

  private void watch() throws KernelException {
    monitors.add(Rtnetlink.watch(this::linksChanged));
    monitors.add(
        Nfnetlink.watchBridgeTable(
            Ruleset.TABLE,
            new Nfnetlink.Listener() {
              @Override
              public void committed(int generation) {
                tableChanged(generation);
              }

              @Override
              public void overrun() {
                listener.run();
              }
            }));
    hearsClaims = hear(CLAIMS_GROUP, ARP_OCTETS, this::claimed);
    hearsAdverts = hear(ADVERTS_GROUP, ADVERT_OCTETS, this::advertised);
    hearsAnswers = hear(ANSWERS_GROUP, ARP_OCTETS, this::answered);
  }

  /** What the rules log. */
  private interface Logged {
    void packet(int segment, int port, Instant at, ByteBuffer packet);
  }

  /** Whether it can; if not, what it would have heard is seen late, or never. */
  private boolean hear(int group, int octets, Logged logged) {
    try {
      monitors.add(
          Nflog.watch(
              group,
              octets,
              new Nflog.Listener() {
                @Override
                public void logged(int mark, int port, Instant at, ByteBuffer packet) {
                  logged.packet(mark, port, at, packet);
                }

                @Override
                public void overrun() {
                  sightAnew();
                }
              }));
      return true;
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.WARNING, "The nflog group " + group + " cannot be watched", e);
      return false;
    }
  }

  private void claimed(int segment, int port, Instant at, ByteBuffer arp) {
    Optional<Ipv4Address> sender = senderOf(arp);
    Optional<String> name = bridges.nameOf(port);
    if (sender.isEmpty()) {
      return;
    }
    if (name.isEmpty()) { // the port is too new
      sightAnew();
      return;
    }
    hearing.claimed(name.get(), sender.get(), at);
    Wanted.VipKey vip = new Wanted.VipKey(segment, sender.get());
    Heard before = heard.put(vip, new Heard(port, name.get(), System.nanoTime()));
    if (before == null || before.index() != port) {
      sighting.run();
    }
  }

  private void answered(int segment, int port, Instant at, ByteBuffer arp) {
    senderOf(arp)
        .ifPresent(
            sender -> bridges.nameOf(port).ifPresent(name -> hearing.answered(name, sender, at)));
  }

  private static Optional<Ipv4Address> senderOf(ByteBuffer arp) {
    return arp.limit() < ARP_OCTETS
        ? Optional.empty()
        : Optional.of(new Ipv4Address(arp.getInt(ARP_SENDER_ADDRESS_OFFSET)));
  }

  private void advertised(int segment, int port, Instant at, ByteBuffer packet) {
    Optional<String> name = bridges.nameOf(port);
    Optional<Overheard> overheard = Overheard.read(packet);
    if (name.isEmpty() || overheard.isEmpty()) {
      return;
    }
    boolean isNews = hearing.advertised(name.get(), overheard.get(), at);
    for (Ipv4Address address : overheard.get().addresses()) {
      Integer before = advertiser.put(new Wanted.VipKey(segment, address), port);
      isNews |= !Integer.valueOf(port).equals(before);
    }
    if (isNews) {
      sighting.run();
    }
  }

  /** Whatever was heard may have been forgotten since. */
  private void sightAnew() {
    heard.clear();
    advertiser.clear();
    isStale.set(true);
    sighting.run();
  }

  private void linksChanged() {
    Instant now = Instant.now();
    boolean foreign = false;
    synchronized (changing) {
      if (closed) {
        return;
      }
      try {
        List<Port> ports = wanted.ports();
        Set<Link> before = bridges.concerning(ports);
        bridges.refresh(now);
        foreign = !bridges.concerning(ports).equals(before);
      } catch (KernelException e) {
        foreign = true; // sync() will say why
      }
    }
    sighting.run();
    if (foreign) {
      listener.run();
    }
  }

  private void tableChanged(int generation) {
    boolean own;
    synchronized (changing) {
      own = closed || table.isOwn(generation);
    }
    if (!own) {
      listener.run();
    }
  }

  private static FabricException failed(String what, IOException cause) {
    return new FabricException(what + ": " + cause.getMessage(), cause);
  }
}
