package io.havip.webhook;

import io.havip.account.Role;
import io.havip.event.EventKind;
import io.havip.id.AccountId;
import io.havip.id.WebhookId;
import java.time.Instant;
import java.util.Set;

/**
 * Whom to tell what happens in an account.
 *
 * @param role of who changed it last: an administrator's webhook is also told what concerns the
 *     whole installation
 * @param kinds what it is told; everything when empty
 */
public record Webhook(
    WebhookId id,
    AccountId accountId,
    Role role,
    String name,
    WebhookUrl url,
    WebhookSecret secret,
    Set<EventKind> kinds,
    boolean enabled,
    long version,
    Instant createdAt,
    Instant updatedAt) {
  public Webhook {
    kinds = Set.copyOf(kinds);
  }

  /** The next version, as which it is written. */
  public Webhook changed(Instant now) {
    return new Webhook(
        id, accountId, role, name, url, secret, kinds, enabled, version + 1, createdAt, now);
  }

  /** Whether it is told of such events. */
  public boolean wants(EventKind kind) {
    return kinds.isEmpty() || kinds.contains(kind);
  }
}
