package io.havip.demo;

import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The calls of HAVIP's public API that the demo needs; openapi.yaml describes them. */
final class Api implements AutoCloseable {
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final int EVENTS_PER_PAGE = 1000;

  /**
   * A VIP, as far as the demo looks at it.
   *
   * @param vrid 0 before the first keepalived.conf was made
   */
  record Vip(
      String id,
      String state,
      int vrid,
      long generation,
      long observedGeneration,
      List<String> holders) {
    /** Whether the fabric has realised all that was asked for. */
    boolean isAvailable() {
      return state.equals("available") && generation == observedGeneration;
    }
  }

  /** Packets that the fabric refused: an event `claims_refused`. */
  record Refusal(String kind, String port, long packets) {}

  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private final URI server;
  private final String token;

  Api(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  /** Whether the server answers and says that it is ready. */
  boolean isReady() throws InterruptedException {
    try {
      return send("GET", "/readyz", null).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  String createVpc(String name, Cidr cidr) throws IOException, InterruptedException {
    return id(call("POST", "/v1/vpcs", Map.of("name", name, "cidr", cidr.toString())));
  }

  String createSubnet(String name, String vpcId, Cidr cidr)
      throws IOException, InterruptedException {
    return id(
        call("POST", "/v1/subnets", Map.of("vpcId", vpcId, "name", name, "cidr", cidr.toString())));
  }

  String createVm(Guest guest, String vpcId, String subnetId)
      throws IOException, InterruptedException {
    Map<String, String> nic =
        Map.of(
            "networkId", subnetId,
            "address", guest.address().toString(),
            "mac", guest.mac().toString(),
            "port", guest.port());
    return id(
        call(
            "POST", "/v1/vms", Map.of("name", guest.name(), "vpcId", vpcId, "nics", List.of(nic))));
  }

  /** Deletes what was created: a VPC, a subnet or a VM. */
  void delete(String collection, String id) throws IOException, InterruptedException {
    call("DELETE", "/v1/" + collection + "/" + id, null);
  }

  String createVip(
      String name, String vpcId, String subnetId, Ipv4Address address, List<String> vmIds)
      throws IOException, InterruptedException {
    return id(
        call(
            "POST",
            "/v1/vips",
            Map.of(
                "name", name,
                "type", "internal",
                "vpcId", vpcId,
                "networkId", subnetId,
                "address", address.toString(),
                "vmIds", vmIds)));
  }

  void replaceBindings(String vipId, List<String> vmIds) throws IOException, InterruptedException {
    call("PUT", "/v1/vips/" + vipId + "/bindings", Map.of("vmIds", vmIds));
  }

  /** The keepalived.conf of a bound VM. */
  String keepalived(String vipId, String vmId, Duration advertInterval)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(
            "GET",
            "/v1/vips/%s/keepalived?vmId=%s&advertInt=%s"
                .formatted(vipId, vmId, advertInterval.toMillis() / 1000.0),
            null);
    if (response.statusCode() != 200) {
      throw new IOException(response.uri() + " answers " + response.body());
    }
    return response.body();
  }

  void deleteVip(String vipId) throws IOException, InterruptedException {
    call("DELETE", "/v1/vips/" + vipId, null);
  }

  /** The VIP; nothing when there is none (404). */
  Optional<Vip> vip(String vipId) throws IOException, InterruptedException {
    HttpResponse<String> response = send("GET", "/v1/vips/" + vipId, null);
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    JsonNode vip = body(response);
    List<String> holders = new ArrayList<>();
    vip.path("holders").forEach(holder -> holders.add(holder.path("vmId").asString()));
    return Optional.of(
        new Vip(
            id(vip),
            vip.path("state").asString(),
            vip.path("vrid").asInt(0),
            vip.path("generation").asLong(),
            vip.path("observedGeneration").asLong(),
            holders));
  }

  /** All that the fabric has refused so far, oldest first. */
  List<Refusal> refusals() throws IOException, InterruptedException {
    List<Refusal> refusals = new ArrayList<>();
    String after = "";
    JsonNode items;
    do {
      items = call("GET", "/v1/events?limit=" + EVENTS_PER_PAGE + after, null).path("items");
      for (JsonNode event : items) {
        after = "&after=" + event.path("id").asString();
        JsonNode data = event.path("data");
        if (event.path("kind").asString().equals("claims_refused")) {
          refusals.add(
              new Refusal(
                  data.path("kind").asString(),
                  data.path("port").asString(),
                  data.path("packets").asLong()));
        }
      }
    } while (items.size() == EVENTS_PER_PAGE);
    return refusals;
  }

  private static String id(JsonNode resource) {
    return resource.path("id").asString();
  }

  private JsonNode call(String method, String path, @Nullable Object body)
      throws IOException, InterruptedException {
    return body(send(method, path, body));
  }

  private JsonNode body(HttpResponse<String> response) throws IOException {
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s answers %d: %s".formatted(response.uri(), response.statusCode(), response.body()));
    }
    try {
      return json.readTree(response.body());
    } catch (JacksonException e) {
      throw new IOException(response.uri() + " does not answer with JSON: " + response.body(), e);
    }
  }

  private HttpResponse<String> send(String method, String path, @Nullable Object body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(REQUEST_LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json");
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.close();
  }
}
