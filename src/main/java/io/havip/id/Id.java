package io.havip.id;

import java.util.regex.Pattern;

/**
 * The identifier of a resource: a prefix that names its kind, a hyphen, and 26 characters of
 * Crockford's base 32 that begin with the time of creation, so that identifiers sort by age.
 */
public sealed interface Id permits AccountId, VpcId, NetworkId, VmId, NicId, VipId, WebhookId {
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
    private static final Pattern TAIL = Pattern.compile("[0-9a-hjkmnp-tv-z]{26}");

    private Form() {}

    static boolean isValid(String prefix, String value) {
      return value.length() == prefix.length() + 27
          && value.startsWith(prefix + "-")
          && TAIL.matcher(value).region(prefix.length() + 1, value.length()).matches();
    }
  }
}
