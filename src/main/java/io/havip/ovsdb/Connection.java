package io.havip.ovsdb;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON values over a stream, one after the other with nothing between: RFC 7047, section 4. One
 * thread receives; any may send.
 */
final class Connection implements Closeable {
  /** Far above the first answer of a monitor with 100,000 rows. */
  private static final long MESSAGE_OCTETS_MAX = 1L << 30;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Closeable socket;
  private final Metered in;
  private final OutputStream out;
  private @Nullable JsonParser parser;
  private final ReentrantLock sending = new ReentrantLock();
  private volatile long receivedAtNanos = System.nanoTime();

  private Connection(Closeable socket, InputStream in, OutputStream out) {
    this.socket = socket;
    this.in = new Metered(in);
    this.out = out;
  }

  static Connection open(Remote remote, @Nullable Tls tls, Duration limit) throws IOException {
    return switch (remote) {
      case Remote.Unix(String path) -> {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          channel.connect(UnixDomainSocketAddress.of(path));
          yield new Connection(
              channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
        } catch (IOException | RuntimeException e) {
          channel.close();
          throw e;
        }
      }
      case Remote.Tcp(String host, int port, boolean encrypted) -> {
        Socket plain = new Socket();
        try {
          plain.setTcpNoDelay(true);
          int millis = (int) limit.toMillis();
          plain.connect(new InetSocketAddress(InetAddress.getByName(host), port), millis);
          Socket socket = encrypted ? encrypted(plain, host, port, tls, millis) : plain;
          yield new Connection(socket, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException | RuntimeException e) {
          plain.close();
          throw e;
        }
      }
    };
  }

  private static Socket encrypted(
      Socket plain, String host, int port, @Nullable Tls tls, int handshakeMillis)
      throws IOException {
    if (tls == null) {
      throw new IOException("an ssl: remote needs a key and certificates");
    }
    plain.setSoTimeout(handshakeMillis);
    javax.net.ssl.SSLSocket socket =
        (javax.net.ssl.SSLSocket)
            tls.context().getSocketFactory().createSocket(plain, host, port, true);
    socket.startHandshake();
    plain.setSoTimeout(0);
    return socket;
  }

  /**
   * Waits for a message.
   *
   * @throws IOException also at the end of the stream, and for what is no JSON
   */
  JsonNode receive() throws IOException {
    in.count = 0;
    try {
      if (parser == null) { // it begins to read when it is made
        parser = MAPPER.createParser(new BufferedInputStream(in));
      }
      JsonNode message = MAPPER.readTree(parser);
      if (message == null || message.isMissingNode()) {
        throw new EOFException("the server closed the connection");
      }
      return message;
    } catch (JacksonException e) {
      throw new IOException("what the server sends breaks off: " + e.getOriginalMessage(), e);
    }
  }

  /** Sends a message; waits while the server reads nothing. */
  void send(JsonNode message) throws IOException {
    byte[] octets = MAPPER.writeValueAsBytes(message);
    sending.lock();
    try {
      out.write(octets);
      out.flush();
    } finally {
      sending.unlock();
    }
  }

  /** Sends a message unless another is being sent, which tells the server as much. */
  void sendUnlessBusy(JsonNode message) throws IOException {
    if (sending.tryLock()) {
      try {
        send(message);
      } finally {
        sending.unlock();
      }
    }
  }

  /** How long nothing has been received. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - receivedAtNanos);
  }

  /** Also ends the sending and receiving of other threads. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // It is gone whatever close() says.
    }
  }

  /** Counts, and notes when something came. */
  private final class Metered extends FilterInputStream {
    private long count;

    Metered(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      receivedAtNanos = System.nanoTime();
      count += Math.max(read, 0);
      if (count > MESSAGE_OCTETS_MAX) {
        throw new IOException("a message has more than " + MESSAGE_OCTETS_MAX + " octets");
      }
      return read;
    }
  }
}
