package io.havip.demo;

import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

/** Answers UDP requests to the VIP, from the VIP, with the request and the guest's name. */
final class EchoServer implements AutoCloseable {
  static final int PORT = 9000;

  private static final int MAX_DATAGRAM_OCTETS = 1500;

  private final DatagramChannel channel;
  private final byte[] name;

  private EchoServer(DatagramChannel channel, byte[] name) {
    this.channel = channel;
    this.name = name;
  }

  /** Starts it; it waits patiently while the guest does not hold the VIP. */
  static EchoServer start(Guest guest, Ipv4Address vip) throws IOException, InterruptedException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress(vip.toBytes()), PORT);
    DatagramChannel channel =
        guest
            .namespace()
            .call(() -> DatagramChannel.open(StandardProtocolFamily.INET).bind(address));
    EchoServer server = new EchoServer(channel, guest.name().getBytes(StandardCharsets.UTF_8));
    Thread.ofPlatform().daemon().name("echo-" + guest.name()).start(server::answer);
    return server;
  }

  private void answer() {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_OCTETS);
    while (channel.isOpen()) {
      try {
        SocketAddress client = channel.receive(buffer.clear().limit(buffer.capacity() / 2));
        channel.send(buffer.limit(buffer.capacity()).put(name).flip(), client);
      } catch (IOException e) {
        // The NIC is down, or the channel closed: a client gets no answer, as it should be.
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
