package io.havip.http;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.event.EventKind;
import io.havip.http.Paging.PageJson;
import io.havip.id.WebhookId;
import io.havip.service.WebhookDetails;
import io.havip.service.WebhookService;
import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;
import io.havip.webhook.WebhookUrl;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@RequestMapping(path = "/v1/webhooks", produces = MediaType.APPLICATION_JSON_VALUE)
final class WebhookRoutes {
  private static final String LIST = "webhooks";

  private final WebhookService webhooks;

  WebhookRoutes(WebhookService webhooks) {
    this.webhooks = webhooks;
  }

  record NewWebhook(String name, WebhookUrl url, @Nullable List<EventKind> kinds) {}

  record Patch(
      @Nullable String name,
      @Nullable WebhookUrl url,
      @Nullable List<EventKind> kinds,
      @Nullable Boolean enabled) {}

  record FailingJson(Instant since, int attempts, String error, Instant nextAttemptAt) {}

  record DeliveryJson(String after, @Nullable Instant deliveredAt, @Nullable FailingJson failing) {
    static DeliveryJson of(Delivery delivery) {
      return new DeliveryJson(
          delivery.after().toString(),
          delivery.deliveredAt().orElse(null),
          delivery
              .failing()
              .map(it -> new FailingJson(it.since(), it.attempts(), it.error(), it.nextAttemptAt()))
              .orElse(null));
    }
  }

  /**
   * A webhook.
   *
   * @param secret only where it is made
   */
  record WebhookJson(
      WebhookId id,
      String name,
      WebhookUrl url,
      List<EventKind> kinds,
      boolean enabled,
      @Nullable String secret,
      DeliveryJson delivery,
      long version,
      Instant createdAt,
      Instant updatedAt) {
    static WebhookJson of(WebhookDetails details) {
      return of(details, null);
    }

    static WebhookJson withSecret(WebhookDetails details) {
      return of(details, details.webhook().secret().value());
    }

    private static WebhookJson of(WebhookDetails details, @Nullable String secret) {
      Webhook webhook = details.webhook();
      return new WebhookJson(
          webhook.id(),
          webhook.name(),
          webhook.url(),
          webhook.kinds().stream().sorted().toList(),
          webhook.enabled(),
          secret,
          DeliveryJson.of(details.delivery()),
          webhook.version(),
          webhook.createdAt(),
          webhook.updatedAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> create(Call call, @RequestBody NewWebhook body) {
    return Replies.response(
        webhooks.create(
            call.request(body),
            new Command.CreateWebhook(
                body.name(), body.url(), Set.copyOf(Bodies.orEmpty(body.kinds()))),
            made ->
                Replies.created(
                    LIST,
                    made.webhook().id(),
                    made.webhook().version(),
                    WebhookJson.withSecret(made))));
  }

  @GetMapping
  PageJson<WebhookJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Paging.page(
        LIST,
        webhooks.list(caller, Paging.after(LIST, cursor), Paging.checkLimit(limit)),
        WebhookJson::of);
  }

  @GetMapping("/{id}")
  ResponseEntity<WebhookJson> get(Caller caller, @PathVariable WebhookId id) {
    return shown(webhooks.get(caller, id));
  }

  @PatchMapping(
      path = "/{id}",
      consumes = {MergePatch.TYPE, MediaType.APPLICATION_JSON_VALUE})
  ResponseEntity<WebhookJson> update(
      Call call, @PathVariable WebhookId id, @RequestBody JsonNode body) {
    Patch patch = MergePatch.read(body, Patch.class);
    List<EventKind> kinds = patch.kinds();
    return shown(
        webhooks.update(
            call.request(),
            id,
            new Command.UpdateWebhook(
                patch.name(),
                patch.url(),
                kinds == null ? null : Set.copyOf(kinds),
                patch.enabled())));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Call call, @PathVariable WebhookId id) {
    webhooks.delete(call.request(), id);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<WebhookJson> shown(WebhookDetails details) {
    return Responses.ok(details.webhook().version(), WebhookJson.of(details));
  }
}
