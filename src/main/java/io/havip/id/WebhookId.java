package io.havip.id;

/** Identifies a webhook. */
public record WebhookId(String value) implements Id {
  public WebhookId {
    Id.check(value, "webhook");
  }

  @Override
  public String toString() {
    return value;
  }
}
