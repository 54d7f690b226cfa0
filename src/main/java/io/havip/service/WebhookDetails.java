package io.havip.service;

import io.havip.webhook.Delivery;
import io.havip.webhook.Webhook;

/** A webhook and how far it has been told. */
public record WebhookDetails(Webhook webhook, Delivery delivery) {}
