package io.havip.ovsdb;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where an ovsdb-server listens, written as OVN's programs write it: ovsdb(7). */
public sealed interface Remote {
  record Unix(String path) implements Remote {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /**
   * One reached over TCP.
   *
   * @param tls whether the connection is encrypted, and both sides show certificates
   */
  record Tcp(String host, int port, boolean tls) implements Remote {
    @Override
    public String toString() {
      String literal = host.contains(":") ? "[" + host + "]" : host;
      return (tls ? "ssl:" : "tcp:") + literal + ":" + port;
    }
  }

  Pattern TCP = Pattern.compile("(tcp|ssl):(\\[[0-9A-Fa-f:.%]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");

  /**
   * Reads one: {@code unix:/run/ovn/ovnnb_db.sock}, {@code tcp:10.0.0.1:6641}, {@code
   * ssl:[::1]:6641}.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Remote parse(String text) {
    if (text.startsWith("unix:/") && text.indexOf('\0') < 0) {
      return new Unix(text.substring("unix:".length()));
    }
    Matcher tcp = TCP.matcher(text);
    if (tcp.matches()) {
      int port = Integer.parseInt(tcp.group(3));
      if (1 <= port && port <= 65_535) {
        String host = tcp.group(2).replaceAll("[\\[\\]]", "");
        return new Tcp(host, port, tcp.group(1).equals("ssl"));
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no remote; write one like unix:/PATH, tcp:HOST:PORT or ssl:HOST:PORT");
  }

  /** Reads several, with commas between: the members of a cluster. */
  static List<Remote> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).map(Remote::parse).toList();
  }
}
