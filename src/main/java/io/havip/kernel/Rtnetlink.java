package io.havip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Interfaces and bridges of the network namespace in which it was opened: see rtnetlink(7). Changes
 * need CAP_NET_ADMIN there. Any thread may use it; calls wait for each other.
 */
public final class Rtnetlink implements AutoCloseable {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;
  private static final int RTNLGRP_LINK = 1;

  private static final int IFINFOMSG_OCTETS = 16;
  private static final int IFF_UP = 0x1;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_OPERSTATE = 16;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_EXT_MASK = 29;
  private static final int IFLA_CARRIER = 33;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_INFO_SLAVE_KIND = 4;
  private static final int IFLA_INFO_SLAVE_DATA = 5;
  private static final int IF_OPER_UP = 6;
  private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

  private static final int IFLA_BR_FORWARD_DELAY = 1;
  private static final int IFLA_BR_STP_STATE = 5;
  private static final int IFLA_BR_MCAST_SNOOPING = 23;
  private static final int IFLA_BR_MULTI_BOOLOPT = 46;
  private static final int NO_LINK_LOCAL_LEARN = 1; // BR_BOOLOPT_NO_LL_LEARN is bit 0
  private static final int NO_SPANNING_TREE = 0;
  private static final String BRIDGE = "bridge";

  private static final int IFLA_BRPORT_STATE = 1;
  private static final int IFLA_BRPORT_GUARD = 5;

  private static final int AF_INET6 = 10;
  private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
  private static final int IN6_ADDR_GEN_MODE_NONE = 1;

  private final NetlinkSocket socket;

  private Rtnetlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  public static Rtnetlink open() throws KernelException {
    return new Rtnetlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
  }

  /**
   * Calls whenever an interface may have come, gone or changed. The call comes from a thread of the
   * monitor's.
   */
  public static NetlinkMonitor watch(Runnable changed) throws KernelException {
    NetlinkMonitor.Handler handler =
        new NetlinkMonitor.Handler() {
          @Override
          public void told(List<NetlinkMessage> messages) {
            changed.run();
          }

          @Override
          public void overrun() {
            changed.run();
          }
        };
    return NetlinkMonitor.start("rtnetlink", NetlinkSocket.ROUTE, RTNLGRP_LINK, handler);
  }

  /** All interfaces. */
  public List<Link> links() throws KernelException {
    while (true) {
      List<NetlinkMessage> answer =
          socket.ask(
              "list interfaces",
              new NetlinkRequest(RTM_GETLINK, NetlinkRequest.DUMP)
                  .header(interfaceHeader(0, 0, 0))
                  .number(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS));
      if (answer.stream().allMatch(m -> (m.flags() & NetlinkMessage.DUMP_INTERRUPTED) == 0)) {
        return answer.stream().filter(m -> m.type() == RTM_NEWLINK).map(Rtnetlink::link).toList();
      }
    }
  }

  /** The link-layer address of an interface, as it is now; empty where it has none. */
  public byte[] linkLayerAddress(Link link) throws KernelException {
    return socket
        .ask(
            "read the address of " + link.name(),
            new NetlinkRequest(RTM_GETLINK, NetlinkRequest.ACK)
                .header(interfaceHeader(link.index(), 0, 0)))
        .stream()
        .filter(m -> m.type() == RTM_NEWLINK)
        .map(m -> m.attributes(IFINFOMSG_OCTETS).get(IFLA_ADDRESS))
        .filter(Objects::nonNull)
        .findFirst()
        .map(address -> {
          byte[] octets = new byte[address.remaining()];
          address.duplicate().get(octets);
          return octets;
        })
        .orElse(new byte[0]);
  }

  /**
   * Makes a bridge, which is down and has no IPv6 address of its own when it comes up.
   *
   * @throws KernelException EEXIST when there is an interface of that name
   */
  public void createBridge(String name, BridgeOptions options) throws KernelException {
    NetlinkRequest request =
        new NetlinkRequest(
                RTM_NEWLINK, NetlinkRequest.ACK | NetlinkRequest.CREATE | NetlinkRequest.EXCLUSIVE)
            .header(interfaceHeader(0, 0, 0))
            .text(IFLA_IFNAME, name);
    socket.ask("create the bridge " + name, bridge(request, options));
  }

  /** Changes how a bridge behaves. */
  public void configureBridge(Link bridge, BridgeOptions options) throws KernelException {
    String what = "configure the bridge " + bridge.name();
    if (!options.spanningTree()) {
      // First and in a request of its own: the kernel sets the forward delay of a request before
      // its STP state, and refuses a delay below 2 s (ERANGE) while STP is on.
      NetlinkRequest request = change(bridge);
      socket.ask(
          what, ofBridge(request, () -> request.number(IFLA_BR_STP_STATE, NO_SPANNING_TREE)));
    }
    socket.ask(what, bridge(change(bridge), options));
  }

  /**
   * Makes a bridge learn nothing from frames to 01:80:c2:00:00:0X (no_linklocal_learn in
   * ip-link(8)), and leaves its other options.
   */
  public void stopLinkLocalLearning(Link bridge) throws KernelException {
    NetlinkRequest request = change(bridge);
    socket.ask(
        "set no_linklocal_learn of the bridge " + bridge.name(),
        ofBridge(request, () -> request.attribute(IFLA_BR_MULTI_BOOLOPT, booleans(false))));
  }

  /**
   * Sets whether the bridge of a port disables the port when a BPDU comes in through it (guard in
   * ip-link(8)). A port that was disabled so stays it until its interface is set down and up.
   */
  public void guard(Link port, boolean guard) throws KernelException {
    NetlinkRequest request = change(port);
    socket.ask(
        "set the BPDU guard of " + port.name(),
        request.nested(
            IFLA_LINKINFO,
            () ->
                request
                    .text(IFLA_INFO_SLAVE_KIND, BRIDGE)
                    .nested(
                        IFLA_INFO_SLAVE_DATA,
                        () -> request.octet(IFLA_BRPORT_GUARD, guard ? 1 : 0))));
  }

  /** Deletes an interface; of a bridge, its ports stay. */
  public void delete(Link link) throws KernelException {
    socket.ask(
        "delete " + link.name(),
        new NetlinkRequest(RTM_DELLINK, NetlinkRequest.ACK)
            .header(interfaceHeader(link.index(), 0, 0)));
  }

  /** Makes an interface a port of a bridge, and of no other. */
  public void attach(Link link, Link bridge) throws KernelException {
    setMaster("attach " + link.name() + " to " + bridge.name(), link, bridge.index());
  }

  /** Takes an interface off whatever bridge it is a port of. */
  public void detach(Link link) throws KernelException {
    setMaster("detach " + link.name(), link, 0);
  }

  /**
   * Sets an interface up, without an IPv6 address that the kernel would make (addrgenmode none in
   * ip-link(8)): the end of a port in the host takes no part in the segment.
   */
  public void setUp(Link link) throws KernelException {
    NetlinkRequest silent =
        new NetlinkRequest(RTM_SETLINK, NetlinkRequest.ACK)
            .header(interfaceHeader(link.index(), 0, 0));
    silent.nested(
        IFLA_AF_SPEC,
        () ->
            silent.nested(
                AF_INET6, () -> silent.octet(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE)));
    try {
      socket.ask("set addrgenmode of " + link.name(), silent);
    } catch (KernelException e) {
      if (e.errno() != Libc.EAFNOSUPPORT) { // a kernel without IPv6 makes no address either
        throw e;
      }
    }
    socket.ask(
        "set " + link.name() + " up",
        new NetlinkRequest(RTM_SETLINK, NetlinkRequest.ACK)
            .header(interfaceHeader(link.index(), IFF_UP, IFF_UP)));
  }

  @Override
  public void close() {
    socket.close();
  }

  private void setMaster(String what, Link link, int master) throws KernelException {
    socket.ask(
        what,
        new NetlinkRequest(RTM_SETLINK, NetlinkRequest.ACK)
            .header(interfaceHeader(link.index(), 0, 0))
            .number(IFLA_MASTER, master));
  }

  private static NetlinkRequest change(Link link) {
    return new NetlinkRequest(RTM_NEWLINK, NetlinkRequest.ACK)
        .header(interfaceHeader(link.index(), 0, 0));
  }

  private static NetlinkRequest bridge(NetlinkRequest request, BridgeOptions options) {
    return ofBridge(
        request,
        () ->
            request
                .number(IFLA_BR_STP_STATE, options.spanningTree() ? 1 : NO_SPANNING_TREE)
                .number(IFLA_BR_FORWARD_DELAY, options.forwardDelayCentiseconds())
                .octet(IFLA_BR_MCAST_SNOOPING, options.multicastSnooping() ? 1 : 0)
                .attribute(IFLA_BR_MULTI_BOOLOPT, booleans(options.linkLocalLearning())));
  }

  private static NetlinkRequest ofBridge(NetlinkRequest request, Runnable options) {
    return request.nested(
        IFLA_LINKINFO, () -> request.text(IFLA_INFO_KIND, BRIDGE).nested(IFLA_INFO_DATA, options));
  }

  private static byte[] booleans(boolean linkLocalLearning) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.nativeOrder())
        .putInt(linkLocalLearning ? 0 : NO_LINK_LOCAL_LEARN)
        .putInt(NO_LINK_LOCAL_LEARN)
        .array();
  }

  private static byte[] interfaceHeader(int index, int flags, int change) {
    return ByteBuffer.allocate(IFINFOMSG_OCTETS)
        .order(ByteOrder.nativeOrder())
        .putInt(0)
        .putInt(index)
        .putInt(flags)
        .putInt(change)
        .array();
  }

  private static Link link(NetlinkMessage message) {
    Map<Integer, ByteBuffer> attributes = message.attributes(IFINFOMSG_OCTETS);
    ByteBuffer name = attributes.get(IFLA_IFNAME);
    ByteBuffer master = attributes.get(IFLA_MASTER);
    ByteBuffer carrier = attributes.get(IFLA_CARRIER);
    ByteBuffer operState = attributes.get(IFLA_OPERSTATE);
    ByteBuffer info = attributes.get(IFLA_LINKINFO);
    Map<Integer, ByteBuffer> infos = info == null ? Map.of() : NetlinkMessage.attributes(info);
    ByteBuffer kind = infos.get(IFLA_INFO_KIND);
    ByteBuffer portKind = infos.get(IFLA_INFO_SLAVE_KIND);
    boolean isPort = portKind != null && NetlinkMessage.text(portKind).equals(BRIDGE);
    String kindName = kind == null ? "" : NetlinkMessage.text(kind);
    return new Link(
        message.payload().getInt(4),
        name == null ? "" : NetlinkMessage.text(name),
        kindName,
        master == null ? OptionalInt.empty() : OptionalInt.of(master.getInt(0)),
        (message.payload().getInt(8) & IFF_UP) != 0,
        carrier != null && carrier.get(0) != 0,
        operState != null && operState.get(0) == IF_OPER_UP,
        kindName.equals(BRIDGE) ? options(infos.get(IFLA_INFO_DATA)) : null,
        isPort ? port(infos.get(IFLA_INFO_SLAVE_DATA)) : null);
  }

  private static @Nullable BridgePort port(@Nullable ByteBuffer data) {
    if (data == null) {
      return null;
    }
    Map<Integer, ByteBuffer> options = NetlinkMessage.attributes(data);
    ByteBuffer state = options.get(IFLA_BRPORT_STATE);
    ByteBuffer guard = options.get(IFLA_BRPORT_GUARD);
    BridgePort.State[] states = BridgePort.State.values();
    int number = state == null ? 0 : state.get(0);
    return new BridgePort(
        number >= 0 && number < states.length ? states[number] : BridgePort.State.DISABLED,
        guard != null && guard.get(0) != 0);
  }

  private static @Nullable BridgeOptions options(@Nullable ByteBuffer data) {
    if (data == null) {
      return null;
    }
    Map<Integer, ByteBuffer> options = NetlinkMessage.attributes(data);
    ByteBuffer delay = options.get(IFLA_BR_FORWARD_DELAY);
    ByteBuffer spanningTree = options.get(IFLA_BR_STP_STATE);
    ByteBuffer snooping = options.get(IFLA_BR_MCAST_SNOOPING);
    ByteBuffer booleans = options.get(IFLA_BR_MULTI_BOOLOPT);
    return new BridgeOptions(
        delay == null ? 0 : delay.getInt(0),
        spanningTree != null && spanningTree.getInt(0) != 0,
        snooping != null && snooping.get(0) != 0, // absent where the kernel cannot do it
        booleans == null || (booleans.getInt(0) & NO_LINK_LOCAL_LEARN) == 0);
  }
}
