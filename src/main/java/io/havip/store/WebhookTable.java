package io.havip.store;

import io.havip.account.Role;
import io.havip.event.EventKind;
import io.havip.event.EventPlace;
import io.havip.id.AccountId;
import io.havip.id.WebhookId;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import io.havip.webhook.WebhookSecret;
import io.havip.webhook.WebhookUrl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Webhooks, and how far each has been told. */
record WebhookTable(JdbcClient db) {
  private static final String SELECT =
      """
      SELECT id, account_id, role, name, url, secret, kinds, enabled, version, created_at, updated_at
      FROM webhooks
      """;

  /**
   * Writes a webhook.
   *
   * @param place behind which a new one is told
   */
  void put(Webhook webhook, EventPlace place) {
    db.sql(
            """
            INSERT INTO webhooks (
              id, account_id, role, name, url, secret, kinds, enabled, version, created_at, updated_at,
              after_revision, after_ordinal, attempts)
            VALUES (
              :id, :accountId, :role, :name, :url, :secret, :kinds, :enabled, :version, :createdAt, :updatedAt,
              :afterRevision, :afterOrdinal, 0)
            ON CONFLICT (id) DO UPDATE SET
              role = excluded.role, name = excluded.name, url = excluded.url, secret = excluded.secret,
              kinds = excluded.kinds, enabled = excluded.enabled, version = excluded.version,
              updated_at = excluded.updated_at
            """)
        .param("id", webhook.id().value())
        .param("accountId", webhook.accountId().value())
        .param("role", Columns.name(webhook.role()))
        .param("name", webhook.name())
        .param("url", webhook.url().value())
        .param("secret", webhook.secret().value())
        .param(
            "kinds",
            webhook.kinds().stream().sorted().map(Columns::name).collect(Collectors.joining(" ")))
        .param("enabled", webhook.enabled())
        .param("version", webhook.version())
        .param("createdAt", Columns.micros(webhook.createdAt()))
        .param("updatedAt", Columns.micros(webhook.updatedAt()))
        .param("afterRevision", place.revision())
        .param("afterOrdinal", place.index())
        .update();
  }

  void drop(WebhookId id) {
    db.sql("DELETE FROM webhooks WHERE id = :id").param("id", id.value()).update();
  }

  /** Replaces how far a webhook has been told; of one that is gone, nothing. */
  void put(WebhookId id, Delivery delivery) {
    Optional<Delivery.Failing> failing = delivery.failing();
    db.sql(
            """
            UPDATE webhooks SET
              after_revision = :afterRevision, after_ordinal = :afterOrdinal, delivered_at = :deliveredAt,
              failing_since = :failingSince, attempts = :attempts, error = :error,
              next_attempt_at = :nextAttemptAt
            WHERE id = :id
            """)
        .param("id", id.value())
        .param("afterRevision", delivery.after().revision())
        .param("afterOrdinal", delivery.after().index())
        .param("deliveredAt", delivery.deliveredAt().map(Columns::micros).orElse(null))
        .param("failingSince", failing.map(it -> Columns.micros(it.since())).orElse(null))
        .param("attempts", failing.map(Delivery.Failing::attempts).orElse(0))
        .param("error", failing.map(Delivery.Failing::error).orElse(null))
        .param("nextAttemptAt", failing.map(it -> Columns.micros(it.nextAttemptAt())).orElse(null))
        .update();
  }

  Optional<Webhook> find(WebhookId id) {
    return db.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query((row, _) -> webhook(row))
        .optional();
  }

  int count(AccountId owner) {
    return db.sql("SELECT COUNT(*) FROM webhooks WHERE account_id = :owner")
        .param("owner", owner.value())
        .query(Integer.class)
        .single();
  }

  int failing() {
    return db.sql("SELECT COUNT(*) FROM webhooks WHERE enabled AND failing_since IS NOT NULL")
        .query(Integer.class)
        .single();
  }

  Page<Webhook> page(AccountId owner, @Nullable String after, int limit) {
    return new Page<>(
        db.sql(SELECT + "WHERE account_id = :owner AND id > :after ORDER BY id LIMIT :limit")
            .param("owner", owner.value())
            .param("after", after == null ? "" : after)
            .param("limit", limit)
            .query((row, _) -> webhook(row))
            .list(),
        count(owner));
  }

  List<Webhook> all() {
    return db.sql(SELECT + "ORDER BY id").query((row, _) -> webhook(row)).list();
  }

  Map<WebhookId, Delivery> deliveries(Collection<WebhookId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Map<WebhookId, Delivery> deliveries = new HashMap<>();
    db.sql(
            """
            SELECT id, after_revision, after_ordinal, delivered_at, failing_since, attempts, error, next_attempt_at
            FROM webhooks WHERE id IN (:ids)
            """)
        .param("ids", ids.stream().map(WebhookId::value).toList())
        .query(row -> {
          deliveries.put(new WebhookId(row.getString("id")), delivery(row));
        });
    return deliveries;
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    Instant since = Columns.instantOrNull(row, "failing_since");
    return new Delivery(
        new EventPlace(row.getLong("after_revision"), row.getInt("after_ordinal")),
        Optional.ofNullable(Columns.instantOrNull(row, "delivered_at")),
        since == null
            ? Optional.empty()
            : Optional.of(
                new Delivery.Failing(
                    since,
                    row.getInt("attempts"),
                    row.getString("error"),
                    Columns.instant(row, "next_attempt_at"))));
  }

  private static Webhook webhook(ResultSet row) throws SQLException {
    return new Webhook(
        new WebhookId(row.getString("id")),
        new AccountId(row.getString("account_id")),
        Columns.value(Role.class, row, "role"),
        row.getString("name"),
        new WebhookUrl(row.getString("url")),
        new WebhookSecret(row.getString("secret")),
        kinds(row.getString("kinds")),
        row.getBoolean("enabled"),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }

  private static Set<EventKind> kinds(String text) {
    return Arrays.stream(text.split(" "))
        .filter(kind -> !kind.isEmpty())
        .map(kind -> EventKind.valueOf(kind.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }
}
