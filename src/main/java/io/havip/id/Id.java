package io.havip.id;

/**
 * The identifier of a resource: a prefix that names its kind, a hyphen, and 26 characters of
 * Crockford's base 32 that begin with the time of creation, so that identifiers sort by age.
 */
public sealed interface Id
    permits AccountId, TokenId, VpcId, NetworkId, VmId, NicId, VipId, WebhookId {
  /** The whole text, prefix included. */
  String value();

  /**
   * Refuses a text that is no identifier with one of the prefixes.
   *
   * @throws IllegalArgumentException with a message that names the expected form
   */
  static void check(String value, String... prefixes) {
    for (String prefix : prefixes) {
      if (Form.isValid(prefix, value)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "'" + value + "' is no id of this kind; it looks like " + prefixes[0] + "-01k3v4…");
  }

  /** The part behind the prefix. */
  final class Form {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    /**
     * By character; every row that is read has some, and a pattern took a tenth of a list's time.
     */
    private static final boolean[] IS_DIGIT = new boolean[128];

    static {
      DIGITS.chars().forEach(digit -> IS_DIGIT[digit] = true);
    }

    private Form() {}

    static boolean isValid(String prefix, String value) {
      int hyphen = prefix.length();
      if (value.length() != hyphen + 27
          || !value.startsWith(prefix)
          || value.charAt(hyphen) != '-') {
        return false;
      }
      for (int i = hyphen + 1; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c >= IS_DIGIT.length || !IS_DIGIT[c]) {
          return false;
        }
      }
      return true;
    }
  }
}
