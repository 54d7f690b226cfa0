package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.havip.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * openapi.yaml, and whether an answer is as it says. A field that it does not have makes an answer
 * wrong here, though clients are asked to ignore such.
 */
final class Contract {
  static final Contract INSTANCE = new Contract();

  /** Headers that mean something to a client; each must be documented where it is sent. */
  private static final List<String> HEADERS = List.of("ETag", "Location", "WWW-Authenticate");

  /** Codes that the document speaks of before any operation. */
  private static final Set<String> ANY_REQUEST =
      Set.of("malformed_request", "method_not_allowed", "unknown_field");

  private final JsonNode document;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private Contract() {
    try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
      document =
          Json.MAPPER.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeObjects(document);
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (!method.getKey().equals("parameters")) {
          operations.add(
              new Operation(
                  method.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  method.getValue(),
                  path.getValue().path("parameters")));
        }
      }
    }
    // A path without variables goes before one with them (OpenAPI 3.1, section 4.8.8.2).
    operations.sort(Comparator.comparing(operation -> operation.path.contains("{")));
  }

  /** An operation, with its references resolved where they are asked for. */
  final class Operation {
    final String method;
    final String path;
    final JsonNode node;
    final List<JsonNode> parameters = new ArrayList<>();
    private final Pattern pattern;

    Operation(String method, String path, JsonNode node, JsonNode parametersOfPath) {
      this.method = method;
      this.path = path;
      this.node = node;
      this.pattern = Pattern.compile(path.replace(".", "\\.").replaceAll("\\{[^}]*}", "[^/]*"));
      parametersOfPath.forEach(parameter -> parameters.add(resolve(parameter)));
      node.path("parameters").forEach(parameter -> parameters.add(resolve(parameter)));
    }

    String id() {
      return node.get("operationId").asString();
    }

    boolean isOpen() {
      return node.has("security") && node.get("security").isEmpty();
    }

    /** The body's schema, if a body is sent. */
    Optional<JsonNode> body() {
      JsonNode content = resolve(node.path("requestBody")).path("content");
      return Optional.ofNullable(content.get("application/json"))
          .map(json -> resolve(json.get("schema")));
    }

    /** An example of the body. */
    JsonNode bodyExample() {
      return resolve(node.path("requestBody")).at("/content/application~1json/example");
    }

    boolean hasParameter(String name) {
      return parameters.stream().anyMatch(it -> it.get("name").asString().equals(name));
    }

    Set<String> statuses() {
      return new TreeSet<>(node.get("responses").propertyNames());
    }

    JsonNode response(String status) {
      return resolve(node.get("responses").get(status));
    }

    /** The codes of a response that is a problem. */
    List<String> codes(String status) {
      return response(status)
          .at("/content/application~1problem+json/schema/allOf/1/properties/code/enum")
          .valueStream()
          .map(JsonNode::asString)
          .toList();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  JsonNode document() {
    return document;
  }

  List<Operation> operations() {
    return operations;
  }

  Operation operation(String id) {
    return operations.stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  Optional<Operation> operation(String method, String path) {
    return operations.stream()
        .filter(it -> it.method.equals(method) && it.pattern.matcher(path).matches())
        .findFirst();
  }

  /** What a reference stands for; anything else stands for itself. */
  JsonNode resolve(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null ? node : resolve(document.at(reference.asString().substring(1)));
  }

  /**
   * Fails when an answer is not what the document says about its operation.
   *
   * @param path without its query
   */
  void check(String method, String path, int status, HttpHeaders headers, String body) {
    if (method.equals("HEAD") || method.equals("OPTIONS")) {
      return;
    }
    String what = method + " " + path + " -> " + status + " " + body;
    String type = headers.firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    Optional<Operation> found = operation(method, path);
    boolean anyRequestMayGetIt =
        type.equals("application/problem+json")
            && ANY_REQUEST.contains(Json.MAPPER.readTree(body).path("code").asString(""));
    if (found.isEmpty() || anyRequestMayGetIt) {
      assertThat(status).as(what).isIn(400, 401, 404, 405);
      assertThat(type).as(what).isEqualTo("application/problem+json");
      assertValid("#/components/schemas/Problem", body, what);
      return;
    }
    Operation operation = found.orElseThrow();
    String key = status == 500 ? "default" : Integer.toString(status);
    assertThat(operation.statuses()).as(what).contains(key);
    JsonNode response = operation.response(key);
    for (String header : HEADERS) {
      if (headers.firstValue(header).isPresent()) {
        assertThat(response.path("headers").has(header)).as("%s has %s", what, header).isTrue();
      }
    }
    JsonNode content = response.path("content");
    if (content.isEmpty()) {
      assertThat(body).as(what).isEmpty();
      return;
    }
    assertThat(content.propertyNames()).as(what).contains(type);
    if (type.endsWith("json")) {
      JsonNode reference = operation.node.at("/responses/" + key + "/$ref");
      String base =
          reference.isMissingNode()
              ? "#/paths/" + escape(operation.path) + "/" + lower(method) + "/responses/" + key
              : reference.asString();
      assertValid(base + "/content/" + escape(type) + "/schema", body, what);
    }
  }

  /** Fails when a JSON text is not as a schema of the document has it. */
  void assertValid(String pointer, String json, String what) {
    Schema schema = schemas.computeIfAbsent(pointer, this::schema);
    assertThat(schema.validate(json, InputFormat.JSON)).as(what).isEmpty();
  }

  boolean isValid(String pointer, JsonNode value) {
    return schemas.computeIfAbsent(pointer, this::schema).validate(value).isEmpty();
  }

  private Schema schema(String pointer) {
    ObjectNode root = ((ObjectNode) document).deepCopy();
    root.put("$ref", pointer);
    return registry.getSchema(root);
  }

  private static String escape(String step) {
    return step.replace("~", "~0").replace("/", "~1");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static void closeObjects(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("type").asString("").equals("object")
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(Contract::closeObjects);
  }
}
