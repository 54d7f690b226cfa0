package io.havip.keepalived.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of a file as {@code read_line()} of keepalived's lib/parser.c does: comments go,
 * conditional lines of other hosts go, definitions are remembered and replaced, included files take
 * the place of their line, and each brace is a line of its own.
 *
 * <p>Lines come from a stack: the file at the bottom, on it what waits to be read before it goes on
 * (the rest of a line behind a brace, the further lines of a definition, an included file). All of
 * it is bounded: an end is reached whatever the files say.
 */
final class LineReader {
  /** keepalived's MAXBUF, less the end of the string and of the line. */
  private static final int LINE_CHARACTERS_MAX = 1022;

  /** Of all files together, and what definitions make of them. */
  private static final int LINES_MAX = 50_000;

  private static final int REPLACEMENTS_MAX = 20_000;
  private static final int FILES_MAX = 100;
  private static final int CHARACTERS_MAX = 1 << 20;
  private static final int WAITING_MAX = 64;

  private static final Pattern DEFINITION =
      Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)=[ \\t]*(.*)", Pattern.DOTALL);
  private static final Pattern REFERENCE =
      Pattern.compile(
          "\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)(?:[ ]+[0-9 ]*)?\\}"
              + "|([A-Za-z_][A-Za-z0-9_]*)(?=[ \\t,)]|$))");
  private static final Pattern INCLUDE = Pattern.compile("include[rmwba]?");

  private final String configId;
  private final Includes includes;
  private final Consumer<Notice> notices;
  private final Deque<Iterator<Line>> waiting = new ArrayDeque<>();
  private final Map<String, Definition> definitions = new HashMap<>();
  private @Nullable Definition open;
  private int files;
  private int characters;
  private int lines;
  private int replacements;
  private boolean isOver;
  private Place end;

  /**
   * A definition's text.
   *
   * @param rest its lines behind the first
   * @param isLong whether it may only stand at the end of a line
   */
  private record Definition(Line first, List<Line> rest, boolean isLong) {}

  LineReader(SourceFile file, String configId, Includes includes, Consumer<Notice> notices) {
    this.configId = configId;
    this.includes = includes;
    this.notices = notices;
    this.end = new Place(file.name(), 1, 1);
    push(file);
  }

  /** Where the file that was read last ended. */
  Place end() {
    return end;
  }

  /** The next line that is not empty; nothing at the end. */
  @Nullable Line next() {
    while (true) {
      Line line = take();
      if (line == null) {
        return null;
      }
      if (line.isRaw()) {
        end = new Place(line.file(), line.number(), line.text().length() + 1);
        if (line.isEmpty()) {
          open = null; // an empty line ends a definition; one that only has a comment does not
          continue;
        }
        line = withoutComment(line);
      }
      if (open != null) {
        continueDefinition(open, line);
        continue;
      }
      line = meant(line);
      if (!line.isEmpty() && !isInclude(line)) {
        return cutAtBrace(line);
      }
    }
  }

  private @Nullable Line take() {
    while (!isOver && !waiting.isEmpty()) {
      Iterator<Line> top = waiting.getFirst();
      if (!top.hasNext()) {
        waiting.removeFirst();
        continue;
      }
      Line line = top.next();
      if (!top.hasNext()) {
        waiting.removeFirst();
      }
      if (++lines > LINES_MAX) {
        stop(line, "more than " + LINES_MAX + " lines");
        return null;
      }
      return line;
    }
    return null;
  }

  private void stop(Line line, String why) {
    note(Notice.Kind.LIMIT, line, why);
    isOver = true;
  }

  private void push(SourceFile file) {
    String text = file.text();
    if (text.length() > CHARACTERS_MAX - characters) {
      notices.accept(
          new Notice(
              Notice.Kind.LIMIT,
              new Place(file.name(), 1, 1),
              1,
              "more than " + CHARACTERS_MAX + " characters"));
      text = text.substring(0, CHARACTERS_MAX - characters);
    }
    characters += text.length();
    files++;
    String[] all = text.split("\n", -1);
    waiting.addFirst(
        IntStream.range(0, all.length)
            .mapToObj(i -> Line.raw(file.name(), i + 1, withoutReturns(all[i])))
            .iterator());
  }

  private static String withoutReturns(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == '\r') {
      end--;
    }
    return line.substring(0, end);
  }

  /** Removes comments, and white space at both ends; a backslash at the end stays. */
  private Line withoutComment(Line raw) {
    boolean isLong = raw.text().length() > LINE_CHARACTERS_MAX;
    if (isLong) {
      note(Notice.Kind.LONG_LINE, raw, "more than " + LINE_CHARACTERS_MAX + " characters");
    }
    Line line = (isLong ? raw.part(0, LINE_CHARACTERS_MAX) : raw).stripped();
    boolean inQuotes = false;
    int quoteAt = 0;
    int comment = -1;
    int at = 0;
    while (at < line.text().length()) {
      char c = line.text().charAt(at);
      if (c == '"' && comment < 0) {
        inQuotes = !inQuotes;
        quoteAt = at;
      } else if (c == '\\' && at + 1 < line.text().length()) {
        char escaped = line.text().charAt(at + 1);
        if (!inQuotes && (escaped == '#' || escaped == '!')) {
          line = line.without(at);
        } else {
          at++;
        }
      } else if (!inQuotes && comment < 0 && (c == '#' || c == '!')) {
        comment = at;
      }
      at++;
    }
    if (inQuotes) {
      notices.accept(
          new Notice(
              Notice.Kind.UNMATCHED_QUOTE,
              line.place(quoteAt),
              line.endColumn(line.text().length()),
              line.text().substring(quoteAt)));
    }
    boolean goesOn = line.text().endsWith("\\");
    if (comment < 0) {
      return line;
    }
    Line code = line.part(0, comment).stripped();
    return goesOn ? code.replacedEnd(line) : code;
  }

  private void continueDefinition(Definition definition, Line line) {
    boolean goesOn = line.text().endsWith("\\");
    Line content = (goesOn ? line.part(0, line.text().length() - 1) : line).stripped();
    if (!content.isEmpty()) {
      definition.rest().add(content);
    }
    if (!goesOn) {
      open = null;
    }
  }

  /** What is left of a line for this host, with values for names; empty when nothing is. */
  private Line meant(Line given) {
    Line line = given;
    int budget = LINE_CHARACTERS_MAX;
    while (true) {
      Line conditional = ofThisHost(line);
      if (isDefinition(conditional) || isSequence(conditional)) {
        return conditional.part(0, 0);
      }
      Line replaced = replaced(conditional, budget);
      if (replaced == conditional) { // nothing to replace is left
        return replaced;
      }
      budget--;
      line = replaced;
      if (budget == 0 || line.text().length() > LINE_CHARACTERS_MAX) {
        note(Notice.Kind.ENDLESS_DEFINITION, given, given.text());
        return line.part(0, 0);
      }
    }
  }

  private Line ofThisHost(Line line) {
    Line left = line;
    while (left.text().startsWith("@")) {
      boolean isNegated = left.text().startsWith("@^");
      int start = isNegated ? 2 : 1;
      int stop = start;
      while (stop < left.text().length() && !Words.isSpace(left.text().charAt(stop))) {
        stop++;
      }
      boolean isMatch = left.text().substring(start, stop).equals(configId);
      left = isMatch == isNegated ? left.part(0, 0) : left.from(stop).stripped();
    }
    return left;
  }

  private boolean isDefinition(Line line) {
    Matcher definition = DEFINITION.matcher(line.text());
    if (!definition.matches()) {
      return false;
    }
    boolean isLong = line.text().endsWith("\\");
    Line value = line.from(definition.start(2));
    if (isLong && !value.isEmpty()) {
      value = value.part(0, value.text().length() - 1).stripped();
    }
    Definition made = new Definition(value, new ArrayList<>(), isLong);
    definitions.put(definition.group(1), made);
    open = isLong ? made : null;
    return true;
  }

  private boolean isSequence(Line line) {
    boolean isSequence = line.text().startsWith("~SEQ") || line.text().startsWith("~LST");
    if (isSequence) {
      note(Notice.Kind.SEQUENCE, line, line.text());
    }
    return isSequence;
  }

  /** With the first name that has a definition replaced; the same line when there is none. */
  private Line replaced(Line line, int budget) {
    if (line.text().indexOf('$') < 0) {
      return line;
    }
    Matcher reference = REFERENCE.matcher(line.text());
    while (reference.find()) {
      String name = reference.group(1) != null ? reference.group(1) : reference.group(2);
      Definition definition = defined(name, line);
      boolean isLast = reference.end() == line.text().length();
      if (definition != null && (isLast || !definition.isLong())) {
        if (!definition.rest().isEmpty()) {
          if (waiting.size() >= WAITING_MAX) {
            note(Notice.Kind.ENDLESS_DEFINITION, line, line.text());
            return line.part(0, 0);
          }
          waiting.addFirst(definition.rest().iterator());
        }
        if (++replacements > REPLACEMENTS_MAX) {
          stop(line, "more than " + REPLACEMENTS_MAX + " replacements");
          return line.part(0, 0);
        }
        return line.replaced(reference.start(), reference.end(), definition.first().text());
      }
      if (definition == null
          && budget == LINE_CHARACTERS_MAX
          && line.text().lastIndexOf('"', reference.start()) < 0
          && line.text().lastIndexOf('\'', reference.start()) < 0) {
        notices.accept(
            new Notice(
                Notice.Kind.UNDEFINED_PARAMETER,
                line.place(reference.start()),
                line.endColumn(reference.end()),
                reference.group()));
      }
    }
    return line;
  }

  private @Nullable Definition defined(String name, Line line) {
    Definition definition = definitions.get(name);
    String value =
        switch (name) {
          case "_INSTANCE" -> configId;
          case "_HASH" -> "#";
          case "_BANG" -> "!";
          case "_RANDOM" -> "0";
          case "_PWD" -> line.file().substring(0, Math.max(0, line.file().lastIndexOf('/')));
          default -> null;
        };
    if (definition != null || value == null) {
      return definition;
    }
    return new Definition(Line.raw(line.file(), line.number(), value), List.of(), false);
  }

  private boolean isInclude(Line line) {
    List<Word> words = Words.of(line);
    if (words.size() != 2 || !INCLUDE.matcher(words.getFirst().text()).matches()) {
      return false;
    }
    List<SourceFile> found = includes.find(line.file(), words.get(1).text());
    if (found.isEmpty()) {
      note(Notice.Kind.INCLUDE_NOT_FOUND, line, words.get(1).text());
    }
    for (SourceFile file : found.reversed()) {
      // A file that includes itself ends here.
      if (files >= FILES_MAX || waiting.size() >= WAITING_MAX) {
        stop(line, "more than " + FILES_MAX + " files");
        return true;
      }
      push(file);
    }
    return true;
  }

  /** The line up to a brace, or that brace; the rest waits. */
  private Line cutAtBrace(Line line) {
    int at = 0;
    boolean inQuotes = false;
    for (; at < line.text().length(); at++) {
      char c = line.text().charAt(at);
      if (c == '"') {
        inQuotes = !inQuotes;
      } else if (!inQuotes && (c == '{' || c == '}')) {
        break;
      }
    }
    int cut = at == 0 ? 1 : at;
    if (cut >= line.text().length()) {
      return line;
    }
    Line rest = line.from(cut).stripped();
    if (!rest.isEmpty()) {
      waiting.addFirst(List.of(rest).iterator());
    }
    return line.part(0, cut).stripped();
  }

  private void note(Notice.Kind kind, Line line, String text) {
    notices.accept(new Notice(kind, line.place(), line.endColumn(line.text().length()), text));
  }
}
