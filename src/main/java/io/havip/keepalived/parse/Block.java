package io.havip.keepalived.parse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands between braces.
 *
 * @param close where the closing brace is; nothing where it is missing
 */
public record Block(List<Statement> statements, @Nullable Place close) {
  public Block {
    statements = List.copyOf(statements);
  }
}
