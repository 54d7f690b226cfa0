package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import java.time.Duration;

/**
 * A reply that is kept for a repetition of the request.
 *
 * @param key which request it was
 */
public record KeptReply(RequestKey key, Reply reply) {
  /** How long a reply is kept. */
  public static final Duration KEPT_FOR = Duration.ofHours(24);

  /**
   * The reply, for the same request.
   *
   * @throws Refused with {@code KEY_REUSED} when it is another one
   */
  public Reply to(RequestKey repeated) {
    if (!repeated.equals(key)) {
      throw Refused.field(
          "Idempotency-Key",
          ErrorCode.KEY_REUSED,
          "this key was sent with another request in the last 24 hours; make a new key");
    }
    return reply;
  }
}
