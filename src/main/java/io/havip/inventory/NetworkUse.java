package io.havip.inventory;

import io.havip.id.AccountId;
import io.havip.id.Id;

/**
 * Something of an account that is on a network.
 *
 * @param accountId the account that owns it
 * @param id a NIC's id, or the id of a VIP that has its address or its floating address there
 * @param name the name of the NIC's VM, or of the VIP
 */
public record NetworkUse(AccountId accountId, Id id, String name) {}
