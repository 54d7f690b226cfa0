package io.havip.keepalived.parse;

import java.util.List;

/**
 * A file as keepalived reads it.
 *
 * @param statements of the outermost level, those of included files among them
 */
public record ParsedFile(String name, List<Statement> statements, List<Notice> notices) {
  public ParsedFile {
    statements = List.copyOf(statements);
    notices = List.copyOf(notices);
  }
}
