package io.havip.http;

import io.havip.decision.Command;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The patch of a resource of which nothing but the name can change. */
record Rename(@Nullable String name) {
  static Command.Rename read(JsonNode body) {
    return new Command.Rename(MergePatch.read(body, Rename.class).name());
  }
}
