package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the body of a PATCH: a JSON merge patch (RFC 7396). */
final class MergePatch {
  static final String TYPE = "application/merge-patch+json";

  private MergePatch() {}

  /**
   * Reads a patch of fields none of which can be removed; those that it leaves out stay null.
   *
   * @param type a record of {@code @Nullable} components
   */
  static <T> T read(JsonNode body, Class<T> type) {
    return read(body, type, Map.of(), Set.of());
  }

  /**
   * Reads a patch.
   *
   * @param defaults what the fields become that the patch removes
   * @param optional fields that can be removed, and are null then
   */
  static <T> T read(
      JsonNode body, Class<T> type, Map<String, String> defaults, Set<String> optional) {
    T patch = value(body, type);
    if (!(body instanceof ObjectNode object)) {
      return patch;
    }
    ObjectNode filled = object.deepCopy();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().isNull() && !optional.contains(field.getKey())) {
        String value = defaults.get(field.getKey());
        if (value == null) {
          throw Refused.field(
              field.getKey(),
              ErrorCode.INVALID_FIELD,
              "this cannot be removed; give a value, or leave it out to keep it");
        }
        filled.put(field.getKey(), value);
      }
    }
    return value(filled, type);
  }

  private static <T> T value(JsonNode body, Class<T> type) {
    try {
      T value = JsonResponses.MAPPER.treeToValue(body, type);
      if (value == null) {
        throw Refused.of(ErrorCode.INVALID_BODY, "send a JSON object as the body");
      }
      return value;
    } catch (JacksonException e) {
      throw JsonProblems.refusal(e);
    }
  }
}
