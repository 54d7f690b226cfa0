package io.havip.plan;

import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.AccountId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Subnet;
import io.havip.net.Ipv4Address;
import io.havip.vip.Vip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns what was noticed beside the VIPs into events: withheld advertisements when they begin, and
 * again when they went on after {@link #QUIET} without one; a network's trouble when it begins,
 * changes and ends; ports that are not judged when there is one more.
 */
public final class SurroundingsTracker {
  static final Duration QUIET = Duration.ofMinutes(5);

  private record Gap(String port, Ipv4Address address) {}

  private final Map<Gap, Long> counted = new HashMap<>();
  private final Map<Gap, Instant> withheldAt = new HashMap<>();
  private Map<Integer, String> troubles = Map.of();
  private Map<Integer, Set<String>> unjudged = Map.of();

  /** Begins with what was withheld before anybody watched; that is not told. */
  public SurroundingsTracker(Observed.Surroundings before) {
    before.withheld().forEach(it -> counted.put(gap(it), it.packets()));
  }

  /**
   * Takes a sighting and gives the events to tell.
   *
   * @param accountOf the owner of a VM
   */
  public List<Event> step(
      Observed.Surroundings surroundings,
      Sighting sighting,
      Function<VmId, Optional<AccountId>> accountOf,
      Instant now) {
    List<Event> events = new ArrayList<>();
    withheld(surroundings.withheld(), sighting, accountOf, now, events);
    // The fabric may know a segment, or a port, before the inventory does: that is told later.
    Map<Integer, String> troublesNow = known(surroundings.troubles(), sighting);
    troublesNow.forEach((segment, trouble) -> {
      if (!trouble.equals(troubles.get(segment))) {
        tell(
            sighting,
            segment,
            network -> new Happening.NetworkTroubleBegan(network.id(), trouble),
            now,
            events);
      }
    });
    troubles.keySet().stream()
        .filter(segment -> !troublesNow.containsKey(segment))
        .forEach(segment ->
            tell(
                sighting,
                segment,
                network -> new Happening.NetworkTroubleEnded(network.id()),
                now,
                events));
    troubles = troublesNow;
    Map<Integer, Set<String>> unjudgedNow = known(surroundings.unjudgedPorts(), sighting);
    unjudgedNow.forEach((segment, ports) -> {
      if (!unjudged.getOrDefault(segment, Set.of()).containsAll(ports)) {
        List<String> names = ports.stream().sorted().toList();
        tell(
            sighting,
            segment,
            network -> new Happening.PortsUnjudged(network.id(), names),
            now,
            events);
      }
    });
    unjudged = unjudgedNow;
    return events;
  }

  private static <T> Map<Integer, T> known(Map<Integer, T> bySegment, Sighting sighting) {
    Map<Integer, T> known = new HashMap<>(bySegment);
    known.keySet().removeIf(segment -> sighting.networkOn(segment).isEmpty());
    return known;
  }

  private void withheld(
      List<Observed.Withheld> all,
      Sighting sighting,
      Function<VmId, Optional<AccountId>> accountOf,
      Instant now,
      List<Event> events) {
    Map<Gap, Long> before = Map.copyOf(counted);
    counted.clear();
    for (Observed.Withheld it : all) {
      long told = before.getOrDefault(gap(it), 0L);
      Nic nic = sighting.nicAt(it.port()).orElse(null);
      counted.put(gap(it), nic == null ? told : it.packets());
      if (nic == null || it.packets() == told) {
        continue;
      }
      Instant last = withheldAt.put(gap(it), now);
      if (last == null || now.isAfter(last.plus(QUIET))) {
        events.add(event(nic, it.address(), sighting, accountOf, now));
      }
    }
    withheldAt.keySet().retainAll(counted.keySet());
  }

  private static Event event(
      Nic nic,
      Ipv4Address address,
      Sighting sighting,
      Function<VmId, Optional<AccountId>> accountOf,
      Instant now) {
    AccountId account = accountOf.apply(nic.vmId()).orElse(null);
    VipId vipId =
        sighting
            .vipAt(nic.networkId(), address)
            .filter(vip -> vip.accountId().equals(account))
            .map(Vip::id)
            .orElse(null);
    Happening what = new Happening.AdvertisementsWithheld(nic.vmId(), address);
    return new Event(account, vipId, now, Event.SYSTEM, what);
  }

  /** A subnet's owner is told; of an external network, the administrators are. */
  private static void tell(
      Sighting sighting,
      int segment,
      Function<Network, Happening> what,
      Instant now,
      List<Event> events) {
    sighting
        .networkOn(segment)
        .ifPresent(network -> {
          AccountId account =
              switch (network) {
                case Subnet subnet -> subnet.accountId();
                case ExternalNetwork _ -> null;
              };
          events.add(new Event(account, null, now, Event.SYSTEM, what.apply(network)));
        });
  }

  private static Gap gap(Observed.Withheld withheld) {
    return new Gap(withheld.port(), withheld.address());
  }
}
