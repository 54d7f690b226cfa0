package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.decision.Decision;
import io.havip.decision.Reply;
import io.havip.decision.WebhookDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.EventPlace;
import io.havip.id.WebhookId;
import io.havip.store.Page;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What people do with webhooks. Every method refuses with {@link Refused}. */
public final class WebhookService {
  private final Store store;
  private final Changes changes;

  public WebhookService(Store store, Contexts contexts) {
    this.store = store;
    // Whoever calls webhooks looks for itself.
    this.changes = new Changes(store, contexts, _ -> {});
  }

  public Reply create(
      Request request, Command.CreateWebhook command, Function<WebhookDetails, Reply> reply) {
    return changes.makeOnce(
        request,
        (reader, context) -> {
          // It will be told what comes behind this very change.
          Delivery delivery = Delivery.from(EventPlace.endOf(reader.revision()));
          Decision<Webhook> decision = WebhookDecisions.create(reader, command, context);
          return decision.answering(new WebhookDetails(decision.answer(), delivery));
        },
        reply);
  }

  public WebhookDetails update(Request request, WebhookId id, Command.UpdateWebhook command) {
    return changes.make(
        request,
        (reader, context) -> {
          Decision<Webhook> decision = WebhookDecisions.update(reader, id, command, context);
          return decision.answering(details(reader, List.of(decision.answer())).getFirst());
        });
  }

  public void delete(Request request, WebhookId id) {
    changes.make(request, (reader, context) -> WebhookDecisions.delete(reader, id, context));
  }

  public WebhookDetails get(Caller caller, WebhookId id) {
    return store.read(reader ->
        reader
            .webhook(id)
            .filter(webhook -> webhook.accountId().equals(caller.accountId()))
            .map(webhook -> details(reader, List.of(webhook)).getFirst())
            .orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist")));
  }

  public Listing<WebhookDetails> list(Caller caller, @Nullable String after, int limit) {
    return store.read(reader -> {
      Page<Webhook> page = reader.webhooks(caller.accountId(), after, limit);
      return Listings.of(
          details(reader, page.items()), page.total(), limit, it -> it.webhook().id());
    });
  }

  private static List<WebhookDetails> details(Reader reader, List<Webhook> webhooks) {
    Map<WebhookId, Delivery> deliveries =
        reader.deliveries(webhooks.stream().map(Webhook::id).toList());
    return webhooks.stream()
        .map(webhook ->
            new WebhookDetails(
                webhook, Optional.ofNullable(deliveries.get(webhook.id())).orElseThrow()))
        .toList();
  }
}
