package io.havip.event;

import io.havip.id.AccountId;
import io.havip.id.VipId;
import org.jspecify.annotations.Nullable;

/**
 * Whose events are kept up to a number.
 *
 * @param accountId none for what concerns the whole installation
 * @param vipId none for what concerns no VIP
 */
public record HistoryKey(@Nullable AccountId accountId, @Nullable VipId vipId) {}
