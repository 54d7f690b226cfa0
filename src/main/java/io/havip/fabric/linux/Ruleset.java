package io.havip.fabric.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file havip.nft: the table with its sets, counters, chains and rules. */
final class Ruleset {
  static final String TABLE = "havip";
  static final String TEXT = read();

  /** Makes the table, which must not exist. */
  static final String CREATE = TEXT;

  /** Replaces the rules; sets keep their elements. Fails where sets are not as in havip.nft. */
  static final String RENEW = "add table bridge havip\nflush table bridge havip\n" + TEXT;

  /** Replaces the table whatever it is. */
  static final String REPLACE = "add table bridge havip\ndelete table bridge havip\n" + TEXT;

  /** A line that begins the definition of something in a table. */
  private static final Pattern DEFINITION = Pattern.compile("(?m)^\t(\\w+) (\\S+) \\{");

  private Ruleset() {}

  /** What a table consists of, like "set vips", rules apart. */
  static Set<String> parts(String listing) {
    Set<String> parts = new TreeSet<>();
    Matcher definition = DEFINITION.matcher(listing);
    while (definition.find()) {
      parts.add(definition.group(1) + " " + definition.group(2));
    }
    return parts;
  }

  private static String read() {
    try (InputStream file = Ruleset.class.getResourceAsStream("havip.nft")) {
      return new String(
          Objects.requireNonNull(file, "havip.nft").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
