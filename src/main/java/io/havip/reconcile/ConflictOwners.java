package io.havip.reconcile;

import io.havip.decision.ConflictDecisions.Owner;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.inventory.Reservation;
import io.havip.store.Reader;
import java.util.Optional;

/** Finds whose a reserved address is. */
final class ConflictOwners {
  private ConflictOwners() {}

  /** The owner of the address; empty when its NIC or VIP is gone. */
  static Optional<Owner> of(Reader reader, Reservation reservation) {
    return switch (reservation.holder()) {
      case NicId id -> of(reader, id);
      case VipId id -> reader.vip(id).map(Owner::of);
      default -> Optional.empty();
    };
  }

  /** The owner of a NIC's address; empty when the NIC is gone or has none. */
  static Optional<Owner> of(Reader reader, NicId id) {
    return reader
        .nic(id)
        .flatMap(nic -> reader.vm(nic.vmId()).flatMap(vm -> Owner.of(nic, vm.accountId())));
  }
}
