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
import org.jspecify.annotations.Nullable;

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
    Map<Integer, String> troublesNow = new HashMap<>();
    Map<Integer, Set<String>> unjudgedNow = new HashMap<>();
    sighting
        .networks()
        .forEach(network -> {
          int segment = network.segment();
          String trouble = surroundings.troubles().get(segment);
          trouble(network, trouble, now).ifPresent(events::add);
          if (trouble != null) {
            troublesNow.put(segment, trouble);
          }
          Set<String> ports = surroundings.unjudgedPorts().getOrDefault(segment, Set.of());
          if (!unjudged.getOrDefault(segment, Set.of()).containsAll(ports)) {
            List<String> names = ports.stream().sorted().toList();
            events.add(event(network, now, new Happening.PortsUnjudged(network.id(), names)));
          }
          unjudgedNow.put(segment, ports);
        });
    troubles = troublesNow;
    unjudged = unjudgedNow;
    return events;
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

  private Optional<Event> trouble(Network network, @Nullable String trouble, Instant now) {
    String before = troubles.get(network.segment());
    if (trouble == null) {
      return before == null
          ? Optional.empty()
          : Optional.of(event(network, now, new Happening.NetworkTroubleEnded(network.id())));
    }
    return trouble.equals(before)
        ? Optional.empty()
        : Optional.of(
            event(network, now, new Happening.NetworkTroubleBegan(network.id(), trouble)));
  }

  /** A subnet's owner is told; of an external network, the administrators are. */
  private static Event event(Network network, Instant now, Happening what) {
    AccountId account =
        switch (network) {
          case Subnet subnet -> subnet.accountId();
          case ExternalNetwork _ -> null;
        };
    return new Event(account, null, now, Event.SYSTEM, what);
  }

  private static Gap gap(Observed.Withheld withheld) {
    return new Gap(withheld.port(), withheld.address());
  }
}
