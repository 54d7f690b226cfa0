package io.havip.fabric.linux;

import io.havip.inventory.Enforcement;
import io.havip.kernel.BridgeOptions;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The bridges, one for each segment, and the ports on them. A bridge is HAVIP's by its name. A
 * segment whose uplink is a bridge has that one instead of its own: there HAVIP puts its ports on,
 * and touches nothing else. Except for {@link #portStates} and {@link #segmentOf}, for one thread
 * at a time.
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

  /** All interfaces by name, as they were after the last change that was heard of. */
  private volatile Map<String, Link> links = Map.of();

  /** By number, those that have an uplink. */
  private volatile Map<Integer, Segment> joined = Map.of();

  /** The same, only the names, by index. */
  private volatile Map<Integer, String> names = Map.of();

  /** By name, those that have been seen down since. */
  private volatile Map<String, Instant> downSince = Map.of();

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
    return link != null && link.up() && link.carrier();
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
    Link link = links.get(name);
    return link != null && link.kind().equals("bridge");
  }

  /** Says which segments there are; the others that were there are no longer. */
  void know(Collection<Segment> segments) {
    joined =
        segments.stream()
            .filter(segment -> segment.uplink() != null)
            .collect(Collectors.toUnmodifiableMap(Segment::number, Function.identity()));
  }

  /** The bridge that a segment has, if it is there; for any thread. */
  private Optional<Link> bridge(int segment) {
    Map<String, Link> now = links;
    Link adopted = adopted(segment, now);
    return Optional.ofNullable(adopted != null ? adopted : now.get(name(segment)));
  }

  /** A bridge that is not HAVIP's and serves a segment. */
  private @Nullable Link adopted(int segment, Map<String, Link> now) {
    Segment known = joined.get(segment);
    String uplink = known == null ? null : known.uplink();
    Link link = uplink == null ? null : now.get(uplink);
    return link != null && link.kind().equals("bridge") ? link : null;
  }

  /**
   * The interfaces that concern HAVIP: its bridges, its uplinks, what is on them, and its ports
   * wherever they are. Whether a VM's end is up does not.
   */
  Set<Link> concerning(Collection<Port> ports) {
    Map<String, Link> now = links;
    Map<Integer, String> bridges = ownBridges();
    Set<String> names = ports.stream().map(Port::name).collect(Collectors.toSet());
    joined.values().forEach(segment -> names.add(String.valueOf(segment.uplink())));
    return now.values().stream()
        .filter(l -> isOwn(l) || names.contains(l.name()) || isOnOwn(l, bridges))
        .map(l -> new Link(l.index(), l.name(), l.kind(), l.master(), l.up(), false, l.bridge()))
        .collect(Collectors.toSet());
  }

  /** Makes the segment's bridge as it should be. */
  List<String> provide(Segment segment) throws KernelException {
    Link adopted = adopted(segment.number(), links);
    if (adopted != null) {
      return teachNothingLocal(adopted, segment);
    }
    String name = name(segment.number());
    List<String> differences = new ArrayList<>();
    Link bridge = links.get(name);
    if (bridge == null) {
      differences.add("the bridge " + name + " was missing");
      rtnetlink.createBridge(name, OPTIONS);
      refresh();
      bridge = Objects.requireNonNull(links.get(name));
    } else if (!OPTIONS.equals(bridge.bridge())) {
      differences.add("the options of the bridge " + name + " had been changed");
      rtnetlink.configureBridge(bridge, OPTIONS); // refused when it is no bridge
    } else if (!bridge.up()) {
      differences.add("the bridge " + name + " was down");
    }
    if (!bridge.up()) {
      rtnetlink.setUp(bridge);
    }
    return differences;
  }

  /**
   * Without this a frame to 01:80:c2:00:00:0e, which no filter sees, moves a holder's MAC address;
   * nothing else of a bridge of others is changed.
   */
  private List<String> teachNothingLocal(Link adopted, Segment segment) throws KernelException {
    BridgeOptions options = adopted.bridge();
    if (options == null
        || !options.linkLocalLearning()
        || segment.enforcement() == Enforcement.OBSERVE) {
      return List.of();
    }
    rtnetlink.configureBridge(adopted, options.withoutLinkLocalLearning());
    return List.of("the bridge " + adopted.name() + " learned from link-local frames");
  }

  /** Takes off HAVIP's bridges what does not belong there. */
  List<String> expel(Collection<Port> ports) throws KernelException {
    Map<String, Integer> segments =
        ports.stream().collect(Collectors.toMap(Port::name, Port::segment, (a, b) -> b));
    joined.forEach((number, segment) -> segments.put(String.valueOf(segment.uplink()), number));
    Map<Integer, String> bridges = ownBridges();
    List<String> differences = new ArrayList<>();
    for (Link link : links.values()) {
      String bridge = link.master().isPresent() ? bridges.get(link.master().getAsInt()) : null;
      Integer segment = segments.get(link.name());
      if (bridge != null && (segment == null || !bridge.equals(name(segment)))) {
        differences.add(link.name() + " was on the bridge " + bridge);
        rtnetlink.detach(link);
      }
    }
    return differences;
  }

  /**
   * Takes a port off whichever of HAVIP's bridges it is on, if it is there, and off one of others
   * where what it sends was judged.
   */
  void detach(Port port) throws KernelException {
    Link link = links.get(port.name());
    if (link != null && (isOnOwn(link, ownBridges()) || isJudgedOnAdopted(link, port))) {
      try {
        rtnetlink.detach(link);
      } catch (KernelException e) {
        if (e.errno() != ENODEV) {
          throw e;
        }
      }
    }
  }

  /** Takes the uplink of a segment that goes off HAVIP's bridge. */
  void release(Segment segment) throws KernelException {
    Link uplink = links.get(String.valueOf(segment.uplink()));
    if (uplink != null && isOnOwn(uplink, ownBridges())) {
      rtnetlink.detach(uplink);
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
      if (uplink != null && !uplink.kind().equals("bridge")) {
        attach(uplink, segment.number(), differences);
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
      if (link != null && PORT_KINDS.contains(link.kind())) {
        attach(link, port.segment(), differences);
      } else if (link != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the port {0} is left alone: it is neither a veth nor a tap",
            link.name());
      }
    }
    return differences;
  }

  private void attach(Link link, int segment, List<String> differences) {
    Optional<Link> bridge = bridge(segment);
    if (bridge.isEmpty() || (isOn(link, bridge.get()) && link.up())) {
      return;
    }
    try {
      if (!isOn(link, bridge.get())) {
        rtnetlink.attach(link, bridge.get());
      }
      if (!link.up()) {
        rtnetlink.setUp(link);
      }
      if (!attached.add(link.index())) {
        differences.add("the port " + link.name() + " was off its bridge or down");
      }
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.WARNING, "the port " + link.name() + " stays off", e);
    }
  }

  /** Deletes HAVIP's bridges of all other segments. */
  List<String> remove(Collection<Segment> kept) throws KernelException {
    Set<String> names =
        kept.stream()
            .filter(segment -> adopted(segment.number(), links) == null)
            .map(segment -> name(segment.number()))
            .collect(Collectors.toSet());
    List<String> differences = new ArrayList<>();
    for (Link link : links.values()) {
      if (isOwn(link) && !names.contains(link.name())) {
        differences.add("the bridge " + link.name() + " was not wanted");
        rtnetlink.delete(link);
      }
    }
    return differences;
  }

  /** The MAC address of a segment's bridge, which depends on its ports; none while it is down. */
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
            .mapToInt(l -> Integer.parseInt(l.name().substring(NAME_PREFIX.length())))
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
    return link.kind().equals("bridge") && NAME.matcher(link.name()).matches();
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
