package io.havip.service;

import io.havip.inventory.AddressConflict;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import org.jspecify.annotations.Nullable;

/**
 * A NIC and what the fabric sees of it.
 *
 * @param conflict the other host that has its address; null when none was noticed
 */
public record NicDetails(Nic nic, NicStatus status, @Nullable AddressConflict conflict) {}
