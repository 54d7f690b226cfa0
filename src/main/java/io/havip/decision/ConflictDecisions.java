package io.havip.decision;

import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.AddressStatus;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.net.MacAddress;
import io.havip.vip.Vip;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides about addresses that another host has. Each change is told twice: to the account of the
 * address, and to administrators with the host's MAC address and port.
 */
public final class ConflictDecisions {
  private ConflictDecisions() {}

  /**
   * Whose an address is.
   *
   * @param reservation the address and the NIC or VIP that has it
   * @param vmId the NIC's VM; null for a VIP
   */
  public record Owner(Reservation reservation, AccountId accountId, @Nullable VmId vmId) {
    /** The owner of a VIP's own address. */
    public static Owner of(Vip vip) {
      return new Owner(
          new Reservation(vip.networkId(), vip.address(), vip.id()), vip.accountId(), null);
    }

    /** The owner of a NIC's address; empty for a NIC without one. */
    public static Optional<Owner> of(Nic nic, AccountId accountId) {
      return Optional.ofNullable(nic.address())
          .map(address ->
              new Owner(
                  new Reservation(nic.networkId(), address, nic.id()), accountId, nic.vmId()));
    }
  }

  /**
   * Another host was noticed that has the address. It is told once, until it is gone.
   *
   * @param now to the microsecond
   */
  public static Decision<AddressStatus> noticed(
      Owner owner, AddressStatus current, MacAddress mac, String port, Instant now) {
    AddressConflict before = current.conflict();
    AddressConflict after = new AddressConflict(before == null ? now : before.since(), mac, port);
    if (after.equals(before)) {
      return new Decision<>(List.of(), Set.of(), current);
    }
    AddressStatus status = new AddressStatus(current.asked(), after);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutAddressStatus(owner.reservation(), status));
    if (before == null) {
      changes.add(toOwner(owner, now, began(owner, null, null)));
    }
    if (before == null || !before.mac().equals(mac)) {
      changes.add(toAdministrators(now, began(owner, mac, port)));
    }
    return new Decision<>(changes, Set.of(), status);
  }

  /** No other host has the address, or no longer: it may be used. */
  public static Decision<AddressStatus> free(Owner owner, AddressStatus current, Instant now) {
    if (current.equals(AddressStatus.FREE)) {
      return new Decision<>(List.of(), Set.of(), current);
    }
    Reservation reservation = owner.reservation();
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.PutAddressStatus(reservation, AddressStatus.FREE));
    if (current.conflict() != null) {
      Happening ended =
          new Happening.AddressConflictEnded(
              reservation.address(), reservation.networkId(), owner.vmId());
      changes.add(toOwner(owner, now, ended));
      changes.add(toAdministrators(now, ended));
    }
    return new Decision<>(changes, Set.of(), AddressStatus.FREE);
  }

  private static Happening began(Owner owner, @Nullable MacAddress mac, @Nullable String port) {
    Reservation reservation = owner.reservation();
    return new Happening.AddressConflictBegan(
        reservation.address(), reservation.networkId(), owner.vmId(), mac, port);
  }

  private static Change toOwner(Owner owner, Instant now, Happening what) {
    Id holder = owner.reservation().holder();
    VipId vipId = holder instanceof VipId vip ? vip : null;
    return new Change.Append(new Event(owner.accountId(), vipId, now, Event.SYSTEM, what));
  }

  private static Change toAdministrators(Instant now, Happening what) {
    return new Change.Append(new Event(null, null, now, Event.SYSTEM, what));
  }
}
