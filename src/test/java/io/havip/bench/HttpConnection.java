package io.havip.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.json.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * One HTTP/1.1 connection of a caller who waits for each answer. It does as little as HTTP allows,
 * because it shares the machine with the server that is measured.
 */
final class HttpConnection implements AutoCloseable {
  private static final int SUCCESS = 2;
  private static final Duration IDLE_MAX = Duration.ofSeconds(5);

  private final URI server;
  private final String token;
  private Socket socket;
  private InputStream in;
  private long usedAtNanos;

  HttpConnection(URI server, String token) throws IOException {
    this.server = server;
    this.token = token;
    connect();
  }

  private void connect() throws IOException {
    socket = new Socket(server.getHost(), server.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    usedAtNanos = System.nanoTime();
  }

  /** Sends a request, and returns the answer's body; nothing but success will do. */
  byte[] send(String method, String path, String body) throws IOException {
    if (System.nanoTime() - usedAtNanos > IDLE_MAX.toNanos()) {
      close(); // the server is about to, or has
      connect();
    }
    byte[] bytes = body.getBytes(UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(
                method,
                path,
                server.getAuthority(),
                token,
                bytes.length == 0 ? "" : "Content-Type: application/json\r\n",
                bytes.length);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(US_ASCII));
    request.writeBytes(bytes);
    socket.getOutputStream().write(request.toByteArray());
    String status = line();
    int length = 0;
    boolean isChunked = false;
    boolean isLast = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      }
      isLast |= lower.equals("connection: close");
      isChunked |= lower.equals("transfer-encoding: chunked");
    }
    byte[] answer = isChunked ? chunks() : in.readNBytes(length);
    usedAtNanos = System.nanoTime();
    if (isLast) {
      close();
      connect();
    }
    if (status.charAt("HTTP/1.1 ".length()) - '0' != SUCCESS) {
      throw new IOException(method + " " + path + ": " + status + " " + new String(answer, UTF_8));
    }
    return answer;
  }

  /** Makes something; gives its id. Apostrophes stand for quotation marks. */
  String made(String path, String body) throws IOException {
    return Json.MAPPER.readTree(send("POST", path, json(body))).get("id").asString();
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      int length = Integer.parseInt(line(), 16);
      all.writeBytes(in.readNBytes(length));
      line();
      if (length == 0) {
        return all.toByteArray();
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
