package io.havip.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whole Ethernet frames, to and from one interface of the calling thread's network namespace: see
 * packet(7). Needs CAP_NET_RAW there. For one thread at a time.
 */
@SuppressWarnings("restricted") // the manifest grants native access
public final class PacketSocket implements AutoCloseable {
  /** The longest frame that an interface without segmentation offload above 64 KiB hands over. */
  private static final int MAX_FRAME_OCTETS = 65_536 + 18;

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final short ETH_P_ALL = 0x0003;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int SOCKADDR_LL_OCTETS = 20;
  private static final int TIMEVAL_OCTETS = 16;

  private final int fd;
  private final MemorySegment buffer = Arena.ofAuto().allocate(MAX_FRAME_OCTETS);
  private boolean closed;

  private PacketSocket(int fd) {
    this.fd = fd;
  }

  /**
   * Opens a socket that sees every frame arriving on the interface from now on.
   *
   * @throws KernelException when there is no such interface, or the right to it is missing
   */
  public static PacketSocket open(String interfaceName) throws KernelException {
    int index = Libc.ifNameToIndex(interfaceName);
    // Protocol 0 receives nothing until bind() names the interface: no frame of another slips in.
    int fd = Libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    try (Arena arena = Arena.ofConfined()) {
      Libc.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
      MemorySegment address = arena.allocate(SOCKADDR_LL_OCTETS, Integer.BYTES);
      address.set(JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, ETH_P_ALL);
      address.set(JAVA_INT, 4, index);
      Libc.bind(fd, address);
      return new PacketSocket(fd);
    } catch (KernelException e) {
      Libc.close(fd);
      throw e;
    }
  }

  /** Sends a frame as it is, from the destination address on; the checksum (FCS) is not part. */
  public void send(byte[] frame) throws KernelException {
    requireOpen();
    try (Arena arena = Arena.ofConfined()) {
      Libc.send(fd, arena.allocateFrom(JAVA_BYTE, frame));
    }
  }

  /**
   * Waits for the next frame.
   *
   * @param timeout how long to wait; at least a microsecond
   * @return the frame from the destination address on, without a VLAN tag (the kernel removes it);
   *     nothing when none came in time
   */
  public Optional<byte[]> receive(Duration timeout) throws KernelException {
    requireOpen();
    long micros = TimeUnit.MICROSECONDS.convert(timeout);
    if (micros < 1) {
      throw new IllegalArgumentException("a timeout must be positive: " + timeout);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timeval = arena.allocate(TIMEVAL_OCTETS, Long.BYTES);
      timeval.set(JAVA_LONG, 0, micros / 1_000_000);
      timeval.set(JAVA_LONG, Long.BYTES, micros % 1_000_000);
      Libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeval);
      int octets = Libc.recv(fd, buffer);
      return Optional.of(buffer.asSlice(0, octets).toArray(JAVA_BYTE));
    } catch (KernelException e) {
      if (e.errno() == Libc.EAGAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libc.close(fd);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the socket is closed");
    }
  }
}
