package io.havip.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A netlink socket of the calling thread's network namespace: see netlink(7). */
final class NetlinkSocket implements AutoCloseable {
  static final int ROUTE = 0;
  static final int NETFILTER = 12;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int SOCKADDR_NL_OCTETS = 12;
  private static final int RECEIVE_BUFFER_OCTETS = 4 << 20;

  /** The kernel fills at most 32 KiB at a time when it dumps; events are smaller. */
  private static final int DATAGRAM_OCTETS = 256 << 10;

  private final int fd;
  private final MemorySegment buffer = Arena.ofAuto().allocate(DATAGRAM_OCTETS, Long.BYTES);
  private int sequence;

  private NetlinkSocket(int fd) {
    this.fd = fd;
  }

  static NetlinkSocket open(int protocol) throws KernelException {
    int fd = Libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(SOCKADDR_NL_OCTETS, Integer.BYTES);
      address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(JAVA_INT, 4, 0);
      Libc.bind(fd, address);
      return new NetlinkSocket(fd);
    } catch (KernelException e) {
      Libc.close(fd);
      throw e;
    }
  }

  /**
   * Holds as much as the kernel permits of what is told while nobody receives it: 4 MiB with
   * CAP_NET_ADMIN of the host, else net.core.rmem_max.
   */
  void holdMuch() throws KernelException {
    try {
      Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_OCTETS);
    } catch (KernelException e) {
      Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_OCTETS);
    }
  }

  /** From now on {@link #receive} returns what the kernel tells this multicast group. */
  void join(int group) throws KernelException {
    holdMuch();
    Libc.setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  /**
   * Asks and collects the answer, of which the acknowledgement is no part.
   *
   * @param what what is tried, for people
   */
  synchronized List<NetlinkMessage> ask(String what, NetlinkRequest request)
      throws KernelException {
    int asked = ++sequence;
    send(request.toBytes(asked));
    List<NetlinkMessage> answer = new ArrayList<>();
    while (true) {
      for (NetlinkMessage message : receive()) {
        if (message.sequence() != asked) {
          continue; // the rest of an answer that nobody waited for
        }
        switch (message.type()) {
          case NetlinkMessage.DONE -> {
            return answer;
          }
          case NetlinkMessage.ERROR -> {
            int errno = -message.payload().getInt(0);
            if (errno != 0) {
              throw new KernelException(what, errno);
            }
            return answer;
          }
          default -> answer.add(message);
        }
      }
    }
  }

  void send(byte[] message) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      Libc.send(fd, arena.allocateFrom(JAVA_BYTE, message));
    }
  }

  /** Waits for a datagram. */
  List<NetlinkMessage> receive() throws KernelException {
    int octets = Libc.recv(fd, buffer);
    byte[] copy = buffer.asSlice(0, octets).toArray(JAVA_BYTE);
    return NetlinkMessage.parse(ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder()));
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
