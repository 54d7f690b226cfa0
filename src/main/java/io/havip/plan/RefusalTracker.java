package io.havip.plan;

import io.havip.event.ClaimKind;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Vip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns counters of refused packets into events, few enough to read.
 *
 * <p>A claim of a VIP or of another NIC's address is told for itself; of all other packets only
 * their number per port and kind, because a sender can make up any number of addresses. The address
 * of another NIC of the same VM is no theft but misdirected. The first refusal is told at once,
 * those that follow without a pause after 1, 2, 4 … 60 s; frames that are neither ARP nor IPv4 once
 * an hour.
 */
public final class RefusalTracker {
  static final Duration SHORTEST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(60);

  /** Between two events of IPv6 and the like, which many guests send all the time. */
  static final Duration BACKGROUND = Duration.ofHours(1);

  private enum Verdict {
    REFUSED,
    OBSERVED,
    MISDIRECTED
  }

  /** What is told together. */
  private record Topic(
      Verdict verdict, ClaimKind kind, String port, @Nullable Ipv4Address address) {}

  private static final class Telling {
    long untold;
    @Nullable MacAddress mac;
    Instant notBefore = Instant.MIN;
    Duration pause = SHORTEST;
  }

  private final Map<Observed.Refusal, Long> counted = new HashMap<>();
  private final Map<Observed.Refusal, Instant> lastAt = new HashMap<>();
  private final Map<Topic, Telling> tellings = new HashMap<>();
  private final List<ConflictTracker.Noticed> conflicts = new ArrayList<>();

  /** Begins with what was counted before anybody watched; that is not told. */
  public RefusalTracker(List<Observed.Refusal> before) {
    before.forEach(refusal -> counted.put(refusal.key(), refusal.packets()));
  }

  /**
   * Takes a sighting and gives the events to tell.
   *
   * @param accountOf the owner of a VM
   */
  public List<Event> step(
      List<Observed.Refusal> refusals,
      Sighting sighting,
      Function<VmId, Optional<AccountId>> accountOf,
      Instant now) {
    Map<Observed.Refusal, Long> before = Map.copyOf(counted);
    counted.clear();
    conflicts.clear();
    for (Observed.Refusal refusal : refusals) {
      Observed.Refusal key = refusal.key();
      counted.put(key, refusal.packets());
      long told = before.getOrDefault(key, 0L);
      long more = refusal.packets() < told ? refusal.packets() : refusal.packets() - told;
      if (more > 0) {
        lastAt.put(key, now);
        note(refusal, more, sighting);
      }
    }
    lastAt.keySet().retainAll(counted.keySet());
    return tell(sighting, accountOf, now);
  }

  /** When each was last seen to go on, by its key; what did not since the beginning is absent. */
  public Map<Observed.Refusal, Instant> lastAt() {
    return Map.copyOf(lastAt);
  }

  private void note(Observed.Refusal refusal, long packets, Sighting sighting) {
    Sighting.Sender sender = sighting.senderAt(refusal.port()).orElse(null);
    if (sender == null) {
      return;
    }
    Ipv4Address address = refusal.address();
    Nic nic = sender.nic();
    if (isConflict(refusal, sender, sighting)) {
      return;
    }
    boolean isTheft = address != null && isTheft(sender, address, sighting);
    boolean isOwn =
        nic != null
            && address != null
            && !address.equals(nic.address())
            && sighting.isOwnAddress(nic.vmId(), address);
    Verdict verdict =
        isOwn && !isTheft
            ? Verdict.MISDIRECTED
            : switch (sender.network().enforcement()) {
              case ENFORCE -> Verdict.REFUSED;
              case OBSERVE -> Verdict.OBSERVED;
            };
    Topic topic =
        new Topic(verdict, refusal.kind(), refusal.port(), isTheft || isOwn ? address : null);
    Telling telling = tellings.computeIfAbsent(topic, _ -> new Telling());
    telling.untold += packets;
    telling.mac = refusal.mac();
  }

  /**
   * Whether a host outside HAVIP said at a trusted port that it has the address of a NIC or of a
   * VIP; then it is no theft by a VM.
   */
  private boolean isConflict(Observed.Refusal refusal, Sighting.Sender sender, Sighting sighting) {
    Ipv4Address address = refusal.address();
    MacAddress mac = refusal.mac();
    if (sender.nic() != null
        || refusal.kind() != ClaimKind.ARP
        || address == null
        || mac == null
        || sighting.hasMac(sender.network().id(), mac)) {
      return false;
    }
    NetworkId networkId = sender.network().id();
    Optional<Id> holder =
        sighting
            .vipAt(networkId, address)
            .<Id>map(Vip::id)
            .or(() -> sighting.ownerOf(networkId, address).map(Nic::id));
    holder.ifPresent(id ->
        conflicts.add(
            new ConflictTracker.Noticed(
                new Reservation(networkId, address, id), mac, refusal.port())));
    return holder.isPresent();
  }

  /** The conflicts that the last step noticed, see {@link ConflictTracker}. */
  public List<ConflictTracker.Noticed> conflicts() {
    return List.copyOf(conflicts);
  }

  /** Whether it is the address of a VIP, of the gateway or of another VM. */
  private static boolean isTheft(Sighting.Sender sender, Ipv4Address address, Sighting sighting) {
    NetworkId networkId = sender.network().id();
    Nic nic = sender.nic();
    return sighting.vipAt(networkId, address).isPresent()
        || address.equals(sender.network().gateway())
        || sighting
            .ownerOf(networkId, address)
            .filter(owner -> nic == null || !owner.vmId().equals(nic.vmId()))
            .isPresent();
  }

  private List<Event> tell(
      Sighting sighting, Function<VmId, Optional<AccountId>> accountOf, Instant now) {
    List<Event> events = new ArrayList<>();
    for (Map.Entry<Topic, Telling> entry : tellings.entrySet()) {
      Topic topic = entry.getKey();
      Telling telling = entry.getValue();
      Optional<Sighting.Sender> sender = sighting.senderAt(topic.port());
      if (telling.untold == 0 || now.isBefore(telling.notBefore) || sender.isEmpty()) {
        continue;
      }
      events.add(event(topic, telling, sender.get(), sighting, accountOf, now));
      boolean goesOn = now.isBefore(telling.notBefore.plus(telling.pause));
      telling.pause = pauseAfter(topic, goesOn ? doubled(telling.pause) : SHORTEST);
      telling.notBefore = now.plus(telling.pause);
      telling.untold = 0;
    }
    // A topic that has been quiet for long is as good as new.
    tellings
        .values()
        .removeIf(telling -> telling.untold == 0 && now.isAfter(telling.notBefore.plus(LONGEST)));
    return events;
  }

  private static Duration pauseAfter(Topic topic, Duration pause) {
    return topic.kind() == ClaimKind.OTHER ? BACKGROUND : pause;
  }

  private static Event event(
      Topic topic,
      Telling telling,
      Sighting.Sender sender,
      Sighting sighting,
      Function<VmId, Optional<AccountId>> accountOf,
      Instant now) {
    Ipv4Address address = topic.address();
    Nic nic = sender.nic();
    NetworkId networkId = sender.network().id();
    Optional<Vip> vip = address == null ? Optional.empty() : sighting.vipAt(networkId, address);
    Optional<Nic> victim =
        address == null ? Optional.empty() : sighting.ownerOf(networkId, address);
    Optional<AccountId> senderAccount =
        nic == null ? Optional.empty() : accountOf.apply(nic.vmId());
    AccountId account =
        vip.map(Vip::accountId)
            .or(() -> victim.map(Nic::vmId).flatMap(accountOf))
            .or(() -> senderAccount)
            .orElse(null);
    boolean isOwnVm = senderAccount.filter(owner -> owner.equals(account)).isPresent();
    VipId vipId = vip.map(Vip::id).orElse(null);
    VmId vmId = nic == null || !isOwnVm ? null : nic.vmId();
    return new Event(account, vipId, now, Event.SYSTEM, happening(topic, telling, vmId, nic));
  }

  private static Happening happening(
      Topic topic, Telling telling, @Nullable VmId vmId, @Nullable Nic nic) {
    return switch (topic.verdict()) {
      case REFUSED ->
          new Happening.ClaimsRefused(
              topic.kind(), topic.port(), vmId, telling.mac, topic.address(), telling.untold);
      case OBSERVED ->
          new Happening.ClaimsObserved(
              topic.kind(), topic.port(), vmId, telling.mac, topic.address(), telling.untold);
      case MISDIRECTED ->
          new Happening.ClaimsMisdirected(
              topic.kind(),
              topic.port(),
              Objects.requireNonNull(nic).vmId(),
              Objects.requireNonNull(topic.address()),
              telling.untold);
    };
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
  }
}
