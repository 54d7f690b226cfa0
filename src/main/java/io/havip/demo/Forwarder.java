package io.havip.demo;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/**
 * Forwards connections, TCP to a Unix domain socket or the other way round: such a socket has a
 * path, which leads from one network namespace into another.
 */
final class Forwarder implements AutoCloseable {
  private static final int BUFFER_OCTETS = 16 << 10;

  private final ServerSocketChannel listener;
  private final Supplier<SocketAddress> target;

  private Forwarder(ServerSocketChannel listener, Supplier<SocketAddress> target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * Starts forwarding, until it is closed.
   *
   * @param target where connections lead to; may wait until that is known
   * @throws IOException when it cannot listen there
   */
  static Forwarder start(SocketAddress listenAt, Supplier<SocketAddress> target)
      throws IOException {
    ServerSocketChannel listener =
        listenAt instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    try {
      listener.bind(listenAt);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    Forwarder forwarder = new Forwarder(listener, target);
    Thread.ofVirtual().name("forward").start(forwarder::accept);
    return forwarder;
  }

  /** Where it listens. */
  SocketAddress address() throws IOException {
    return listener.getLocalAddress();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel caller = listener.accept();
        Thread.ofVirtual().name("forward-connection").start(() -> forward(caller));
      } catch (IOException e) {
        // The listener was closed and the loop ends, or the caller has gone again.
      }
    }
  }

  private void forward(SocketChannel caller) {
    try (caller;
        SocketChannel called = SocketChannel.open(target.get())) {
      Thread answers = Thread.ofVirtual().name("forward-answers").start(() -> copy(called, caller));
      copy(caller, called);
      answers.join();
    } catch (IOException e) {
      // Nobody is there; the caller sees its connection end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Copies until one end has said all or is gone, and tells the other. */
  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_OCTETS);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeBoth(from, to);
    }
  }

  private static void closeBoth(SocketChannel one, SocketChannel other) {
    try (one;
        other) {
      // Whoever still waits for the other end need not.
    } catch (IOException e) {
      // They are closed whatever close(2) says.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
