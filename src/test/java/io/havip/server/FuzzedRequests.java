package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.json.Json;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests for the operations of openapi.yaml, from a seed: half of them as its schemas have it,
 * about what there is, the other half broken somewhere.
 */
final class FuzzedRequests {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String[] TEXTS = {
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\n",
    "\u001b[31m",
    "\u2028",
    "é",
    "日本語",
    "🙂",
    "\ud83d",
    "e\u0301",
    "\u202eevil",
    "\ufeff",
    "'; DROP TABLE vip; --",
    "=1+1",
    "%",
    "_",
    "%25",
    "..",
    "../../etc",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "NaN",
    "99999999999999999999",
    "<script>",
    "${jndi:x}",
    "\\",
    "\"",
    "/"
  };
  private static final String[] NUMBERS = {
    "0", "-1", "1", "1.5", "1e400", "-0", "2147483648", "9223372036854775808", "1".repeat(900)
  };
  private static final String[] ADDRESSES = {
    "0.0.0.0",
    "255.255.255.255",
    "10.0.0.0",
    "10.0.1.1",
    "10.0.1.255",
    "10.0.2.2",
    "127.0.0.1",
    "::1",
    "10.0.1",
    "10.0.1.256",
    "010.0.1.1",
    "10.0.1.1 ",
    "١٠.٠.٠.١"
  };
  private static final String[] ACCEPTS = {
    "*/*",
    "application/*",
    "application/json;q=0",
    "image/png",
    "text/csv",
    "text/event-stream",
    "application/problem+json",
    "",
    "json",
    "a/b/c",
    "*/json",
    ";;;",
    "application/json;charset=x",
    "text/csv, application/json;q=0.5",
    "application/json;q=2"
  };
  private static final String[] CONTENT_TYPES = {
    "application/merge-patch+json", "text/plain", "application/xml",
        "application/json;charset=utf-16",
    "application/json; charset=nonsense", "", "json", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=x", "*/*", "application/*"
  };
  private static final String[] ETAGS = {
    "*",
    "\"v1\"",
    "\"v2\"",
    "W/\"v1\"",
    "\"v999999999999999999\"",
    "\"v99999999999999999999\"",
    "v1",
    "\"\"",
    "\"v1\", \"v2\"",
    "\"v1\",,",
    ",",
    "\"v0\"",
    "\"v-1\"",
    "'v1'",
    "\"v1",
    "\"é\"",
    "x".repeat(4000)
  };
  private static final String[] METHODS = {
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "BREW",
    "get",
    "PROPFIND"
  };

  private final Contract contract = Contract.INSTANCE;
  private final Random random;
  private final String own;

  /** Ids and cursors that were answered, by the beginning of an id. */
  private final Map<String, List<String>> known = new TreeMap<>();

  private final Map<String, JsonNode> subnets = new LinkedHashMap<>();
  private final Map<String, JsonNode> vms = new LinkedHashMap<>();
  private final Map<String, JsonNode> vips = new LinkedHashMap<>();

  /**
   * Makes requests.
   *
   * @param own the id of the token that they are sent with, which they leave alone
   */
  FuzzedRequests(long seed, String own) {
    random = new Random(seed);
    this.own = own;
  }

  /**
   * A request.
   *
   * @param operation for which it is meant
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(
      String operation, String method, String target, List<String> headers, byte[] body) {
    /** Without the query. */
    String path() {
      return target.replaceAll("\\?.*", "");
    }

    @Override
    public String toString() {
      String text = new String(body, UTF_8);
      return "%s: %s %s %s %s"
          .formatted(
              operation,
              method,
              target,
              headers,
              text.length() > 2000 ? text.substring(0, 2000) + "…" : text);
    }
  }

  /** Remembers what an answer names, so that requests are about it. */
  void learn(JsonNode answer) {
    for (JsonNode resource : answer.has("items") ? answer.get("items") : List.of(answer)) {
      if (resource.has("vpcId") && resource.has("cidr")) {
        subnets.put(resource.get("id").asString(), resource);
      } else if (resource.has("nics")) {
        vms.put(resource.get("id").asString(), resource);
      } else if (resource.has("bindings")) {
        vips.put(resource.get("id").asString(), resource);
      }
    }
    for (JsonNode id : answer.findValues("id")) {
      String text = id.asString("");
      remember(text.replaceAll("-.*", ""), text);
    }
    answer.findValues("nextCursor").forEach(cursor -> remember("cursor", cursor.asString()));
  }

  /** Forgets what a path names, because it is gone. */
  void forget(String path) {
    for (String part : path.split("/", -1)) {
      known.values().forEach(values -> values.remove(part));
      List.of(subnets, vms, vips).forEach(resources -> resources.remove(part));
    }
  }

  private void remember(String kind, String value) {
    if (value.equals(own)) {
      return;
    }
    List<String> values = known.computeIfAbsent(kind, _ -> new ArrayList<>());
    if (values.size() >= 12) {
      values.remove(random.nextInt(values.size()));
    }
    values.add(value);
  }

  Request next() {
    Contract.Operation operation = anyOperation();
    if (operation.method.equals("DELETE") && !chance(4)) {
      operation = anyOperation(); // what there is lives long enough to be used
    }
    boolean isSound = chance(2);
    String target = ofOneVm(operation.path);
    List<String> query = new ArrayList<>();
    List<String> headers = new ArrayList<>();
    for (JsonNode parameter : operation.parameters) {
      String name = parameter.get("name").asString();
      JsonNode schema = contract.resolve(parameter.get("schema"));
      switch (parameter.get("in").asString()) {
        case "path" ->
            target = target.replace("{" + name + "}", pathValue(parameter.get("schema"), isSound));
        case "query" -> {
          if (chance(4)) {
            query.add(name + "=" + queryValue(name, schema, isSound));
          }
        }
        default -> {
          if (chance(4)) {
            headers.add(name + ": " + headerValue(name, isSound));
          }
        }
      }
    }
    if (!isSound && chance(8)) {
      query.add(
          pick(
              "dryRun=true",
              "force=perhaps",
              "limit=1&limit=2",
              "x=%zz",
              "%00=%ff",
              "=",
              "&&",
              "[]={}"));
    }
    byte[] body = new byte[0];
    if (operation.body().isPresent()) {
      headers.add(
          "Content-Type: " + (isSound || !chance(8) ? "application/json" : pick(CONTENT_TYPES)));
      JsonNode value = value(operation.body().orElseThrow(), isSound ? 0 : 1);
      fit(operation, target, (ObjectNode) value);
      body = body(value, isSound);
    } else if (!isSound && chance(8)) {
      body = pick("{}", "x", "\u0000").getBytes(UTF_8);
    }
    if (isSound || !chance(40)) {
      headers.add("Authorization: Bearer $TOKEN");
    } else {
      headers.add(
          "Authorization: "
              + pick(
                  "Bearer", "Bearer x y", "Basic YTpi", "Bearer é", "bearer " + "x".repeat(5000)));
    }
    if (!isSound && chance(8)) {
      headers.add("Accept: " + pick(ACCEPTS));
    }
    String method = isSound || !chance(20) ? operation.method : pick(METHODS);
    return new Request(
        operation.id(),
        method,
        target + (query.isEmpty() ? "" : "?" + String.join("&", query)),
        headers,
        body);
  }

  private Contract.Operation anyOperation() {
    return contract.operations().get(random.nextInt(contract.operations().size()));
  }

  /** Mostly, makes ids that a body names belong together, without which little would succeed. */
  private void fit(Contract.Operation operation, String target, ObjectNode body) {
    if (subnets.isEmpty() || chance(5)) {
      return;
    }
    JsonNode subnet = pick(subnets.values().toArray(JsonNode[]::new));
    switch (operation.id()) {
      case "createSubnet" -> {
        body.put("cidr", "10.%d.%d.0/24".formatted(random.nextInt(256), random.nextInt(256)));
        body.remove(List.of("gateway", "reserved"));
      }
      case "createExternalNetwork", "updateExternalNetwork" -> {
        if (body.has("accounts")) {
          ArrayNode accounts = body.putArray("accounts");
          if (!chance(4)) {
            accounts.add("default");
          }
        }
      }
      case "updateNic" -> {
        body.remove(List.of("mac", "port"));
        if (body.has("sendsFromVip")) {
          ArrayNode some = body.putArray("sendsFromVip");
          if (!vips.isEmpty()) {
            some.add(pick(vips.keySet().toArray(String[]::new)));
          }
        }
      }
      case "createVm" -> {
        if (body.has("account")) {
          body.put("account", "default");
        }
        body.set("vpcId", subnet.get("vpcId"));
        for (JsonNode nic : body.path("nics")) {
          if (nic instanceof ObjectNode object) {
            object.set("networkId", subnet.get("id"));
            object.remove("address");
          }
        }
      }
      case "createVip" -> {
        body.put("type", "internal");
        body.set("vpcId", subnet.get("vpcId"));
        body.set("networkId", subnet.get("id"));
        if (chance(2)) {
          String address =
              subnet.get("cidr").asString().replace(".0/24", "." + random.nextInt(256));
          body.put("address", address);
        } else {
          body.remove("address");
        }
        body.set("vmIds", vmsOn(subnet.get("id")));
      }
      case "replaceBindings" -> {
        JsonNode vip = vips.get(List.of(target.split("/", -1)).get(3));
        if (vip != null) {
          body.set("vmIds", vmsOn(vip.get("networkId")));
        }
      }
      default -> {}
    }
  }

  /** Mostly, makes a path name a VM and a NIC of that VM. */
  private String ofOneVm(String path) {
    List<JsonNode> withNics =
        vms.values().stream().filter(vm -> !vm.get("nics").isEmpty()).toList();
    if (!path.contains("{nicId}") || withNics.isEmpty() || chance(5)) {
      return path;
    }
    JsonNode vm = pick(withNics.toArray(JsonNode[]::new));
    JsonNode nic = vm.get("nics").get(random.nextInt(vm.get("nics").size()));
    return path.replace("{id}", vm.get("id").asString())
        .replace("{nicId}", nic.get("id").asString());
  }

  private ArrayNode vmsOn(JsonNode networkId) {
    ArrayNode ids = NODES.arrayNode();
    int most = random.nextInt(5);
    for (JsonNode vm : vms.values()) {
      if (ids.size() < most
          && vm.get("nics").findValues("networkId").contains(networkId)
          && chance(2)) {
        ids.add(vm.get("id"));
      }
    }
    return ids;
  }

  private String pathValue(JsonNode schema, boolean isSound) {
    if (isSound || !chance(4)) {
      return knownId(schema);
    }
    return pick(
        "x",
        "%00",
        "%2e%2e",
        "%2F",
        "%5C",
        "%ff",
        "%zz",
        "%",
        "..",
        ";a=b",
        "%F0%9F%99%82",
        "a".repeat(6000),
        "vip-00000000000000000000000000",
        "vip-0000000000000000000000000u",
        "%20",
        "+",
        "null",
        "{id}");
  }

  private String queryValue(String name, JsonNode schema, boolean isSound) {
    if (isSound || chance(2)) {
      String text = name.equals("cursor") ? knownOf("cursor") : value(schema, 0).asString("");
      return URLEncoder.encode(text, UTF_8);
    }
    return chance(2)
        ? URLEncoder.encode(anyText(), UTF_8)
        : pick(
            "%", "%zz", "%ff", "%00", "a&limit=2", "x".repeat(7000), "{}", "[1]", "\"", "|", "^");
  }

  private String headerValue(String name, boolean isSound) {
    return switch (name) {
      case "If-Match" -> isSound ? pick("*", "\"v1\"", "\"v2\"", "\"v3\"") : pick(ETAGS);
      case "Idempotency-Key" ->
          isSound || chance(2)
              ? "key-" + random.nextInt(200)
              : pick("", "é", "x".repeat(256), "x".repeat(6000), "\t", "a\u0007b", "\u007f");
      default ->
          isSound
              ? random.nextInt(50) + "-0"
              : pick("x", "1", "1-", "-1-0", "99999999999999999999-0", "1-9999999999", "9999999-0");
    };
  }

  /**
   * A value as a schema has it.
   *
   * @param faults how many places of it to break
   */
  private JsonNode value(JsonNode schemaOrReference, int faults) {
    JsonNode schema = contract.resolve(schemaOrReference);
    if (schema.has("properties")) {
      return object(schema, faults);
    }
    if (faults > 0 && chance(2)) {
      return broken();
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    JsonNode oneOf = schema.path("oneOf");
    if (!oneOf.isEmpty()) {
      return value(oneOf.get(random.nextInt(oneOf.size())), faults);
    }
    String type =
        schema.get("type").isArray() ? pick("string", "null") : schema.get("type").asString();
    return switch (type) {
      case "array" -> array(schema, faults);
      case "integer" ->
          NODES.numberNode(
              pick(schema.path("minimum").asInt(0), 2, schema.path("maximum").asInt(9)));
      case "boolean" -> NODES.booleanNode(chance(2));
      case "null" -> NODES.nullNode();
      default -> NODES.stringNode(text(schemaOrReference));
    };
  }

  private ObjectNode object(JsonNode schema, int faults) {
    ObjectNode object = NODES.objectNode();
    List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
    List<String> names = List.copyOf(schema.get("properties").propertyNames());
    String unlucky = names.get(random.nextInt(names.size()));
    for (String name : names) {
      boolean isUnlucky = faults > 0 && name.equals(unlucky);
      if (!(isUnlucky && chance(4)) && (required.contains(name) || isUnlucky || chance(2))) {
        object.set(name, value(schema.get("properties").get(name), isUnlucky ? faults : 0));
      }
    }
    if (faults > 0 && chance(8)) {
      object.set(pick("unknown", "", "id", "version", "__proto__", "na\u0000me", "🙂"), broken());
    }
    return object;
  }

  private ArrayNode array(JsonNode schema, int faults) {
    ArrayNode array = NODES.arrayNode();
    int size = faults > 0 && chance(4) ? pick(64, 65, 101, 3000) : random.nextInt(4);
    for (int i = 0; i < size; i++) {
      array.add(value(schema.get("items"), i == 0 ? faults : 0));
    }
    return array;
  }

  private String text(JsonNode schemaOrReference) {
    String reference = schemaOrReference.path("$ref").asString("").replaceAll(".*/", "");
    JsonNode schema = contract.resolve(schemaOrReference);
    return switch (reference) {
      case "VpcId", "NetworkId", "VmId", "NicId", "VipId", "WebhookId", "TokenId" ->
          knownId(schemaOrReference);
      case "WebhookUrl" -> "http://127.0.0.1:9/fuzz"; // which webhooks may not call
      case "Ipv4" -> "10.0.%d.%d".formatted(1 + random.nextInt(4), random.nextInt(256));
      case "Cidr" -> pick("10.0.0.0/8", "10.0." + random.nextInt(256) + ".0/24", "10.9.0.0/30");
      case "Mac" -> "02:00:00:00:00:%02x".formatted(random.nextInt(256));
      case "Port" -> "tap" + random.nextInt(1000);
      case "Name", "Remark", "AccountName" ->
          chance(2) ? "n" + random.nextInt(9) : pick("é", "🙂", "x".repeat(128), "=1");
      default ->
          schemaOrReference.path("description").asString("").contains("VIP's id")
              ? knownOf("vip")
              : schema.path("examples").path(0).asString(anyText());
    };
  }

  private JsonNode broken() {
    return switch (random.nextInt(7)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(true);
      case 2 -> NODES.arrayNode().add(NODES.arrayNode());
      case 3 -> NODES.objectNode().put("a", 1);
      case 4 ->
          Json.MAPPER.readTree(
              pick("0", "-1", "1.5", "1e400", "2147483648", "9223372036854775808"));
      default -> NODES.stringNode(anyText());
    };
  }

  private byte[] body(JsonNode value, boolean isSound) {
    String json = Json.MAPPER.writeValueAsString(value);
    if (isSound || !chance(4)) {
      return json.getBytes(UTF_8);
    }
    return switch (random.nextInt(9)) {
      case 0 -> json.substring(0, random.nextInt(json.length())).getBytes(UTF_8);
      case 1 -> (json + json).getBytes(UTF_8);
      case 2 -> json.replaceFirst("\\{", "{\"name\":\"a\",\"name\":\"b\",").getBytes(UTF_8);
      case 3 -> ("[".repeat(pick(10, 60, 5000)) + json).getBytes(UTF_8);
      case 4 -> json.replaceFirst(":[^,}]*", ":" + pick(NUMBERS)).getBytes(UTF_8);
      case 5 -> json.replaceFirst(":", ":{\"a\":".repeat(200)).getBytes(UTF_8);
      case 6 -> {
        byte[] bytes = json.getBytes(UTF_8);
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 7 ->
          pick("", "null", "[]", "\"x\"", "7", "\ufeff{}", "NaN", "{'a':1}", "{}{}", "//")
              .getBytes(UTF_8);
      default ->
          json.getBytes(
              pick(
                  java.nio.charset.StandardCharsets.UTF_16,
                  java.nio.charset.StandardCharsets.UTF_16LE));
    };
  }

  private String anyText() {
    return switch (random.nextInt(6)) {
      case 0 -> "x".repeat(pick(129, 256, 100_000));
      case 1 -> pick(ADDRESSES);
      case 2 ->
          pick(
              "10.0.0.0/33",
              "10.0.0.1/8",
              "0.0.0.0/0",
              "/",
              "10.0.0.0/-1",
              "10.0.0.9-10.0.0.1",
              "-");
      default -> pick(TEXTS);
    };
  }

  private String knownId(JsonNode schema) {
    String kinds =
        contract
            .resolve(schema)
            .path("pattern")
            .asString("")
            .replaceAll("\\^\\(?([a-z|]+).*", "$1");
    return knownOf(pick(kinds.split("\\|")));
  }

  private String knownOf(String kind) {
    List<String> values = known.getOrDefault(kind, List.of());
    return values.isEmpty() || chance(12)
        ? kind + "-00000000000000000000000000"
        : values.get(random.nextInt(values.size()));
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
