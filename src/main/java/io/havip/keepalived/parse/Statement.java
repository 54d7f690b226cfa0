package io.havip.keepalived.parse;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line, with the block that it opens.
 *
 * @param words at least one; only double quotes join what white space separates
 * @param text the line without its comment, for those values that keepalived splits as a shell does
 * @param block nothing where no brace follows
 */
public record Statement(List<Word> words, String text, @Nullable Block block) {
  public Statement {
    words = List.copyOf(words);
  }

  public String keyword() {
    return words.getFirst().text();
  }

  public Place place() {
    return words.getFirst().place();
  }

  /** The first value. */
  public Optional<Word> value() {
    return words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty();
  }

  /** The words in the dialect of scripts: quotes of both kinds within words, and backslashes. */
  public List<String> scriptWords() {
    return Words.ofShell(text);
  }

  public List<Statement> statements() {
    return block == null ? List.of() : block.statements();
  }

  /** The statements of its block that begin with a keyword. */
  public Stream<Statement> all(String wanted) {
    return statements().stream().filter(statement -> statement.keyword().equals(wanted));
  }

  /** The one that counts where a keyword is repeated: the last. */
  public Optional<Statement> last(String wanted) {
    return all(wanted).reduce((_, later) -> later);
  }
}
