package io.havip.inventory;

import io.havip.id.AccountId;
import io.havip.id.VpcId;
import io.havip.net.Cidr;
import java.time.Instant;

/** A virtual private cloud: its own address space, which others' may overlap. */
public record Vpc(
    VpcId id,
    AccountId accountId,
    String name,
    Cidr cidr,
    long version,
    Instant createdAt,
    Instant updatedAt) {

  public Vpc renamed(String newName, Instant now) {
    return new Vpc(id, accountId, newName, cidr, version + 1, createdAt, now);
  }
}
