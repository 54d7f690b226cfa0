package io.havip.ovsdb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A copy of some tables, as of the end of one of the server's transactions. For one thread at a
 * time.
 */
public final class Replica {
  private final Map<String, Map<UUID, Row>> tables = new HashMap<>();

  /** The columns whose values come as differences: sets and maps of more than one element. */
  private Map<String, Set<String>> differing = Map.of();

  /**
   * A row that came, went or changed.
   *
   * @param before nothing when it came
   * @param after nothing when it went
   */
  public record Change(String table, UUID row, Optional<Row> before, Optional<Row> after) {}

  Replica() {}

  /** All rows of a table. */
  public Collection<Row> rows(String table) {
    return Collections.unmodifiableCollection(tables.getOrDefault(table, Map.of()).values());
  }

  public Optional<Row> row(String table, UUID id) {
    return Optional.ofNullable(tables.getOrDefault(table, Map.of()).get(id));
  }

  void setDiffering(Map<String, Set<String>> columns) {
    differing = Map.copyOf(columns);
  }

  /** Takes what a notification of changes has: ovsdb-server(7), section 4.1.18. */
  List<Change> apply(JsonNode updates) {
    List<Change> changes = new ArrayList<>();
    updates.forEachEntry((table, rows) -> {
      Map<UUID, Row> held = tables.computeIfAbsent(table, _ -> new HashMap<>());
      rows.forEachEntry((id, update) -> {
        UUID uuid = UUID.fromString(id);
        Row before = held.get(uuid);
        Row after = changed(table, uuid, before, update);
        if (after == null) {
          held.remove(uuid);
        } else {
          held.put(uuid, after);
        }
        note(changes, table, uuid, before, after);
      });
    });
    return changes;
  }

  /** Takes all rows anew. */
  List<Change> replace(JsonNode updates) {
    Map<String, Map<UUID, Row>> before = new HashMap<>(tables);
    tables.clear();
    apply(updates);
    List<Change> changes = new ArrayList<>();
    before.forEach((table, rows) ->
        rows.forEach((id, row) -> note(changes, table, id, row, row(table, id).orElse(null))));
    tables.forEach((table, rows) ->
        rows.forEach((id, row) -> {
          if (!before.getOrDefault(table, Map.of()).containsKey(id)) {
            note(changes, table, id, null, row);
          }
        }));
    return changes;
  }

  private static void note(
      List<Change> changes, String table, UUID id, @Nullable Row before, @Nullable Row after) {
    if (!Objects.equals(before, after)) {
      changes.add(new Change(table, id, Optional.ofNullable(before), Optional.ofNullable(after)));
    }
  }

  private @Nullable Row changed(String table, UUID id, @Nullable Row before, JsonNode update) {
    if (update.has("delete")) {
      return null;
    }
    if (update.has("initial")) {
      return new Row(id, columns(update.path("initial")));
    }
    if (update.has("insert")) {
      return new Row(id, columns(update.path("insert")));
    }
    if (before == null) {
      throw new IllegalArgumentException(table + " " + id + " changes but is not there");
    }
    Map<String, Value> columns = new HashMap<>(before.columns());
    Set<String> byDifference = differing.getOrDefault(table, Set.of());
    columns(update.path("modify"))
        .forEach((column, value) ->
            columns.merge(
                column,
                value,
                (old, difference) ->
                    byDifference.contains(column) ? old.changedBy(difference) : difference));
    return new Row(id, columns);
  }

  private static Map<String, Value> columns(JsonNode row) {
    Map<String, Value> columns = new HashMap<>();
    row.forEachEntry((column, value) -> columns.put(column, Value.of(value)));
    return columns;
  }
}
