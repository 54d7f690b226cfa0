package io.havip.service;

import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;

/** A NIC and what the fabric sees of it. */
public record NicDetails(Nic nic, NicStatus status) {}
