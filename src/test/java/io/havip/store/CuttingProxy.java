package io.havip.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Stands between a client and a server on 127.0.0.1, and can cut the connection at a request. */
public final class CuttingProxy implements AutoCloseable {
  /** What to cut. */
  public enum Cut {
    NEVER,
    /** The server does not get the request, a commit. */
    BEFORE_COMMIT,
    /** The server has done what was asked for, but its answer gets lost. */
    BEFORE_ANSWER
  }

  private final ServerSocket clients;
  private final int serverPort;
  private final String marker;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile Cut next = Cut.NEVER;

  /** Cuts at requests that have a text in them. */
  public CuttingProxy(int serverPort, String marker) throws IOException {
    this.marker = marker;
    this.clients = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    this.serverPort = serverPort;
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return clients.getLocalPort();
  }

  /** Cuts at the next such request, once. */
  public void cutNext(Cut cut) {
    next = cut;
  }

  /** Cuts every connection that there is. */
  public void cutAll() {
    connections.forEach(Connection::cut);
  }

  boolean hasCut() {
    return next == Cut.NEVER;
  }

  private void accept() {
    try {
      while (true) {
        Connection connection =
            new Connection(clients.accept(), new Socket(clients.getInetAddress(), serverPort));
        Thread.ofVirtual().start(connection::sendRequests);
        Thread.ofVirtual().start(connection::sendAnswers);
      }
    } catch (IOException _) {
      // The proxy is closed.
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket server;
    private volatile boolean answersGetLost;

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
      connections.add(this);
    }

    void sendRequests() {
      pump(
          client,
          server,
          request -> {
            Cut cut = request.contains(marker) ? next : Cut.NEVER;
            switch (cut) {
              case NEVER -> {}
              case BEFORE_COMMIT -> next = Cut.NEVER;
              case BEFORE_ANSWER -> {
                answersGetLost = true;
                next = Cut.NEVER;
              }
            }
            return cut != Cut.BEFORE_COMMIT;
          });
    }

    void cut() {
      try (client;
          server) {
        connections.remove(this);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void sendAnswers() {
      pump(server, client, _ -> !answersGetLost);
    }

    private void pump(Socket from, Socket to, Predicate<String> passes) {
      byte[] buffer = new byte[65_536];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int length = in.read(buffer);
        while (length >= 0 && passes.test(new String(buffer, 0, length, ISO_8859_1))) {
          out.write(buffer, 0, length);
          length = in.read(buffer);
        }
      } catch (IOException _) {
        // The other direction has ended.
      }
    }
  }

  @Override
  public void close() {
    try {
      clients.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
