package io.havip.fabric.linux;

import io.havip.inventory.Enforcement;
import io.havip.kernel.BridgeOptions;
import io.havip.kernel.BridgePort;
import io.havip.kernel.KernelException;
import io.havip.kernel.Link;
import io.havip.kernel.Rtnetlink;
import io.havip.net.MacAddress;
import io.havip.plan.Observed.PortState;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bridges, one for each segment, and the ports on them. A bridge is HAVIP's by its name. A
 * segment whose uplink is a bridge has that one instead of its own: there HAVIP puts its ports on
 * and guards them, and touches nothing else.
 *
 * <p>What fails of one segment is that segment's trouble, see {@link #troubles}: the others go on.
 * Methods that say so are for any thread, the rest for one thread at a time.
 */
final class Bridges implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Bridges.class.getName());
  private static final String NAME_PREFIX = "havip";
  private static final Pattern NAME = Pattern.compile(NAME_PREFIX + "[1-9][0-9]{0,4}");
  private static final BridgeOptions OPTIONS = new BridgeOptions(0, false, false, false);

  /** What stands for a VM's NIC; the host's own interfaces are none of these. */
  private static final Set<String> PORT_KINDS = Set.of("veth", "tun");

  private static final int ENODEV = 19;

  private final Rtnetlink rtnetlink;

  /** By index: the ports that were attached from here, so that a missing one is noticed. */
  private final Set<Integer> attached = new HashSet<>();

  /** By index: the ports that were guarded from here. */
  private final Set<Integer> guarded = new HashSet<>();

  /** What failed, by what it failed of; the last attempt counts. */
  private final Map<Subject, String> failures = new TreeMap<>();

  /** The same, for any thread: by segment, for people. */
  private volatile Map<Integer, String> failed = Map.of();

  /** All interfaces by name, as they were after the last change that was heard of. */
  private volatile Map<String, Link> links = Map.of();

  /** By number, all that there are. */
  private volatile Map<Integer, Segment> segments = Map.of();

  /** By number, those that have an uplink. */
  private volatile Map<Integer, Segment> joined = Map.of();

  /** The same, only the names, by index. */
  private volatile Map<Integer, String> names = Map.of();

  /** By name, those that have been seen down since. */
  private volatile Map<String, Instant> downSince = Map.of();

  /** An interface, the bridge or a port, of a segment. */
  private record Subject(int segment, String name) implements Comparable<Subject> {
    @Override
    public int compareTo(Subject other) {
      return Comparator.comparingInt(Subject::segment)
          .thenComparing(Subject::name)
          .compare(this, other);
    }
  }

  /** Something that may fail, and what was found to differ meanwhile. */
  private interface Attempt {
    void run(List<String> differences) throws KernelException;
  }

  private Bridges(Rtnetlink rtnetlink) {
    this.rtnetlink = rtnetlink;
  }

  static Bridges open() throws KernelException {
    Bridges bridges = new Bridges(Rtnetlink.open());
    bridges.refresh();
    return bridges;
  }

  static String name(int segment) {
    return NAME_PREFIX + segment;
  }

  void refresh() throws KernelException {
    refresh(Instant.now());
  }

  /**
   * Looks at what there is.
   *
   * @param since when a change was heard of, if one was
   */
  void refresh(Instant since) throws KernelException {
    Map<String, Link> before = links;
    Map<String, Link> now =
        rtnetlink.links().stream()
            .collect(Collectors.toUnmodifiableMap(Link::name, Function.identity(), (a, b) -> b));
    Map<String, Instant> down = new HashMap<>(downSince);
    before.forEach((name, link) -> {
      if (isUp(link) && !isUp(now.get(name))) {
        down.put(name, since);
      }
    });
    down.keySet().removeIf(name -> isUp(now.get(name)));
    links = now;
    names =
        now.values().stream()
            .collect(Collectors.toUnmodifiableMap(Link::index, Link::name, (a, b) -> b));
    downSince = down;
  }

  private static boolean isUp(@Nullable Link link) {
    return link != null && link.up() && link.carrier() && !isCutOff(link);
  }

  /** The name of the interface with this index, for any thread. */
  Optional<String> nameOf(int index) {
    return Optional.ofNullable(names.get(index));
  }

  /** By name, those of the ports that went down and did not come back; for any thread. */
  Map<String, Instant> downSince(Collection<Port> ports) {
    Map<String, Instant> now = downSince;
    Map<String, Instant> down = new HashMap<>();
    for (Port port : ports) {
      Instant since = now.get(port.name());
      if (since != null) {
        down.put(port.name(), since);
      }
    }
    return down;
  }

  /** Whether there is a bridge of this name. */
  boolean isBridge(String name) {
    return isBridge(links.get(name));
  }

  private static boolean isBridge(@Nullable Link link) {
    return link != null && link.kind().equals("bridge");
  }

  /** Forgets what failed: all of it is about to be tried again. */
  void beginAgain() {
    failures.clear();
  }

  /** Forgets what failed of a segment that has gone. */
  void forget(Segment segment) {
    failures.keySet().removeIf(subject -> subject.segment() == segment.number());
  }

  /**
   * Tells what failed since {@link #beginAgain}, or was mended.
   *
   * @return what was not known before
   */
  List<String> tellFailures() {
    Map<Integer, String> before = failed;
    Map<Integer, String> now = new TreeMap<>();
    failures.forEach((subject, what) -> now.merge(subject.segment(), what, (a, b) -> a + "; " + b));
    failed = Map.copyOf(now);
    return now.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Runs an attempt; what it throws is the trouble of that segment alone. */
  private List<String> attempt(Subject subject, Attempt attempt) {
    List<String> differences = new ArrayList<>();
    failures.remove(subject);
    try {
      attempt.run(differences);
      return differences;
    } catch (KernelException e) {
      fail(subject, e.getMessage());
      return List.of();
    }
  }

  private void fail(Subject subject, @Nullable String why) {
    String what = String.valueOf(why);
    failures.put(subject, what);
    if (!failed.getOrDefault(subject.segment(), "").contains(what)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "network number {0}, {1}: {2}",
          subject.segment(),
          subject.name(),
          what);
    }
  }

  /**
   * By segment, for people, why its bridge or its ports are not as they should be, with the way
   * out; for any thread.
   *
   * @param ports all that there should be
   */
  Map<Integer, String> troubles(Collection<Port> ports) {
    Map<Integer, String> troubles = new HashMap<>(failed);
    Map<String, Link> now = links;
    for (Port port : ports) {
      Link link = now.get(port.name());
      if (link != null && isCutOff(link)) {
        troubles.merge(
            port.segment(),
            "the port %1$s sent STP frames (BPDUs), so its bridge has disabled it; stop STP in the VM, then: ip link set %1$s down && ip link set %1$s up"
                .formatted(port.name()),
            (a, b) -> a + "; " + b);
      }
    }
    return troubles;
  }

  /**
   * By segment, the interfaces on a bridge of others that are neither a NIC's nor trusted; for any
   * thread.
   *
   * @param ports all NICs' ports
   */
  Map<Integer, Set<String>> unjudged(Collection<Port> ports) {
    Map<String, Link> now = links;
    Set<String> known = ports.stream().map(Port::name).collect(Collectors.toSet());
    Map<Integer, Set<String>> unjudged = new HashMap<>();
    joined.forEach((number, segment) -> {
      Link adopted = adopted(number, now);
      if (adopted != null) {
        Set<String> names =
            now.values().stream()
                .filter(link -> isOn(link, adopted))
                .map(Link::name)
                .filter(name -> !known.contains(name))
                .filter(name -> !segment.policy().trustedPorts().contains(name))
                .collect(Collectors.toSet());
        if (!names.isEmpty()) {
          unjudged.put(number, names);
        }
      }
    });
    return unjudged;
  }

  /** Whether the guard has disabled a port, which otherwise would forward. */
  private static boolean isCutOff(Link link) {
    BridgePort port = link.port();
    return port != null
        && port.guard()
        && port.state() == BridgePort.State.DISABLED
        && link.up()
        && link.operational();
  }

  /** Says which segments there are; the others that were there are no longer. */
  void know(Collection<Segment> all) {
    segments =
        all.stream().collect(Collectors.toUnmodifiableMap(Segment::number, Function.identity()));
    joined =
        all.stream()
            .filter(segment -> segment.uplink() != null)
            .collect(Collectors.toUnmodifiableMap(Segment::number, Function.identity()));
  }

  /** The segment with this number, if there is one; for any thread. */
  @Nullable Segment segment(int number) {
    return segments.get(number);
  }

  /** The bridge that a segment has, if it is there; for any thread. */
  private Optional<Link> bridge(int segment) {
    Map<String, Link> now = links;
    Link adopted = adopted(segment, now);
    return Optional.ofNullable(adopted != null ? adopted : now.get(name(segment)))
        .filter(Bridges::isBridge);
  }

  /** A bridge that is not HAVIP's and serves a segment. */
  private @Nullable Link adopted(int segment, Map<String, Link> now) {
    Segment known = joined.get(segment);
    String uplink = known == null ? null : known.uplink();
    Link link = uplink == null ? null : now.get(uplink);
    return isBridge(link) ? link : null;
  }

  /**
   * The interfaces that concern HAVIP: its bridges and what has a name of theirs, its uplinks, what
   * is on them, and its ports wherever they are. Whether a VM's end is up does not.
   */
  Set<Link> concerning(Collection<Port> ports) {
    Map<String, Link> now = links;
    Map<Integer, String> bridges = ownBridges();
    Set<String> names = ports.stream().map(Port::name).collect(Collectors.toSet());
    joined.values().forEach(segment -> names.add(String.valueOf(segment.uplink())));
    return now.values().stream()
        .filter(l -> hasOwnName(l) || names.contains(l.name()) || isOnOwn(l, bridges))
        .map(Bridges::lasting)
        .collect(Collectors.toSet());
  }

  /** What of an interface is nobody's but the administrator's to change. */
  private static Link lasting(Link link) {
    BridgePort port = link.port();
    return new Link(
        link.index(),
        link.name(),
        link.kind(),
        link.master(),
        link.up(),
        false,
        false,
        link.bridge(),
        port == null ? null : new BridgePort(BridgePort.State.DISABLED, port.guard()));
  }

  /** Makes the segment's bridge as it should be; says what differed. */
  List<String> provide(Segment segment) {
    Link adopted = adopted(segment.number(), links);
    String name = adopted == null ? name(segment.number()) : adopted.name();
    return attempt(
        new Subject(segment.number(), name),
        differences -> {
          if (adopted == null) {
            provideOwn(segment, name, differences);
          } else {
            teachNothingLocal(adopted, segment, differences);
          }
        });
  }

  private void provideOwn(Segment segment, String name, List<String> differences)
      throws KernelException {
    Link bridge = links.get(name);
    if (bridge != null && !isBridge(bridge)) {
      fail(
          new Subject(segment.number(), name),
          "the network has no bridge: the interface %s has its name and is %s; rename or delete that interface"
              .formatted(
                  name, bridge.kind().isEmpty() ? "hardware" : "of the kind " + bridge.kind()));
      return;
    }
    if (bridge == null) {
      differences.add("the bridge " + name + " was missing");
      rtnetlink.createBridge(name, OPTIONS);
      refresh();
      bridge = links.get(name);
      if (bridge == null) {
        throw new KernelException("the bridge " + name + " was deleted at once", ENODEV);
      }
    } else if (!OPTIONS.equals(bridge.bridge())) {
      differences.add("the options of the bridge " + name + " had been changed");
      rtnetlink.configureBridge(bridge, OPTIONS);
    } else if (!bridge.up()) {
      differences.add("the bridge " + name + " was down");
    }
    if (!bridge.up()) {
      rtnetlink.setUp(bridge);
    }
  }

  /**
   * Without this a frame to 01:80:c2:00:00:0e, which no filter sees, moves a holder's MAC address;
   * no other option of a bridge of others is changed.
   */
  private void teachNothingLocal(Link adopted, Segment segment, List<String> differences)
      throws KernelException {
    BridgeOptions options = adopted.bridge();
    if (options != null
        && options.linkLocalLearning()
        && segment.enforcement() == Enforcement.ENFORCE) {
      rtnetlink.stopLinkLocalLearning(adopted);
      differences.add("the bridge " + adopted.name() + " learned from link-local frames");
    }
  }

  /** Takes off HAVIP's bridges what does not belong there. */
  List<String> expel(Collection<Port> ports) {
    Map<String, Integer> segments =
        ports.stream().collect(Collectors.toMap(Port::name, Port::segment, (a, b) -> b));
    joined.forEach((number, segment) -> segments.put(String.valueOf(segment.uplink()), number));
    Map<Integer, String> bridges = ownBridges();
    List<String> differences = new ArrayList<>();
    for (Link link : links.values()) {
      String bridge = link.master().isPresent() ? bridges.get(link.master().getAsInt()) : null;
      Integer segment = segments.get(link.name());
      if (bridge != null && (segment == null || !bridge.equals(name(segment)))) {
        differences.addAll(
            attempt(
                new Subject(number(bridge), link.name()),
                differing -> {
                  detach(link);
                  differing.add(link.name() + " was on the bridge " + bridge);
                }));
      }
    }
    return differences;
  }

  private void detach(Link link) throws KernelException {
    try {
      rtnetlink.detach(link);
    } catch (KernelException e) {
      if (e.errno() != ENODEV) {
        throw e;
      }
    }
  }

  /**
   * Takes a port off whichever of HAVIP's bridges it is on, if it is there, and off one of others
   * where what it sends was judged.
   */
  void detach(Port port) throws KernelException {
    Link link = links.get(port.name());
    if (link != null && (isOnOwn(link, ownBridges()) || isJudgedOnAdopted(link, port))) {
      detach(link);
    }
  }

  /**
   * The same, of several.
   *
   * @return those that are on their bridges still, which are to be judged on
   */
  List<Port> detach(Collection<Port> ports) {
    List<Port> stuck = new ArrayList<>();
    for (Port port : ports) {
      attempt(
          new Subject(port.segment(), port.name()),
          _ -> {
            stuck.add(port);
            detach(port);
            stuck.remove(port);
          });
    }
    return stuck;
  }

  /** Takes the uplink of a segment that goes off HAVIP's bridge. */
  void release(Segment segment) throws KernelException {
    Link uplink = links.get(String.valueOf(segment.uplink()));
    if (uplink != null && isOnOwn(uplink, ownBridges())) {
      detach(uplink);
    }
  }

  private boolean isJudgedOnAdopted(Link link, Port port) {
    Segment segment = joined.get(port.segment());
    Link adopted = adopted(port.segment(), links);
    return segment != null
        && adopted != null
        && isOn(link, adopted)
        && segment.enforcement() == Enforcement.ENFORCE;
  }

  /** Puts uplinks that are no bridges onto the bridges of their segments. */
  List<String> attachUplinks() {
    List<String> differences = new ArrayList<>();
    for (Segment segment : joined.values()) {
      Link uplink = links.get(String.valueOf(segment.uplink()));
      if (uplink != null && !isBridge(uplink)) {
        differences.addAll(attach(uplink, segment.number()));
      }
    }
    return differences;
  }

  /**
   * Puts ports onto their bridges, where they are there. One that cannot be attached stays off, and
   * is seen to.
   */
  List<String> attach(Collection<Port> ports) {
    List<String> differences = new ArrayList<>();
    for (Port port : ports) {
      Link link = links.get(port.name());
      Subject subject = new Subject(port.segment(), port.name());
      if (link != null && PORT_KINDS.contains(link.kind())) {
        differences.addAll(attach(link, port.segment()));
      } else if (link != null) {
        fail(
            subject,
            "the port %s is left alone: it is neither a veth nor a tap; give the NIC another port"
                .formatted(link.name()));
      } else {
        failures.remove(subject);
      }
    }
    return differences;
  }

  private List<String> attach(Link link, int segment) {
    Optional<Link> bridge = bridge(segment);
    return bridge.isEmpty()
        ? List.of()
        : attempt(
            new Subject(segment, link.name()),
            differences -> attach(link, bridge.get(), segment, differences));
  }

  private void attach(Link link, Link bridge, int segment, List<String> differences)
      throws KernelException {
    boolean isOn = isOn(link, bridge);
    try {
      if (!isOn) {
        rtnetlink.attach(link, bridge);
      }
      guard(link, isOn, segment, differences);
      if (!link.up()) {
        rtnetlink.setUp(link);
      }
    } catch (KernelException e) {
      if (e.errno() != ENODEV) { // else it has gone meanwhile
        throw e;
      }
    }
    if ((!isOn || !link.up()) && !attached.add(link.index())) {
      differences.add("the port " + link.name() + " was off its bridge or down");
    }
  }

  /**
   * Where others may have switched STP on, a port that says it were a bridge is disabled: its BPDUs
   * never come to where the rules judge. A network that observes drops nothing.
   *
   * @param isOn whether it is on the bridge already
   */
  private void guard(Link link, boolean isOn, int segment, List<String> differences)
      throws KernelException {
    Segment known = joined.get(segment);
    if (known == null || adopted(segment, links) == null || isUplink(link, known)) {
      return;
    }
    BridgePort port = link.port();
    boolean isGuarded = isOn && port != null && port.guard();
    switch (known.enforcement()) {
      case ENFORCE -> {
        if (!isGuarded) {
          rtnetlink.guard(link, true);
          if (!guarded.add(link.index()) && isOn) {
            differences.add("the BPDU guard of the port " + link.name() + " was off");
          }
        }
      }
      case OBSERVE -> {
        if (guarded.remove(link.index()) && isGuarded) {
          rtnetlink.guard(link, false);
        }
      }
    }
  }

  private static boolean isUplink(Link link, Segment segment) {
    return link.name().equals(segment.uplink());
  }

  /** Deletes HAVIP's bridges of all other segments. */
  List<String> remove(Collection<Segment> kept) {
    Set<String> names =
        kept.stream()
            .filter(segment -> adopted(segment.number(), links) == null)
            .map(segment -> name(segment.number()))
            .collect(Collectors.toSet());
    List<String> differences = new ArrayList<>();
    for (Link link : links.values()) {
      if (isOwn(link) && !names.contains(link.name())) {
        differences.addAll(
            attempt(
                new Subject(number(link.name()), link.name()),
                differing -> {
                  rtnetlink.delete(link);
                  differing.add("the bridge " + link.name() + " was not wanted");
                }));
      }
    }
    return differences;
  }

  /**
   * The MAC address of a segment's bridge, which depends on its ports; none while it is down. For
   * any thread, while this is open.
   */
  Optional<MacAddress> mac(int segment) throws KernelException {
    Link bridge = bridge(segment).orElse(null);
    return bridge == null || !bridge.up()
        ? Optional.empty()
        : Optional.of(MacAddress.of(rtnetlink.linkLayerAddress(bridge)));
  }

  /** The index of the segment's bridge, if there is one; for any thread. */
  OptionalInt bridgeIndex(int segment) {
    return bridge(segment).stream().mapToInt(Link::index).findFirst();
  }

  /** The index of the interface with this name, if there is one; for any thread. */
  OptionalInt indexOf(String name) {
    Link link = links.get(name);
    return link == null ? OptionalInt.empty() : OptionalInt.of(link.index());
  }

  /** The number of the segment that a port is on, whoever put it there; for any thread. */
  OptionalInt segmentOf(String port) {
    Map<String, Link> now = links;
    Link link = now.get(port);
    if (link == null || link.master().isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt own =
        now.values().stream()
            .filter(l -> isOwn(l) && isOn(link, l))
            .mapToInt(l -> number(l.name()))
            .findFirst();
    return own.isPresent()
        ? own
        : joined.keySet().stream()
            .mapToInt(Integer::intValue)
            .filter(number -> {
              Link adopted = adopted(number, now);
              return adopted != null && isOn(link, adopted);
            })
            .findFirst();
  }

  /** By name, those of the ports that are there; for any thread. */
  Map<String, PortState> portStates(Collection<Port> ports) {
    Map<String, Link> now = links;
    Map<String, PortState> states = new HashMap<>();
    for (Port port : ports) {
      Link link = now.get(port.name());
      if (link != null) {
        boolean isAttached = bridge(port.segment()).filter(it -> isOn(link, it)).isPresent();
        states.put(port.name(), new PortState(isAttached, isUp(link)));
      }
    }
    return states;
  }

  @Override
  public void close() {
    rtnetlink.close();
  }

  private static boolean isOwn(Link link) {
    return isBridge(link) && hasOwnName(link);
  }

  private static boolean hasOwnName(Link link) {
    return NAME.matcher(link.name()).matches();
  }

  /** The number of the segment that the bridge of this name is of. */
  private static int number(String bridge) {
    return Integer.parseInt(bridge.substring(NAME_PREFIX.length()));
  }

  private static boolean isOn(Link link, Link bridge) {
    return link.master().equals(OptionalInt.of(bridge.index()));
  }

  private static boolean isOnOwn(Link link, Map<Integer, String> ownBridges) {
    return link.master().isPresent() && ownBridges.containsKey(link.master().getAsInt());
  }

  /** The names of HAVIP's bridges by their indexes. */
  private Map<Integer, String> ownBridges() {
    return links.values().stream()
        .filter(Bridges::isOwn)
        .collect(Collectors.toMap(Link::index, Link::name));
  }
}
