package io.havip.webhook;

import java.util.Base64;

/**
 * What calls of a webhook are signed with, in the form of the Standard Webhooks specification:
 * {@code whsec_} and the key in base 64.
 */
public record WebhookSecret(String value) {
  private static final String PREFIX = "whsec_";

  /** The length of SHA-256's output, as RFC 2104, section 3 advises. */
  public static final int KEY_OCTETS = 32;

  public WebhookSecret {
    if (!value.startsWith(PREFIX) || decoded(value).length != KEY_OCTETS) {
      throw new IllegalArgumentException("this is no secret of a webhook");
    }
  }

  public static WebhookSecret ofKey(byte[] key) {
    return new WebhookSecret(PREFIX + Base64.getEncoder().encodeToString(key));
  }

  public byte[] key() {
    return decoded(value);
  }

  private static byte[] decoded(String value) {
    return Base64.getDecoder().decode(value.substring(PREFIX.length()));
  }

  /** It must not get into a log. */
  @Override
  public String toString() {
    return PREFIX + "(hidden)";
  }
}
