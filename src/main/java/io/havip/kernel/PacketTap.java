package io.havip.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The beginnings of ARP packets and VRRP advertisements that come in over any interface of the
 * network namespace in which it was opened: see packet(7). The kernel drops everything else before
 * it is copied (socket filters: bpf(2), linux/filter.h), also what has a VLAN tag and what the host
 * itself sends. Needs CAP_NET_RAW. For one thread at a time.
 */
@SuppressWarnings("restricted") // the manifest grants native access
public final class PacketTap implements AutoCloseable {
  /** An Ethernet header, the longest of IPv4, and an advertisement of 20 addresses. */
  private static final int OCTETS = 14 + 60 + 8 + 20 * Integer.BYTES;

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final short ETH_P_ALL = 0x0003;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int SOCKADDR_LL_OCTETS = 20;
  private static final int SOCKADDR_LL_IFINDEX = 4;
  private static final int TIMEVAL_OCTETS = 16;

  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_HALF_WORD = 0x28;
  private static final int LOAD_OCTET = 0x30;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int VLAN_TAG_PRESENT = -0x1000 + 48;
  private static final int ETHER_TYPE = 12;
  private static final int IP_PROTOCOL = 23;

  /** An instruction of a socket filter; the jumps count from the next instruction. */
  private record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {}

  private static final List<Instruction> FILTER =
      List.of(
          new Instruction(LOAD_WORD, 0, 0, VLAN_TAG_PRESENT),
          new Instruction(JUMP_IF_EQUAL, 0, 6, 0),
          new Instruction(LOAD_HALF_WORD, 0, 0, ETHER_TYPE),
          new Instruction(JUMP_IF_EQUAL, 3, 0, 0x0806),
          new Instruction(JUMP_IF_EQUAL, 0, 3, 0x0800),
          new Instruction(LOAD_OCTET, 0, 0, IP_PROTOCOL),
          new Instruction(JUMP_IF_EQUAL, 0, 1, 112),
          new Instruction(RETURN, 0, 0, OCTETS),
          new Instruction(RETURN, 0, 0, 0));

  private static final int INSTRUCTION_OCTETS = 8;

  private final int fd;
  private final MemorySegment buffer = Arena.ofAuto().allocate(OCTETS);
  private final MemorySegment address = Arena.ofAuto().allocate(SOCKADDR_LL_OCTETS, Integer.BYTES);

  private PacketTap(int fd) {
    this.fd = fd;
  }

  /**
   * A frame.
   *
   * @param interfaceIndex over which it came
   * @param octets its beginning, from the destination address on
   */
  public record Frame(int interfaceIndex, ByteBuffer octets) {}

  /**
   * Opens a tap.
   *
   * @param timeout how long {@link #receive} waits; at least a microsecond
   */
  public static PacketTap open(Duration timeout) throws KernelException {
    // Protocol 0 receives nothing until bind(): no frame slips in before the filter.
    int fd = Libc.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    try (Arena arena = Arena.ofConfined()) {
      Libc.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
      Libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program(arena));
      MemorySegment timeval = arena.allocate(TIMEVAL_OCTETS, Long.BYTES);
      long micros = TimeUnit.MICROSECONDS.convert(timeout);
      timeval.set(JAVA_LONG, 0, micros / 1_000_000);
      timeval.set(JAVA_LONG, Long.BYTES, micros % 1_000_000);
      Libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeval);
      MemorySegment everywhere = arena.allocate(SOCKADDR_LL_OCTETS, Integer.BYTES);
      everywhere.set(JAVA_SHORT, 0, (short) AF_PACKET);
      everywhere.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, ETH_P_ALL);
      Libc.bind(fd, everywhere);
      return new PacketTap(fd);
    } catch (KernelException e) {
      Libc.close(fd);
      throw e;
    }
  }

  /** The structure sock_fprog, and what it refers to. */
  private static MemorySegment program(Arena arena) {
    MemorySegment instructions =
        arena.allocate((long) FILTER.size() * INSTRUCTION_OCTETS, Integer.BYTES);
    for (int i = 0; i < FILTER.size(); i++) {
      Instruction it = FILTER.get(i);
      long at = (long) i * INSTRUCTION_OCTETS;
      instructions.set(JAVA_SHORT, at, (short) it.code());
      instructions.set(JAVA_BYTE, at + 2, (byte) it.jumpTrue());
      instructions.set(JAVA_BYTE, at + 3, (byte) it.jumpFalse());
      instructions.set(JAVA_INT, at + 4, it.operand());
    }
    MemorySegment program = arena.allocate(2L * Long.BYTES, Long.BYTES);
    program.set(JAVA_SHORT, 0, (short) FILTER.size());
    program.set(ADDRESS, Long.BYTES, instructions);
    return program;
  }

  /** The next frame; nothing when none came in time. */
  public Optional<Frame> receive() throws KernelException {
    try {
      int octets = Libc.recvfrom(fd, buffer, address);
      return Optional.of(
          new Frame(
              address.get(JAVA_INT, SOCKADDR_LL_IFINDEX),
              ByteBuffer.wrap(buffer.asSlice(0, octets).toArray(JAVA_BYTE))));
    } catch (KernelException e) {
      if (e.errno() == Libc.EAGAIN || e.errno() == Libc.ENETDOWN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
