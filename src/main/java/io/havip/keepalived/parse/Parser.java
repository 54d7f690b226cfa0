package io.havip.keepalived.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads keepalived.conf(5). It reads whatever it is given, in bounded time and memory. */
public final class Parser {
  private static final int NESTING_MAX = 16;
  private static final int NOTICES_MAX = 1000;
  private static final int HOSTS_MAX = 8;
  private static final Pattern HOST = Pattern.compile("(?m)^[ \\t]*@\\^?([^ \\t\\r\\n^]+)[ \\t]");

  private final List<Notice> notices = new ArrayList<>();
  private final Deque<Open> blocks = new ArrayDeque<>();
  private final LineReader reader;

  /** A block that is being read, with the line that opened it. */
  private static final class Open {
    private final @Nullable Line line;
    private final List<Statement> statements = new ArrayList<>();

    Open(@Nullable Line line) {
      this.line = line;
    }
  }

  private Parser(SourceFile file, String configId, Includes includes) {
    reader =
        new LineReader(
            file,
            configId,
            includes,
            notice -> {
              if (notices.size() < NOTICES_MAX) {
                notices.add(notice);
              }
            });
  }

  /**
   * Reads a file.
   *
   * @param configId which lines that begin with {@code @} are read: keepalived's {@code
   *     --config-id}, by default the host's name
   */
  public static ParsedFile parse(SourceFile file, String configId, Includes includes) {
    Parser parser = new Parser(file, configId, includes);
    List<Statement> statements = parser.read();
    return new ParsedFile(file.name(), statements, parser.notices);
  }

  /** The hosts for which a file has lines of their own; the first eight. */
  public static SequencedSet<String> hosts(SourceFile file) {
    SequencedSet<String> hosts = new LinkedHashSet<>();
    Matcher host = HOST.matcher(file.text());
    while (hosts.size() < HOSTS_MAX && host.find()) {
      hosts.add(host.group(1));
    }
    return hosts;
  }

  private List<Statement> read() {
    blocks.push(new Open(null));
    Line pending = null;
    int tooDeep = 0;
    for (Line line = reader.next(); line != null; line = reader.next()) {
      boolean opens = line.text().equals("{");
      boolean closes = line.text().equals("}");
      if (tooDeep > 0) {
        tooDeep += opens ? 1 : closes ? -1 : 0;
      } else if (opens && blocks.size() > NESTING_MAX) {
        note(Notice.Kind.LIMIT, line, "more than " + NESTING_MAX + " blocks in each other");
        tooDeep = 1;
      } else if (opens) {
        if (pending == null) {
          note(Notice.Kind.UNEXPECTED_OPENING_BRACE, line, "{");
        }
        blocks.push(new Open(pending));
        pending = null;
      } else {
        pending = flushed(pending);
        if (closes) {
          close(line);
        } else {
          pending = line;
        }
      }
    }
    flushed(pending);
    int missing = blocks.size() - 1;
    if (missing > 0) {
      Place end = reader.end();
      notices.add(
          new Notice(
              Notice.Kind.MISSING_CLOSING_BRACE, end, end.column(), "}\n".repeat(missing).strip()));
    }
    while (blocks.size() > 1) {
      end(null);
    }
    return blocks.getFirst().statements;
  }

  /** Takes a line that no brace follows; always nothing. */
  private @Nullable Line flushed(@Nullable Line line) {
    if (line != null) {
      Open parent = blocks.getFirst();
      String keyword = Words.of(line).getFirst().text();
      if (Keywords.hasBlock(parentKeyword(), keyword) && blocks.size() <= NESTING_MAX) {
        note(Notice.Kind.MISSING_OPENING_BRACE, line, line.text());
        blocks.push(new Open(line));
      } else {
        parent.statements.add(new Statement(Words.of(line), line.text(), null));
      }
    }
    return null;
  }

  private String parentKeyword() {
    Line line = blocks.getFirst().line;
    return line == null ? Keywords.ROOT : Words.of(line).getFirst().text();
  }

  private void close(Line brace) {
    if (blocks.size() == 1) {
      note(Notice.Kind.EXTRA_CLOSING_BRACE, brace, "}");
    } else {
      end(brace.place());
    }
  }

  private void end(@Nullable Place close) {
    Open closed = blocks.pop();
    Open parent = blocks.getFirst();
    if (closed.line == null) {
      parent.statements.addAll(closed.statements);
    } else {
      parent.statements.add(
          new Statement(
              Words.of(closed.line), closed.line.text(), new Block(closed.statements, close)));
    }
  }

  private void note(Notice.Kind kind, Line line, String text) {
    if (notices.size() < NOTICES_MAX) {
      notices.add(new Notice(kind, line.place(), line.endColumn(line.text().length()), text));
    }
  }
}
