package io.havip.cli;

import io.havip.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Writes resources to standard output, as people or programs want them. */
final class Output {
  private static final String GAP = "  ";
  private static final Pattern SPECIAL_IN_CSV = Pattern.compile("[\",\\r\\n]");

  private static final Pattern FORMULA = Pattern.compile("[=+\\-@\\t\\r]");

  /** Controls that JSON allows in strings and some terminals obey. */
  private static final Pattern UPPER_CONTROLS = Pattern.compile("[\\x7f-\\x9f]");

  private final PrintWriter out;
  private final boolean hasColour;

  Output(PrintWriter out, boolean hasColour) {
    this.out = out;
    this.hasColour = hasColour;
  }

  /** One line each; for JSON an array. */
  void list(Kind kind, List<JsonNode> resources, Format format) {
    switch (format) {
      case TABLE -> table(kind, resources);
      case JSON -> json(Json.MAPPER.createArrayNode().addAll(resources));
      case CSV -> csv(kind, resources);
    }
    out.flush();
  }

  /** All that is known of each; for JSON an object, or an array of several. */
  void show(Kind kind, List<JsonNode> resources, Format format) {
    switch (format) {
      case TABLE -> {
        for (int i = 0; i < resources.size(); i++) {
          if (i > 0) {
            out.println();
          }
          fields(resources.get(i));
        }
      }
      case JSON ->
          json(
              resources.size() == 1
                  ? resources.getFirst()
                  : Json.MAPPER.createArrayNode().addAll(resources));
      case CSV -> csv(kind, resources);
    }
    out.flush();
  }

  /** One JSON value, in lines. */
  void json(JsonNode value) {
    out.println(escaped(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value)));
    out.flush();
  }

  /** One JSON value on one line. */
  void jsonLine(JsonNode value) {
    out.println(escaped(Json.MAPPER.writeValueAsString(value)));
    out.flush();
  }

  void line(String text) {
    out.println(Text.printable(text));
    out.flush();
  }

  private void table(Kind kind, List<JsonNode> resources) {
    List<Column> columns = Column.of(kind);
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns.stream().map(column -> column.title().toUpperCase(Locale.ROOT)).toList());
    for (JsonNode resource : resources) {
      rows.add(columns.stream().map(column -> cell(column, resource)).toList());
    }
    aligned(rows).forEach(out::println);
  }

  /** Rows with their cells below each other. */
  private List<String> aligned(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Text.width(row.get(i)));
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(coloured(cell));
        if (i < widths.length - 1) {
          line.repeat(' ', widths[i] - Text.width(cell)).append(GAP);
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private static String cell(Column column, JsonNode resource) {
    return cell(column.value().apply(resource));
  }

  private static String cell(String value) {
    String text = Text.printable(value);
    return text.isEmpty() ? "-" : text;
  }

  /** States in colours: no other cell has these words, but for a resource so named. */
  private String coloured(String cell) {
    if (!hasColour) {
      return cell;
    }
    return switch (cell) {
      case "available", "running" -> "\033[32m" + cell + "\033[0m";
      case "creating", "updating", "deleting", "stopped" -> "\033[33m" + cell + "\033[0m";
      case "failed" -> "\033[31m" + cell + "\033[0m";
      default -> cell;
    };
  }

  private void fields(JsonNode resource) {
    int width = resource.propertyStream().mapToInt(p -> p.getKey().length()).max().orElse(0);
    resource
        .propertyStream()
        .forEach(property -> {
          String margin = property.getKey() + " ".repeat(width - property.getKey().length());
          for (String line : lines(property.getValue())) {
            out.println(margin + GAP + line);
            margin = " ".repeat(width);
          }
        });
  }

  /** A value in lines: objects in a list have one each, below the names of their fields. */
  private List<String> lines(JsonNode value) {
    if (!value.isArray() || !value.path(0).isObject()) {
      return List.of(coloured(cell(inline(value))));
    }
    // People read from the left, and ids are long.
    List<String> names =
        value
            .valueStream()
            .flatMap(item -> item.propertyNames().stream())
            .distinct()
            .sorted(Comparator.comparing(name -> name.equals("id") || name.endsWith("Id")))
            .toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(names.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList());
    for (JsonNode item : value) {
      rows.add(names.stream().map(name -> cell(inline(item.path(name)))).toList());
    }
    return aligned(rows);
  }

  private static String inline(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(Output::inline).collect(Collectors.joining(","));
    }
    if (value.isObject()) {
      return value
          .propertyStream()
          .map(property -> property.getKey() + "=" + inline(property.getValue()))
          .collect(Collectors.joining(GAP));
    }
    return value.asString("");
  }

  private static String escaped(String json) {
    return UPPER_CONTROLS
        .matcher(json)
        .replaceAll(control -> "\\\\u%04x".formatted((int) control.group().charAt(0)));
  }

  private void csv(Kind kind, List<JsonNode> resources) {
    List<Column> columns = Column.of(kind);
    record(columns.stream().map(Column::title).toList());
    for (JsonNode resource : resources) {
      record(columns.stream().map(column -> column.value().apply(resource)).toList());
    }
  }

  private void record(List<String> values) {
    out.print(values.stream().map(Output::quoted).collect(Collectors.joining(",")));
    out.print('\n');
  }

  private static String quoted(String text) {
    // A spreadsheet would run it as a formula; the server's CSV does the same.
    String value = FORMULA.matcher(text).lookingAt() ? "'" + text : text;
    return SPECIAL_IN_CSV.matcher(value).find() ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }
}
