package io.havip.keepalived.check;

import io.havip.keepalived.parse.Block;
import io.havip.keepalived.parse.Place;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects findings, each once, with the edits that mend them. */
final class Findings {
  /** So that a file of nothing but mistakes has a report that can be read. */
  private static final int FINDINGS_MAX = 500;

  private record Key(FindingCode code, Place place) {}

  private final Sources sources;
  private final Map<Key, Finding> findings = new LinkedHashMap<>();
  private final List<Edit> edits = new ArrayList<>();
  private final Set<Edit> known = new HashSet<>();

  Findings(Sources sources) {
    this.sources = sources;
  }

  /** Whether more would not be kept. */
  boolean isFull() {
    return findings.size() >= FINDINGS_MAX;
  }

  List<Finding> findings() {
    return List.copyOf(findings.values());
  }

  List<Edit> edits() {
    return List.copyOf(edits);
  }

  void add(FindingCode code, Word word, String message, List<Edit> fix) {
    add(code, word.place(), word.endColumn(), message, fix);
  }

  void add(FindingCode code, Statement statement, String message, List<Edit> fix) {
    add(code, statement.place(), statement.words().getLast().endColumn(), message, fix);
  }

  void add(FindingCode code, Place place, int endColumn, String message, List<Edit> fix) {
    add(code, code.severity(), place, endColumn, message, fix);
  }

  void add(
      FindingCode code,
      Severity severity,
      Place place,
      int endColumn,
      String message,
      List<Edit> fix) {
    boolean canMend = fix.stream().allMatch(edit -> sources.has(edit.file()));
    List<Edit> possible = canMend ? fix : List.of();
    Key key = new Key(code, place);
    if (!isFull() && !findings.containsKey(key)) {
      findings.put(
          key, new Finding(code, severity, place, endColumn, message, sources.touched(possible)));
      possible.stream().filter(known::add).forEach(edits::add);
    }
  }

  /** Puts another text in place of a word; nothing where a definition gave it. */
  static List<Edit> replace(Word word, String text) {
    return word.isVerbatim() ? List.of(edit(word.place(), word.endColumn(), text)) : List.of();
  }

  /** Inserts behind a word. */
  static List<Edit> append(Word word, String text) {
    return word.isVerbatim()
        ? List.of(
            new Edit(
                word.place().file(), word.place().line(), word.endColumn(), word.endColumn(), text))
        : List.of();
  }

  static List<Edit> insert(Place place, String text) {
    return List.of(edit(place, place.column(), text));
  }

  /** Makes a comment of a word and what follows in its line. */
  List<Edit> comment(Word word) {
    String line = sources.line(word.place().file(), word.place().line());
    int start = Math.min(word.place().column() - 1, line.length());
    boolean hasBrace = line.indexOf('{', start) >= 0 || line.indexOf('}', start) >= 0;
    return word.isVerbatim() && !hasBrace ? insert(word.place(), "# ") : List.of();
  }

  /** Makes a comment of a statement with its block, when it has lines of its own. */
  List<Edit> commentOut(Statement statement) {
    Place start = statement.place();
    Block block = statement.block();
    if (block == null) {
      return comment(statement.words().getFirst());
    }
    Place close = block.close();
    String before = sources.line(start.file(), start.line()).strip();
    if (close == null
        || !close.file().equals(start.file())
        || !statement.words().getFirst().isVerbatim()
        || !before.startsWith(statement.keyword())
        || !isLast(close)) {
      return List.of();
    }
    List<Edit> lines = new ArrayList<>();
    for (int line = start.line(); line <= close.line(); line++) {
      String text = sources.line(start.file(), line);
      if (!text.isBlank()) {
        int column = text.length() - text.stripLeading().length() + 1;
        lines.add(new Edit(start.file(), line, column, column, "# "));
      }
    }
    return List.copyOf(lines);
  }

  private boolean isLast(Place brace) {
    String line = sources.line(brace.file(), brace.line());
    return line.substring(Math.min(brace.column(), line.length())).isBlank();
  }

  /** Adds lines at the end of a block. */
  List<Edit> addTo(Statement statement, String... lines) {
    Block block = statement.block();
    Place close = block == null ? null : block.close();
    if (close == null || !statement.words().getFirst().isVerbatim()) {
      return List.of();
    }
    int column = Math.min(close.column() - 1, sources.line(close.file(), close.line()).length());
    String before = sources.line(close.file(), close.line()).substring(0, column);
    boolean isAlone = before.isBlank();
    String margin = isAlone ? before : "";
    String text = String.join("\n" + margin + "    ", lines) + "\n" + margin;
    return insert(close, (isAlone ? "    " : "\n    ") + text);
  }

  /** A word together with what a comment sign in its middle cuts off; nothing without one. */
  Optional<String> uncut(Word word) {
    String line = sources.line(word.place().file(), word.place().line());
    int end = word.endColumn() - 1;
    if (!word.isVerbatim() || end >= line.length() || "#!".indexOf(line.charAt(end)) < 0) {
      return Optional.empty();
    }
    int stop = end;
    while (stop < line.length() && !Character.isWhitespace(line.charAt(stop))) {
      stop++;
    }
    return Optional.of(word.text() + line.substring(end, stop));
  }

  /** Moves a block with lines of its own in front of another statement. */
  List<Edit> moved(Statement block, Statement before) {
    List<Edit> removal = commentOut(block);
    if (removal.isEmpty() || !block.place().file().equals(before.place().file())) {
      return List.of();
    }
    StringBuilder text = new StringBuilder();
    for (Edit line : removal) {
      text.append(sources.line(line.file(), line.line())).append('\n');
    }
    List<Edit> edits = new ArrayList<>(insert(before.place(), text.toString()));
    edits.addAll(removal);
    return List.copyOf(edits);
  }

  private static Edit edit(Place place, int endColumn, String text) {
    return new Edit(place.file(), place.line(), place.column(), endColumn, text);
  }
}
