package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.WebhookId;
import io.havip.webhook.Webhook;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides about webhooks. */
public final class WebhookDecisions {
  /** Each of them reads the whole history of the account. */
  static final int PER_ACCOUNT_MAX = 10;

  private WebhookDecisions() {}

  public static Decision<Webhook> create(
      Snapshot snapshot, Command.CreateWebhook command, Context context) {
    Rules.checkName(command.name());
    if (snapshot.webhookCount(context.caller().accountId()) >= PER_ACCOUNT_MAX) {
      throw Refused.of(
          ErrorCode.WEBHOOK_LIMIT,
          "an account has at most " + PER_ACCOUNT_MAX + " webhooks; delete one that is not needed");
    }
    return put(
        new Webhook(
            context.ids().webhook(),
            context.caller().accountId(),
            context.caller().role(),
            command.name(),
            command.url(),
            context.ids().webhookSecret(),
            command.kinds(),
            true,
            1,
            context.now(),
            context.now()));
  }

  public static Decision<Webhook> update(
      Snapshot snapshot, WebhookId id, Command.UpdateWebhook command, Context context) {
    Webhook webhook = own(snapshot, context, id);
    Webhook wanted =
        new Webhook(
            id,
            webhook.accountId(),
            context.caller().role(),
            Optional.ofNullable(command.name()).orElse(webhook.name()),
            Optional.ofNullable(command.url()).orElse(webhook.url()),
            webhook.secret(),
            Optional.ofNullable(command.kinds()).orElse(webhook.kinds()),
            Optional.ofNullable(command.enabled()).orElse(webhook.enabled()),
            webhook.version(),
            webhook.createdAt(),
            webhook.updatedAt());
    Rules.checkName(wanted.name());
    return wanted.equals(webhook)
        ? new Decision<>(List.of(), Set.of(), webhook)
        : put(wanted.changed(context.now()));
  }

  public static Decision<Webhook> delete(Snapshot snapshot, WebhookId id, Context context) {
    Webhook webhook = own(snapshot, context, id);
    return new Decision<>(List.of(new Change.DropWebhook(id)), Set.of(), webhook);
  }

  private static Decision<Webhook> put(Webhook webhook) {
    return new Decision<>(List.of(new Change.PutWebhook(webhook)), Set.of(), webhook);
  }

  private static Webhook own(Snapshot snapshot, Context context, WebhookId id) {
    Webhook webhook =
        snapshot
            .webhook(id)
            .filter(it -> Rules.owns(context.caller(), it.accountId()))
            .orElseThrow(() -> Rules.notFound(id));
    context.expected().check(webhook.version());
    return webhook;
  }
}
