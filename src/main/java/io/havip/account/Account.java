package io.havip.account;

import io.havip.id.AccountId;
import java.time.Instant;

/** The project that owns VPCs, subnets, VMs and VIPs. */
public record Account(AccountId id, String name, Instant createdAt) {}
