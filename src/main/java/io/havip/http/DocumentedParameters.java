package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Refuses query parameters that openapi.yaml does not name for the operation, and those that are
 * empty or given twice. Left out without a word, a misspelt {@code dryRun} would do what it was to
 * try out, and a misspelt or empty filter would find everything.
 */
final class DocumentedParameters implements HandlerInterceptor {
  /** Whether each parameter may be repeated, by name, by method and path. */
  private final Map<String, SortedMap<String, Boolean>> operations = new HashMap<>();

  private final JsonNode document;

  /** Reads the document. */
  DocumentedParameters() throws IOException {
    try (InputStream in = new ClassPathResource("openapi.yaml").getInputStream()) {
      document =
          JsonMapper.shared()
              .valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(in));
    }
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        SortedMap<String, Boolean> parameters = new TreeMap<>();
        addAll(parameters, path.getValue().path("parameters"));
        addAll(parameters, operation.getValue().path("parameters"));
        operations.put(
            operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), parameters);
      }
    }
  }

  private void addAll(SortedMap<String, Boolean> parameters, JsonNode documented) {
    for (JsonNode reference : documented) {
      JsonNode parameter =
          reference.has("$ref")
              ? document.at(reference.get("$ref").asString().substring(1))
              : reference;
      if (parameter.get("in").asString().equals("query")) {
        parameters.put(
            parameter.get("name").asString(),
            parameter.at("/schema/type").asString("").equals("array"));
      }
    }
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    @Nullable Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    @Nullable SortedMap<String, Boolean> parameters = operations.get(method + " " + pattern);
    if (parameters != null) {
      request.getParameterMap().forEach((name, values) -> check(parameters, name, values));
    }
    return true;
  }

  private static void check(SortedMap<String, Boolean> parameters, String name, String[] values) {
    @Nullable Boolean mayRepeat = parameters.get(name);
    if (mayRepeat == null) {
      throw Refused.field(
          name,
          ErrorCode.UNKNOWN_FIELD,
          "there is no parameter '"
              + name
              + "' here; "
              + (parameters.isEmpty()
                  ? "leave it out"
                  : "there are " + String.join(", ", parameters.keySet())));
    }
    if (!mayRepeat && values.length > 1) {
      throw Refused.field(name, ErrorCode.INVALID_FIELD, "give it once");
    }
    // Whoever searches for nothing in particular means everything.
    if (values[0].isEmpty() && !name.equals("q")) {
      throw Refused.field(name, ErrorCode.INVALID_FIELD, "give a value, or leave it out");
    }
  }
}
