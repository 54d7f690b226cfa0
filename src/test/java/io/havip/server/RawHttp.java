package io.havip.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Requests that no decent client sends: the bytes go out as they are (RFC 9112). */
final class RawHttp {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private RawHttp() {}

  /**
   * An answer.
   *
   * @param body nothing of a stream of events, which has no end
   */
  record Answer(int status, HttpHeaders headers, String body) {}

  /** Sends a request on a connection of its own. */
  static Answer send(int port, String method, String target, List<String> headers, byte[] body)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
      StringBuilder head = new StringBuilder();
      head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: havip\r\n");
      headers.forEach(header -> head.append(header).append("\r\n"));
      head.append("Connection: close\r\nContent-Length: ").append(body.length).append("\r\n\r\n");
      try {
        socket.getOutputStream().write(head.toString().getBytes(UTF_8));
        socket.getOutputStream().write(body);
      } catch (IOException e) {
        // Who is refused early may find that nobody reads the rest; the answer is there.
      }
      return read(new BufferedInputStream(socket.getInputStream()), method.equals("HEAD"));
    }
  }

  private static Answer read(InputStream in, boolean isHead) throws IOException {
    int status = Integer.parseInt(line(in).split(" ", 3)[1]);
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] field = line.split(":", 2);
      fields.computeIfAbsent(field[0], _ -> new ArrayList<>()).add(field[1].strip());
    }
    HttpHeaders headers = HttpHeaders.of(fields, (_, _) -> true);
    boolean endless = headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream");
    byte[] body =
        isHead || endless
            ? new byte[0]
            : headers.firstValue("Transfer-Encoding").isPresent() ? chunks(in) : in.readAllBytes();
    return new Answer(status, headers, new String(body, UTF_8));
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(in), 16); size > 0; ) {
      body.write(in.readNBytes(size));
      line(in);
      size = Integer.parseInt(line(in), 16);
    }
    return body.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended within a line: " + line.toString(ISO_8859_1));
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
