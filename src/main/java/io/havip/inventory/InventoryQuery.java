package io.havip.inventory;

import io.havip.id.VpcId;
import org.jspecify.annotations.Nullable;

/**
 * Which of an account's subnets or VMs are wanted; what is left out does not matter.
 *
 * @param name exactly
 */
public record InventoryQuery(@Nullable String name, @Nullable VpcId vpcId) {
  /** All of them. */
  public static final InventoryQuery ALL = new InventoryQuery(null, null);
}
