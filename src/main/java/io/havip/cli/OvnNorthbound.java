package io.havip.cli;

import io.havip.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** OVN's northbound database, as ovn-nbctl(8) shows it. Nothing is changed there. */
final class OvnNorthbound {
  private final @Nullable String database;

  /**
   * Names it.
   *
   * @param database as ovn-nbctl's {@code --db} takes it; none: what ovn-nbctl takes by itself
   */
  OvnNorthbound(@Nullable String database) {
    this.database = database;
  }

  /** A row: the columns that were asked for, as RFC 7047, section 5.1, writes values. */
  record Row(Map<String, JsonNode> columns) {
    /** The atoms of a column, as texts. */
    List<String> texts(String column) {
      JsonNode value = columns.getOrDefault(column, MissingNode.getInstance());
      Stream<JsonNode> atoms =
          isTagged(value, "set") ? value.path(1).valueStream() : Stream.of(value);
      return atoms
          .map(it -> isTagged(it, "uuid") ? it.path(1) : it)
          .map(it -> it.asString(""))
          .toList();
    }

    String text(String column) {
      return texts(column).stream().findFirst().orElse("");
    }

    Map<String, String> map(String column) {
      Map<String, String> map = new HashMap<>();
      JsonNode value = columns.getOrDefault(column, MissingNode.getInstance());
      if (isTagged(value, "map")) {
        value
            .path(1)
            .forEach(pair -> map.put(pair.path(0).asString(""), pair.path(1).asString("")));
      }
      return map;
    }

    private static boolean isTagged(JsonNode value, String tag) {
      return value.isArray() && value.path(0).asString("").equals(tag);
    }
  }

  /** All rows of a table. */
  List<Row> rows(String table, String... columns)
      throws CommandFailedException, InterruptedException {
    String text = nbctl("--format=json", "--columns=" + String.join(",", columns), "list", table);
    try {
      JsonNode read = Json.MAPPER.readTree(text);
      List<String> headings = read.path("headings").valueStream().map(JsonNode::asString).toList();
      List<Row> rows = new ArrayList<>();
      for (JsonNode data : read.path("data")) {
        Map<String, JsonNode> row = new HashMap<>();
        for (int i = 0; i < headings.size(); i++) {
          row.put(headings.get(i), data.path(i));
        }
        rows.add(new Row(row));
      }
      return rows;
    } catch (JacksonException e) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "cannot understand what ovn-nbctl shows of %s: %s"
              .formatted(table, Text.printable(String.valueOf(e.getMessage()))));
    }
  }

  private String nbctl(String... arguments) throws CommandFailedException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ovn-nbctl", "--timeout=30"));
    if (database != null) {
      command.add("--db=" + database);
    }
    command.addAll(List.of(arguments));
    return Program.output(command, "install it (Debian: ovn-common), or import where it is");
  }
}
