package io.havip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hears about packets that rules of nftables log to a group: see the statement {@code log group} in
 * nft(8), and linux/netfilter/nfnetlink_log.h.
 */
public final class Nflog {
  private static final int NFNL_SUBSYS_ULOG = 4;
  private static final int NFULNL_MSG_PACKET = 0;
  private static final int NFULNL_MSG_CONFIG = 1;
  private static final int NFULA_CFG_CMD = 1;
  private static final int NFULA_CFG_MODE = 2;
  private static final int NFULA_CFG_NLBUFSIZ = 3;
  private static final int NFULA_CFG_QTHRESH = 5;
  private static final byte NFULNL_CFG_CMD_BIND = 1;
  private static final byte NFULNL_CFG_CMD_UNBIND = 2;
  private static final byte NFULNL_COPY_PACKET = 2;
  private static final int NFULA_MARK = 2;
  private static final int NFULA_TIMESTAMP = 3;
  private static final int NFULA_IFINDEX_PHYSINDEV = 6;
  private static final int NFULA_PAYLOAD = 9;
  private static final int NFGENMSG_OCTETS = 4;

  /** What the kernel allocates for a packet at least; by default 4 KiB, which fills the socket. */
  private static final int MESSAGE_OCTETS = 256;

  private Nflog() {}

  /** Hears about packets; on a thread of the monitor's. */
  public interface Listener {
    /**
     * A packet was logged.
     *
     * @param mark its mark when it was
     * @param port the index of the bridge's port through which it came
     * @param at when the kernel had it, to the microsecond
     * @param packet its first octets from the network layer's header on, in network byte order
     */
    void logged(int mark, int port, Instant at, ByteBuffer packet);

    /** Some packets were logged that nobody will hear about: there were too many. */
    void overrun();
  }

  /**
   * Watches a group, as the only one in the network namespace.
   *
   * @param group 0 to 65535
   * @param octets how many of each packet are wanted, at most
   * @throws KernelException when somebody else watches it (EBUSY), or the right to (CAP_NET_ADMIN)
   *     is missing
   */
  public static NetlinkMonitor watch(int group, int octets, Listener listener)
      throws KernelException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      socket.holdMuch();
      socket.ask(
          "watch the nflog group " + group,
          config(group).attribute(NFULA_CFG_CMD, new byte[] {NFULNL_CFG_CMD_BIND}));
      // Each packet is told at once: by default the kernel waits up to a second for others.
      socket.ask(
          "choose what an nflog group tells",
          config(group)
              .attribute(
                  NFULA_CFG_MODE,
                  ByteBuffer.allocate(6).putInt(octets).put(NFULNL_COPY_PACKET).array())
              .attribute(NFULA_CFG_NLBUFSIZ, number(MESSAGE_OCTETS))
              .attribute(NFULA_CFG_QTHRESH, number(1)));
    } catch (KernelException e) {
      socket.close();
      throw e;
    }
    // The group is free again as soon as this is sent.
    NetlinkRequest farewell =
        config(group).attribute(NFULA_CFG_CMD, new byte[] {NFULNL_CFG_CMD_UNBIND});
    return NetlinkMonitor.start("nflog", socket, farewell, handler(listener));
  }

  private static NetlinkMonitor.Handler handler(Listener listener) {
    return new NetlinkMonitor.Handler() {
      @Override
      public void told(List<NetlinkMessage> messages) {
        for (NetlinkMessage message : messages) {
          if (message.type() == (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET)) {
            Map<Integer, ByteBuffer> attributes = message.attributes(NFGENMSG_OCTETS);
            listener.logged(
                number(attributes.get(NFULA_MARK)),
                number(attributes.get(NFULA_IFINDEX_PHYSINDEV)),
                moment(attributes.get(NFULA_TIMESTAMP)),
                attributes
                    .getOrDefault(NFULA_PAYLOAD, ByteBuffer.allocate(0))
                    .order(ByteOrder.BIG_ENDIAN));
          }
        }
      }

      @Override
      public void overrun() {
        listener.overrun();
      }
    };
  }

  /** 0 when the packet has none. */
  private static int number(@Nullable ByteBuffer attribute) {
    return attribute == null ? 0 : attribute.order(ByteOrder.BIG_ENDIAN).getInt(0);
  }

  /** Now, from a kernel that does not tell. */
  private static Instant moment(@Nullable ByteBuffer timestamp) {
    if (timestamp == null) {
      return Instant.now();
    }
    timestamp.order(ByteOrder.BIG_ENDIAN);
    return Instant.ofEpochSecond(
        timestamp.getLong(0), TimeUnit.MICROSECONDS.toNanos(timestamp.getLong(Long.BYTES)));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private static NetlinkRequest config(int group) {
    byte[] header = ByteBuffer.allocate(NFGENMSG_OCTETS).putShort(2, (short) group).array();
    return new NetlinkRequest(NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, NetlinkRequest.ACK)
        .header(header);
  }
}
