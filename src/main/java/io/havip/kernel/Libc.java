package io.havip.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that the other classes of this room share. Every method throws {@link
 * KernelException} with the call's errno where section 2 of the manual says that it returns -1;
 * calls that a signal interrupted (EINTR) are made again.
 */
@SuppressWarnings("restricted") // the manifest grants native access
final class Libc {
  static final int EINTR = 4;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EAFNOSUPPORT = 97;
  static final int ENETDOWN = 100;
  static final int ENOBUFS = 105;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle SEND =
      call("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle SENDTO =
      call("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle RECV =
      call("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle RECVFROM =
      call("recvfrom", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SETSOCKOPT =
      call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SHUTDOWN = call("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().find("open").orElseThrow(),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS = call("setns", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle IF_NAMETOINDEX = call("if_nametoindex", JAVA_INT, ADDRESS);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LINKER.defaultLookup().find("strerror").orElseThrow(),
          FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Libc() {}

  /** See socket(2). */
  static int socket(int domain, int type, int protocol) throws KernelException {
    return (int)
        checked("socket", errno -> (int) SOCKET.invokeExact(errno, domain, type, protocol));
  }

  /** See bind(2). */
  static void bind(int fd, MemorySegment address) throws KernelException {
    int length = (int) address.byteSize();
    checked("bind", errno -> (int) BIND.invokeExact(errno, fd, address, length));
  }

  /** See close(2); a failure is of no use to anybody and ignored. */
  static void close(int fd) {
    try {
      checked("close", errno -> (int) CLOSE.invokeExact(errno, fd));
    } catch (KernelException e) {
      // The descriptor is gone whatever close() says.
    }
  }

  /** See send(2). */
  static void send(int fd, MemorySegment message) throws KernelException {
    long length = message.byteSize();
    checked("send", errno -> (long) SEND.invokeExact(errno, fd, message, length, 0));
  }

  /** See sendto(2). */
  static void sendto(int fd, MemorySegment message, MemorySegment address) throws KernelException {
    long length = message.byteSize();
    int addressLength = (int) address.byteSize();
    checked(
        "sendto",
        errno -> (long) SENDTO.invokeExact(errno, fd, message, length, 0, address, addressLength));
  }

  /** See recv(2); returns the number of octets received. */
  static int recv(int fd, MemorySegment buffer) throws KernelException {
    long length = buffer.byteSize();
    return (int) checked("recv", errno -> (long) RECV.invokeExact(errno, fd, buffer, length, 0));
  }

  /**
   * See recvfrom(2); returns the number of octets received.
   *
   * @param address gets where they come from, as far as it has room
   */
  static int recvfrom(int fd, MemorySegment buffer, MemorySegment address) throws KernelException {
    long length = buffer.byteSize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
      return (int)
          checked(
              "recvfrom",
              errno -> (long) RECVFROM.invokeExact(errno, fd, buffer, length, 0, address, room));
    }
  }

  /** See setsockopt(2), with an int as the value. */
  static void setsockopt(int fd, int level, int option, int value) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value));
    }
  }

  /** See setsockopt(2). */
  static void setsockopt(int fd, int level, int option, MemorySegment value)
      throws KernelException {
    int length = (int) value.byteSize();
    checked(
        "setsockopt",
        errno -> (int) SETSOCKOPT.invokeExact(errno, fd, level, option, value, length));
  }

  /** See shutdown(2): wakes a thread that waits in {@link #recv}. */
  static void shutdown(int fd, int how) throws KernelException {
    checked("shutdown", errno -> (int) SHUTDOWN.invokeExact(errno, fd, how));
  }

  /** See open(2). */
  static int open(String path, int flags) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return (int) checked("open " + path, errno -> (int) OPEN.invokeExact(errno, name, flags));
    }
  }

  /** See setns(2). */
  static void setns(int fd, int namespaceType) throws KernelException {
    checked("setns", errno -> (int) SETNS.invokeExact(errno, fd, namespaceType));
  }

  /** See if_nametoindex(3). */
  static int ifNameToIndex(String name) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return (int)
          checked(
              "interface " + name,
              errno -> {
                int index = (int) IF_NAMETOINDEX.invokeExact(errno, text);
                return index == 0 ? -1 : index;
              });
    }
  }

  /** See strerror(3). */
  static String strerror(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw new LinkageError("strerror", e);
    }
  }

  /** A function of the C library that sets errno. */
  private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private interface Call {
    long run(MemorySegment errno) throws Throwable;
  }

  private static long checked(String what, Call call) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {

      MemorySegment captured = arena.allocate(CAPTURED);
      while (true) {
        long result = invoke(call, captured);
        if (result != -1) {
          return result;
        }
        int errno = (int) ERRNO.get(captured, 0L);
        if (errno != EINTR) {
          throw new KernelException(what, errno);
        }
      }
    }
  }

  private static long invoke(Call call, MemorySegment captured) {
    try {
      return call.run(captured);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("a downcall failed", e);
    }
  }
}
