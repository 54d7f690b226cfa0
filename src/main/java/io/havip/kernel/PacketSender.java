package io.havip.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sends whole Ethernet frames over any interface of the calling thread's network namespace, and
 * receives none: see packet(7). Needs CAP_NET_RAW there. For several threads.
 */
public final class PacketSender implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SOCKADDR_LL_OCTETS = 20;

  private final int fd;

  private PacketSender(int fd) {
    this.fd = fd;
  }

  public static PacketSender open() throws KernelException {
    // Protocol 0 receives nothing.
    return new PacketSender(Libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  }

  /**
   * Sends a frame as it is, from the destination address on; the checksum (FCS) is not part. Where
   * there is no interface with this index, or it is down, nobody would hear it: nothing is sent.
   */
  public void send(int interfaceIndex, byte[] frame) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(SOCKADDR_LL_OCTETS, Integer.BYTES);
      address.set(JAVA_SHORT, 0, (short) AF_PACKET);
      address.set(JAVA_INT, 4, interfaceIndex);
      Libc.sendto(fd, arena.allocateFrom(JAVA_BYTE, frame), address);
    } catch (KernelException e) {
      if (e.errno() != Libc.ENXIO && e.errno() != Libc.ENODEV && e.errno() != Libc.ENETDOWN) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
