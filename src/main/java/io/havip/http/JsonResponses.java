package io.havip.http;

import io.havip.json.Json;
import tools.jackson.databind.json.JsonMapper;

/** The API's JSON: as everywhere, with fields that have no value left out. */
final class JsonResponses {
  static final JsonMapper MAPPER = Json.SPARSE;

  private JsonResponses() {}
}
