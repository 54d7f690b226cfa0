package io.havip.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The generation of nftables' rules, and who changes it: the part of nftables' netlink interface
 * (linux/netfilter/nf_tables.h) that libnftables does not offer. Every transaction in the network
 * namespace makes the next generation.
 */
public final class Nfnetlink implements AutoCloseable {
  private static final int NFNL_SUBSYS_NFTABLES = 10;
  private static final int NFT_MSG_NEWGEN = 15;
  private static final int NFT_MSG_GETGEN = 16;
  private static final int NFNLGRP_NFTABLES = 7;
  private static final int NFTA_GEN_ID = 1;
  private static final int NFGENMSG_OCTETS = 4;
  private static final int NFPROTO_BRIDGE = 7;

  /** In every message about something of a table, this attribute names the table. */
  private static final int NFTA_TABLE = 1;

  private final NetlinkSocket socket;

  private Nfnetlink(NetlinkSocket socket) {
    this.socket = socket;
  }

  public static Nfnetlink open() throws KernelException {
    return new Nfnetlink(NetlinkSocket.open(NetlinkSocket.NETFILTER));
  }

  /** The number of the newest generation, which wraps around. */
  public int generation() throws KernelException {
    List<NetlinkMessage> answer =
        socket.ask(
            "ask for nftables' generation",
            new NetlinkRequest(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, NetlinkRequest.ACK)
                .header(new byte[NFGENMSG_OCTETS]));
    return answer.stream()
        .filter(Nfnetlink::isGeneration)
        .findFirst()
        .map(Nfnetlink::number)
        .orElseThrow(() -> new IllegalStateException("nftables has no generation"));
  }

  @Override
  public void close() {
    socket.close();
  }

  /** Hears about transactions; on a thread of the monitor's. */
  public interface Listener {
    /** This generation changed something in the table. */
    void committed(int generation);

    /** Perhaps something changed in the table: the kernel told more than could be taken in. */
    void overrun();
  }

  /** Watches a table of the bridge family. */
  public static NetlinkMonitor watchBridgeTable(String table, Listener listener)
      throws KernelException {
    NetlinkMonitor.Handler handler =
        new NetlinkMonitor.Handler() {
          private boolean touched;

          @Override
          public void told(List<NetlinkMessage> messages) {
            for (NetlinkMessage message : messages) {
              if (isGeneration(message)) { // it closes the messages of its transaction
                if (touched) {
                  touched = false;
                  listener.committed(number(message));
                }
              } else {
                touched |= isAbout(table, message);
              }
            }
          }

          @Override
          public void overrun() {
            touched = false;
            listener.overrun();
          }
        };
    return NetlinkMonitor.start("nfnetlink", NetlinkSocket.NETFILTER, NFNLGRP_NFTABLES, handler);
  }

  private static boolean isGeneration(NetlinkMessage message) {
    return message.type() == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN);
  }

  private static int number(NetlinkMessage message) {
    ByteBuffer id = message.attributes(NFGENMSG_OCTETS).get(NFTA_GEN_ID);
    if (id == null) {
      throw new IllegalStateException("nftables' generation has no number");
    }
    return id.order(ByteOrder.BIG_ENDIAN).getInt(0);
  }

  private static boolean isAbout(String table, NetlinkMessage message) {
    if (message.type() >> 8 != NFNL_SUBSYS_NFTABLES || message.payload().get(0) != NFPROTO_BRIDGE) {
      return false;
    }
    ByteBuffer name = message.attributes(NFGENMSG_OCTETS).get(NFTA_TABLE);
    return name != null && NetlinkMessage.text(name).equals(table);
  }
}
