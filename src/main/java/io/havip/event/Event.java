package io.havip.event;

import io.havip.id.AccountId;
import io.havip.id.VipId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened.
 *
 * @param accountId whose resource it concerns; none for what concerns the whole installation
 * @param vipId the VIP it concerns, if it concerns one
 * @param at to the microsecond
 * @param actor the name of the token that caused it, or {@link #SYSTEM}
 */
public record Event(
    @Nullable AccountId accountId,
    @Nullable VipId vipId,
    Instant at,
    String actor,
    Happening what) {
  /** The actor of what no person did. */
  public static final String SYSTEM = "havip";
}
