package io.havip.ha;

import java.util.regex.Pattern;

/** Texts of people inside a file of another syntax. */
public final class Comments {
  private static final Pattern HARMFUL = Pattern.compile("[^\\p{L}\\p{N} ._-]");

  private Comments() {}

  /**
   * A name as a comment may show it: letters, digits, spaces, dots, underscores and hyphens. The
   * rest becomes an underscore, because a quotation mark, a dollar or a backslash means something
   * to some of these programs even behind a comment sign.
   */
  public static String harmless(String name) {
    return HARMFUL.matcher(name).replaceAll("_");
  }
}
