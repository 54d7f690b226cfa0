package io.havip.kernel;

import java.util.List;

/**
 * A daemon thread that hands over what the kernel tells a netlink socket. Closing it does not wait
 * for the thread, so that a handler may close it too.
 */
public final class NetlinkMonitor implements AutoCloseable {
  private static final int NLMSG_NOOP = 1;

  /** What happens with what the kernel told; called on the monitor's thread. */
  interface Handler {
    void told(List<NetlinkMessage> messages);

    /** The kernel told more than the socket could hold, and dropped some of it. */
    void overrun();
  }

  private final NetlinkSocket socket;
  private final NetlinkRequest farewell;
  private final Handler handler;
  private volatile boolean closed;

  private NetlinkMonitor(NetlinkSocket socket, NetlinkRequest farewell, Handler handler) {
    this.socket = socket;
    this.farewell = farewell;
    this.handler = handler;
  }

  /** Hands over what is told to a multicast group. */
  static NetlinkMonitor start(String name, int protocol, int group, Handler handler)
      throws KernelException {
    NetlinkSocket socket = NetlinkSocket.open(protocol);
    try {
      socket.join(group);
    } catch (KernelException e) {
      socket.close();
      throw e;
    }
    return start(name, socket, new NetlinkRequest(NLMSG_NOOP, NetlinkRequest.ACK), handler);
  }

  /**
   * Hands over what is told to a socket, and closes it in the end.
   *
   * @param farewell sent then, with {@link NetlinkRequest#ACK}
   */
  static NetlinkMonitor start(
      String name, NetlinkSocket socket, NetlinkRequest farewell, Handler handler) {
    NetlinkMonitor monitor = new NetlinkMonitor(socket, farewell, handler);
    Thread.ofPlatform().name(name).daemon().start(monitor::run);
    return monitor;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      try {
        // The acknowledgement wakes the thread: close(2) alone would leave it in recv(2).
        socket.send(farewell.toBytes(0));
      } catch (KernelException e) {
        throw new IllegalStateException("a netlink monitor cannot be woken", e);
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        List<NetlinkMessage> messages = socket.receive();
        if (!closed) {
          handler.told(messages);
        }
      } catch (KernelException e) {
        if (e.errno() != Libc.ENOBUFS) {
          throw new IllegalStateException("a netlink monitor cannot go on", e);
        }
        handler.overrun();
      }
    }
    synchronized (this) { // not while close() still sends
      socket.close();
    }
  }
}
