package io.havip.service;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.explain.Check;
import io.havip.explain.Explanation;
import io.havip.explain.Situation;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.AddressConflict;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.NicStatus;
import io.havip.inventory.Vm;
import io.havip.net.Ipv4Address;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.Observed;
import io.havip.plan.Seen;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Binding;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers what is known of a VIP; what that means is for {@link Explanation} to say. */
public final class ExplainService {
  /** An older look says nothing about now. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final Store store;
  private final Eyes eyes;
  private final Clock clock;

  public ExplainService(Store store, Eyes eyes, Clock clock) {
    this.store = store;
    this.eyes = eyes;
    this.clock = clock;
  }

  /** The checks of a VIP at one moment. */
  public record Explained(VipId vipId, Instant at, List<Check> checks) {
    public Explained {
      checks = List.copyOf(checks);
    }
  }

  /** What the store holds about a VIP. */
  private record Known(
      Vip vip,
      Network network,
      Optional<VirtualRouter> router,
      List<Situation.Member> members,
      List<Holder> holders,
      Optional<Instant> conflictSince) {}

  /**
   * Explains a VIP; it asks on the wire, which takes some milliseconds.
   *
   * @throws Refused when it is not the caller's
   */
  public Explained explain(Caller caller, VipId id) throws InterruptedException {
    Known known =
        store.read(reader ->
            reader
                .vip(id)
                .filter(vip -> vip.accountId().equals(caller.accountId()))
                .map(vip -> known(reader, vip))
                .orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist")));
    Network network = known.network();
    Ipv4Address gateway = network.gateway();
    List<AskedAddress> questions = new ArrayList<>();
    questions.add(question(known, known.vip().address()));
    if (gateway != null) {
      questions.add(question(known, gateway));
    }
    Optional<List<Answer>> answers = eyes.ask(questions);
    Instant now = Contexts.now(clock);
    Situation situation =
        new Situation(
            now,
            known.vip(),
            eyes.isInSync(),
            eyes.elsewhere(),
            gateway,
            known.router().filter(VirtualRouter::isConfigured).map(VirtualRouter::vrid),
            known.members(),
            known.holders(),
            eyes.seen()
                .filter(seen -> now.isBefore(seen.at().plus(FRESH)))
                .map(seen -> sight(known, seen)),
            answers.map(all -> stations(all, network, known.vip().address())),
            answers.map(all -> gateway == null ? List.of() : stations(all, network, gateway)),
            known.conflictSince(),
            !network.isJoined() || caller.role() == Role.ADMIN);
    return new Explained(id, now, Explanation.of(situation));
  }

  private static Known known(Reader reader, Vip vip) {
    Optional<VirtualRouter> router = reader.virtualRouter(vip.id());
    Map<VmId, Vm> vms = reader.vms(vip.vmIds());
    List<Situation.Member> members = new ArrayList<>();
    for (Binding binding : vip.bindings()) {
      Vm vm = Optional.ofNullable(vms.get(binding.vmId())).orElseThrow();
      Nic nic = reader.nic(binding.nicId()).orElseThrow();
      members.add(
          new Situation.Member(
              vm.id(),
              vm.name(),
              nic.port(),
              nic.mac(),
              reader.nic(binding.vrrpNicId()).orElseThrow().port(),
              router
                  .map(it -> it.configurationOf(vm.id(), vip.bindings()))
                  .orElse(VirtualRouter.Configuration.NONE),
              binding.fencedUntil()));
    }
    return new Known(
        vip,
        reader.network(vip.networkId()).orElseThrow(),
        router,
        members,
        reader.holders(List.of(vip.id())).getOrDefault(vip.id(), List.of()),
        reader.conflicts(List.of(vip.id())).values().stream()
            .map(AddressConflict::since)
            .findFirst());
  }

  /** Nobody is meant to have it, so whoever answers is told. */
  private static AskedAddress question(Known known, Ipv4Address address) {
    return new AskedAddress(known.network().segment(), address);
  }

  private static List<Situation.Station> stations(
      List<Answer> answers, Network network, Ipv4Address address) {
    return answers.stream()
        .filter(it -> it.segment() == network.segment() && it.address().equals(address))
        .map(it -> new Situation.Station(it.port(), it.mac()))
        .toList();
  }

  private Situation.Sight sight(Known known, Seen seen) {
    Observed observed = seen.observed();
    return new Situation.Sight(
        known.members().stream().map(member -> status(observed, member.port())).toList(),
        observed
            .signs()
            .adverts()
            .filter(_ ->
                known.members().stream()
                    .noneMatch(member -> observed.deaf().contains(member.vrrpPort())))
            .map(all -> adverts(known, all)),
        observed
            .refusals()
            .filter(_ -> observed.deaf().isEmpty() || isHeard(known.network(), observed.deaf()))
            .map(all -> refused(known, seen, all)),
        Stream.concat(
                concerned(known.vip())
                    .flatMap(id -> observed.obstacles().getOrDefault(id, Set.of()).stream()),
                Stream.ofNullable(
                    observed.surroundings().troubles().get(known.network().segment())))
            .distinct()
            .toList(),
        withheld(known, observed.surroundings().withheld()),
        observed
            .surroundings()
            .unjudgedPorts()
            .getOrDefault(known.network().segment(), Set.of())
            .stream()
            .sorted()
            .toList());
  }

  private static List<Situation.Withheld> withheld(Known known, List<Observed.Withheld> all) {
    return all.stream()
        .filter(it -> !it.address().equals(known.vip().address()))
        .flatMap(it ->
            known.members().stream()
                .filter(member -> member.vrrpPort().equals(it.port()))
                .map(member -> new Situation.Withheld(member.name(), it.address())))
        .toList();
  }

  private static Stream<Id> concerned(Vip vip) {
    return Stream.concat(
        Stream.of(vip.id(), vip.networkId()),
        vip.bindings().stream()
            .flatMap(binding -> Stream.of(binding.nicId(), binding.vrrpNicId())));
  }

  /** Whether somebody listens to every NIC of a network. */
  private boolean isHeard(Network network, Set<String> deaf) {
    return store.read(Reader::allNics).stream()
        .noneMatch(nic -> nic.networkId().equals(network.id()) && deaf.contains(nic.port()));
  }

  private static List<Situation.Advert> adverts(Known known, List<Observed.Advert> all) {
    Set<String> ports =
        known.members().stream().map(Situation.Member::vrrpPort).collect(Collectors.toSet());
    return all.stream()
        .filter(it -> it.address().equals(known.vip().address()) && ports.contains(it.port()))
        .map(it ->
            new Situation.Advert(
                it.port(), it.virtualRouterId(), it.priority(), it.interval(), it.at()))
        .toList();
  }

  private static NicStatus status(Observed observed, String port) {
    return Optional.ofNullable(observed.ports().get(port))
        .map(it -> new NicStatus(it.attached(), it.up()))
        .orElse(NicStatus.ABSENT);
  }

  private List<Situation.Refused> refused(Known known, Seen seen, List<Observed.Refusal> all) {
    Set<String> ports =
        known.members().stream()
            .flatMap(member -> Stream.of(member.port(), member.vrrpPort()))
            .collect(Collectors.toSet());
    Ipv4Address address = known.vip().address();
    List<Observed.Refusal> candidates =
        all.stream()
            .filter(it -> ports.contains(it.port()) || address.equals(it.address()))
            .toList();
    if (candidates.isEmpty()) {
      return List.of();
    }
    return store.read(reader -> {
      Map<String, Nic> nics =
          reader.allNics().stream().collect(Collectors.toMap(Nic::port, Function.identity()));
      NetworkId network = known.vip().networkId();
      return candidates.stream()
          .filter(it -> {
            Nic nic = nics.get(it.port());
            return ports.contains(it.port()) || (nic != null && nic.networkId().equals(network));
          })
          .map(it -> refused(reader, known.vip().accountId(), nics, seen, it))
          .toList();
    });
  }

  /** A VM of another account is not named. */
  private static Situation.Refused refused(
      Reader reader, AccountId owner, Map<String, Nic> nics, Seen seen, Observed.Refusal refusal) {
    return new Situation.Refused(
        refusal.kind(),
        refusal.port(),
        Optional.ofNullable(nics.get(refusal.port()))
            .flatMap(nic -> reader.vm(nic.vmId()))
            .filter(vm -> vm.accountId().equals(owner))
            .map(Vm::name)
            .orElse(null),
        refusal.address(),
        refusal.packets(),
        seen.refusedAt().get(refusal.key()));
  }
}
