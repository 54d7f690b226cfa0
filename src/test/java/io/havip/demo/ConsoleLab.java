package io.havip.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.havip.json.Json;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.server.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A server and VMs in namespaces of their own, which the tests in the browser command over HTTP:
 * they plug the VMs whose records they make in the console, have keepalived elect, let a VM die or
 * not hear the others, and restart the server.
 */
final class ConsoleLab implements AutoCloseable {
  private static final Cidr SUBNET = Cidr.parse("10.77.0.0/24");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.77.0.100");
  private static final Ipv4Address SQUATTED = Ipv4Address.parse("10.77.0.50");
  private static final List<Guest> GUESTS =
      List.of(guest("vm1", 11), guest("vm2", 12), guest("vm3", 13));

  private final HttpServer http;
  private final ServerProcess server;
  private final Keepaliveds keepaliveds;
  private final CleanUps cleanUps = new CleanUps();

  ConsoleLab(Path directory) throws Exception {
    server = new ServerProcess(directory);
    cleanUps.add(server::kill);
    keepaliveds = new Keepaliveds(VIP, this::configuration, directory);
    cleanUps.add(keepaliveds::killAll);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newSingleThreadExecutor());
    http.createContext("/", this::serve);
    http.start();
    cleanUps.add(() -> http.stop(0));
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String argument = exchange.getRequestURI().getQuery();
    int status = 200;
    Object answer;
    try {
      answer = answer(path, argument == null ? "" : argument);
    } catch (Exception e) {
      status = 500;
      answer = Map.of("failed", e.toString());
    }
    byte[] body = Json.MAPPER.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Object answer(String path, String argument) throws Exception {
    switch (path) {
      case "/server" -> {
        return Map.of("url", server.url(), "token", server.token());
      }
      case "/server/kill" -> server.kill();
      case "/server/start" ->
          server.restart(argument.isEmpty() ? new String[0] : new String[] {argument});
      case "/guests" -> {
        return GUESTS.stream()
            .map(guest ->
                Map.of(
                    "name", guest.name(),
                    "address", guest.address().toString(),
                    "mac", guest.mac().toString(),
                    "port", guest.port()))
            .toList();
      }
      case "/plug" -> {
        for (Guest guest : GUESTS) {
          cleanUps.add(guest::unplug);
          guest.plug(SUBNET);
        }
      }
      case "/join" -> keepaliveds.start(named(argument));
      case "/die" -> {
        Guest guest = named(argument);
        guest.ip("link", "set", Guest.NIC, "down");
        keepaliveds.of(guest).kill();
      }
      case "/squat" -> named(argument).ip("addr", "add", SQUATTED + "/24", "dev", Guest.NIC);
      case "/leave" -> named(argument).ip("addr", "del", SQUATTED + "/24", "dev", Guest.NIC);
      case "/deaf" -> Deafness.begin(named(argument));
      case "/hear" -> Deafness.end(named(argument));
      // Whether anybody answers is for the caller to see.
      case "/ask" ->
          Program.run(
              named(argument)
                  .inside("arping", "-c", "1", "-w", "1", "-I", Guest.NIC, VIP.toString()));
      default -> throw new IllegalArgumentException(path);
    }
    return Map.of();
  }

  /** As HAVIP makes it for a VM that is bound. */
  private String configuration(Guest guest) throws IOException, InterruptedException {
    String vip = server.get("/v1/vips?address=" + VIP).at("/items/0/id").asString();
    String vm =
        server
            .get("/v1/vms")
            .path("items")
            .valueStream()
            .filter(item -> item.path("name").asString().equals(guest.name()))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    try (Api api = new Api(URI.create(server.url()), server.token())) {
      return api.keepalived(vip, vm, Keepaliveds.ADVERT_INTERVAL);
    }
  }

  private static Guest named(String name) {
    return GUESTS.stream().filter(guest -> guest.name().equals(name)).findFirst().orElseThrow();
  }

  @Override
  public void close() throws IOException {
    cleanUps.run();
  }

  private static Guest guest(String name, int number) {
    return new Guest(
        name, Ipv4Address.parse("10.77.0." + number), MacAddress.parse("02:00:0a:4d:00:" + number));
  }
}
