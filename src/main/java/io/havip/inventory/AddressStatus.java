package io.havip.inventory;

import org.jspecify.annotations.Nullable;

/**
 * What is known about a reserved address on the wire.
 *
 * @param asked whether the address may be used: HAVIP asked for it and no other host answered, or
 *     need not ask. Of a VIP it is always true, because the VIP's own state says that.
 * @param conflict the other host that has the address; null when none was noticed
 */
public record AddressStatus(boolean asked, @Nullable AddressConflict conflict) {
  /** No other host was noticed. */
  public static final AddressStatus FREE = new AddressStatus(true, null);
}
