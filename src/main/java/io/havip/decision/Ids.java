package io.havip.decision;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.vip.AuthPass;
import io.havip.webhook.WebhookSecret;

/** New identifiers, each later in order than all before it, and new secrets. */
public interface Ids {
  VpcId vpc();

  NetworkId subnet();

  NetworkId externalNetwork();

  VmId vm();

  NicId nic();

  VipId vip();

  TokenId token();

  AccountId account();

  WebhookId webhook();

  /** One that nobody can guess. */
  WebhookSecret webhookSecret();

  /** One that nobody can guess. */
  AuthPass authPass();
}
