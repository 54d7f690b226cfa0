package io.havip.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A network namespace with a name in the file system: see network_namespaces(7), ip-netns(8).
 *
 * @param path the file that stands for it, /run/netns/NAME for those that `ip netns add` made
 */
public record NetworkNamespace(Path path) {
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int CLONE_NEWNET = 0x4000_0000;

  /** Work that is done inside a namespace. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /** The namespace that `ip netns add NAME` made. */
  public static NetworkNamespace named(String name) {
    return new NetworkNamespace(Path.of("/run/netns", name));
  }

  /**
   * Does the work on a thread of its own inside the namespace and waits for it. A socket that the
   * work opens (a {@link PacketSocket} or any of the JDK's) belongs to the namespace for good, and
   * any thread may use it afterwards.
   *
   * @throws KernelException when there is no such namespace, or the right to enter it
   *     (CAP_SYS_ADMIN) is missing
   * @throws IOException when the work threw it
   */
  public <T> T call(Work<T> work) throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(() -> inside(work));
    // A virtual thread would move its carrier, which others share, into the namespace.
    Thread.ofPlatform().name("netns-" + path.getFileName()).daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private <T> T inside(Work<T> work) throws IOException {
    int fd = Libc.open(path.toString(), O_CLOEXEC);
    try {
      Libc.setns(fd, CLONE_NEWNET);
    } finally {
      Libc.close(fd);
    }
    return work.run();
  }
}
