package io.havip.webhook;

import java.util.regex.Pattern;

/** Where a webhook is called: http or https, with a host, without a user (RFC 3986). */
public record WebhookUrl(String value) {
  private static final int LENGTH_MAX = 2_000;

  private static final Pattern FORM =
      Pattern.compile(
          "https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?"
              + "(?:[/?](?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?");

  public WebhookUrl {
    if (value.length() > LENGTH_MAX || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "give an http or https URL of at most 2,000 characters, without a user or a fragment,"
              + " like https://alerts.example.org/havip");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
