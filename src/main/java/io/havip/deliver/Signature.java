package io.havip.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.webhook.WebhookSecret;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How calls are signed: the symmetric signature {@code v1} of the Standard Webhooks spec. */
final class Signature {
  private static final String ALGORITHM = "HmacSHA256";

  private Signature() {}

  /**
   * The value of the header {@code webhook-signature}.
   *
   * @param id of the message, as in the header {@code webhook-id}
   * @param at to the second, as in the header {@code webhook-timestamp}
   */
  static String of(WebhookSecret secret, String id, Instant at, String body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.key(), ALGORITHM));
      byte[] signature = mac.doFinal((id + "." + at.getEpochSecond() + "." + body).getBytes(UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(signature);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new LinkageError("every Java platform has " + ALGORITHM, e);
    }
  }
}
