package io.havip.explain;

import io.havip.event.ClaimKind;
import io.havip.explain.Check.Topic;
import io.havip.explain.Situation.Advert;
import io.havip.explain.Situation.Member;
import io.havip.explain.Situation.Refused;
import io.havip.explain.Situation.Sight;
import io.havip.explain.Situation.Station;
import io.havip.explain.Situation.Withheld;
import io.havip.inventory.NicStatus;
import io.havip.vip.Failure;
import io.havip.vip.Holder;
import io.havip.vip.VipState;
import io.havip.vip.VirtualRouter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a VIP works or does not. Each topic has one check, which names the fault that is most likely
 * and what to do next; docs/howto/why-a-vip-does-not-work.md tells the commonest.
 */
public final class Explanation {
  /** For so long a change of the fabric may take without anything being wrong. */
  private static final Duration REALISED_WITHIN = Duration.ofSeconds(5);

  /** What was refused within this time goes on; what was refused before is history. */
  private static final Duration RECENT = Duration.ofSeconds(15);

  /** The fabric is looked at every second. */
  private static final Duration LOOKED_WITHIN = Duration.ofSeconds(2);

  private static final String AGENTS =
      "; on Open Virtual Network that takes havip agent on each host";

  private final Situation situation;

  private Explanation(Situation situation) {
    this.situation = situation;
  }

  /** One check for each topic, in their order. */
  public static List<Check> of(Situation situation) {
    Explanation explanation = new Explanation(situation);
    List<Check> checks = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      checks.add(explanation.check(topic));
    }
    return checks;
  }

  private Check check(Topic topic) {
    return switch (topic) {
      case STATE -> state();
      case FABRIC -> fabric();
      case BINDINGS -> bindings();
      case PORTS -> ifSeen(topic, this::ports);
      case VRRP -> ifRefusalsSeen(topic, this::vrrp);
      case ADVERTISEMENTS -> ifSeen(topic, this::advertisements);
      case HOLDER -> holder();
      case CLAIM -> claim();
      case REFUSED_CLAIMS -> ifRefusalsSeen(topic, this::refusedClaims);
      case DUPLICATE_ADDRESS -> duplicateAddress();
      case CONFIGURATION -> configuration();
      case GATEWAY -> gateway();
    };
  }

  private interface Looking {
    Check at(Sight sight);
  }

  private Check ifSeen(Topic topic, Looking looking) {
    return situation
        .sight()
        .map(looking::at)
        .orElseGet(() -> Check.unknown(topic, unseen("this server does not see the fabric now")));
  }

  private String unseen(String here) {
    return situation
        .seenElsewhere()
        .map(leader ->
            leader.isEmpty()
                ? "no server sees the fabric at this moment; ask again"
                : "this server does not see the fabric, the server %s does: ask there"
                    .formatted(leader))
        .orElse(here);
  }

  private interface LookingAtRefusals {
    Check at(List<Refused> refused);
  }

  private Check ifRefusalsSeen(Topic topic, LookingAtRefusals looking) {
    return ifSeen(
        topic,
        sight ->
            sight
                .refused()
                .map(looking::at)
                .orElseGet(
                    () -> Check.unknown(topic, "nobody hears what is refused there" + AGENTS)));
  }

  private Check state() {
    VipState state = situation.vip().state();
    return switch (state) {
      case AVAILABLE -> Check.ok(Topic.STATE, "it is available");
      case CREATING, UPDATING ->
          isLate()
              ? Check.warning(
                  Topic.STATE,
                  "it is %s since %s".formatted(word(state), situation.vip().generationAt()),
                  "see the check of the fabric")
              : Check.ok(Topic.STATE, "it is " + word(state) + " for a moment");
      case DELETING ->
          Check.warning(
              Topic.STATE, "it is being deleted: nobody may use it", "create another VIP instead");
      case FAILED -> {
        Failure failure = situation.vip().failure();
        yield Check.problem(
            Topic.STATE,
            "it failed: " + (failure == null ? "nobody knows why" : failure.message()),
            "mend that, then retry (havip vip retry)");
      }
    };
  }

  private static String word(VipState state) {
    return switch (state) {
      case CREATING -> "being created";
      case UPDATING -> "being updated";
      case DELETING -> "being deleted";
      case AVAILABLE -> "available";
      case FAILED -> "failed";
    };
  }

  private boolean isLate() {
    return situation.now().isAfter(situation.vip().generationAt().plus(REALISED_WITHIN));
  }

  private Check fabric() {
    long wanted = situation.vip().generation();
    long realised = situation.vip().observedGeneration();
    if (!situation.fabricInSync()) {
      return Check.problem(
          Topic.FABRIC,
          "the fabric does not take what it is told; what it held before stays in force",
          "see the server's log, and /readyz");
    }
    if (realised < wanted) {
      String evidence = "generation %d of %d is realised".formatted(realised, wanted);
      return isLate()
          ? Check.problem(Topic.FABRIC, evidence, "see the server's log")
          : Check.ok(Topic.FABRIC, evidence + "; the change is a moment old");
    }
    List<String> obstacles = situation.sight().map(Sight::obstacles).orElse(List.of());
    if (!obstacles.isEmpty()) {
      return Check.problem(
          Topic.FABRIC,
          String.join("; ", obstacles),
          "mend that where it is; HAVIP goes on by itself then");
    }
    List<String> unjudged = situation.sight().map(Sight::unjudgedPorts).orElse(List.of());
    if (!unjudged.isEmpty()) {
      return Check.warning(
          Topic.FABRIC,
          "packets of %s are not judged: VMs behind %s can take the VIP"
              .formatted(
                  String.join(", ", unjudged), unjudged.size() == 1 ? "that port" : "those ports"),
          "an administrator attaches them as NICs, or names them in the network's trustedPorts");
    }
    return Check.ok(Topic.FABRIC, "it does what is stored, generation " + wanted);
  }

  private Check bindings() {
    List<Member> members = situation.members();
    if (members.isEmpty()) {
      return Check.problem(
          Topic.BINDINGS,
          "no VM is bound: nobody may use it",
          "bind the VMs that run the HA software (havip vip bind)");
    }
    List<Member> fenced = members.stream().filter(it -> it.fencedUntil() != null).toList();
    if (!fenced.isEmpty()) {
      String evidence =
          fenced.stream()
              .map(it -> it.name() + " is fenced until " + it.fencedUntil())
              .collect(Collectors.joining(", "));
      String next = "wait, or end the fence (havip vip fence --seconds 0)";
      return fenced.size() == members.size()
          ? Check.problem(Topic.BINDINGS, evidence + ": nobody may use it", next)
          : Check.warning(Topic.BINDINGS, evidence, next);
    }
    String names = names(members);
    return members.size() == 1
        ? Check.warning(
            Topic.BINDINGS,
            "only " + names + " is bound: when it dies nobody takes over",
            "bind a second VM")
        : Check.ok(Topic.BINDINGS, names + " are bound");
  }

  private Check ports(Sight sight) {
    List<Member> members = situation.members();
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      NicStatus status = sight.status().get(i);
      if (!status.up()) {
        bad.add(
            "the port %s of %s is %s"
                .formatted(
                    members.get(i).port(),
                    members.get(i).name(),
                    status.attached() ? "down" : "not there"));
      }
    }
    if (bad.isEmpty()) {
      return Check.ok(
          Topic.PORTS,
          members.isEmpty() ? "no VM is bound" : "the ports of all bound VMs carry traffic");
    }
    String next = "start the VM, plug its NIC, or set its interface up";
    String evidence = String.join(", ", bad);
    return bad.size() == members.size()
        ? Check.problem(Topic.PORTS, evidence + ": nobody can use it", next)
        : Check.warning(Topic.PORTS, evidence, next);
  }

  /** Refused to those who may use the VIP, because their advertisements name what they may not. */
  private Check vrrp(List<Refused> refused) {
    List<Refused> blocked =
        refused.stream()
            .filter(it -> it.kind() == ClaimKind.VRRP && memberAtVrrp(it.port()).isPresent())
            .toList();
    List<Withheld> withheld = situation.sight().map(Sight::withheld).orElse(List.of());
    if (blocked.isEmpty() && !withheld.isEmpty()) {
      return Check.warning(
          Topic.VRRP,
          withheld.stream()
              .map(it ->
                  "%s did not hear advertisements in the last hour that also name %s"
                      .formatted(it.name(), it.address()))
              .collect(Collectors.joining("; ")),
          "bind it to that VIP as well, or name VIPs with other VMs in a vrrp_instance of their own");
    }
    if (blocked.isEmpty()) {
      return Check.ok(Topic.VRRP, "no advertisement of a bound VM was refused in the last hour");
    }
    String evidence =
        blocked.stream()
            .map(it ->
                "%s of %s, which %s, %s"
                    .formatted(
                        count(it.packets(), "advertisement"),
                        memberAtVrrp(it.port()).orElseThrow().name(),
                        named(it),
                        ago(it)))
            .collect(Collectors.joining("; "));
    String next =
        "name only VIPs that the VM is bound to in one vrrp_instance, or bind it to the other too;"
            + " check its keepalived.conf with havip keepalived check";
    return judged(Topic.VRRP, blocked, "refused: " + evidence, next);
  }

  private String named(Refused refused) {
    if (refused.address() == null) {
      return "could not be read: it came in fragments";
    }
    return refused.address().equals(situation.vip().address())
        ? "named the VIP while it was not bound"
        : "named " + refused.address() + ", to which it is not bound";
  }

  private Check advertisements(Sight sight) {
    if (sight.adverts().isEmpty()) {
      return Check.unknown(
          Topic.ADVERTISEMENTS, "nobody hears the bound VMs' advertisements" + AGENTS);
    }
    List<Advert> all = sight.adverts().get();
    List<Advert> live = all.stream().filter(this::isLive).toList();
    if (live.isEmpty()) {
      return noAdvertisement(all);
    }
    String evidence = live.stream().map(this::told).collect(Collectors.joining(", "));
    if (live.size() > 1) {
      Set<Integer> vrids = live.stream().map(Advert::virtualRouterId).collect(Collectors.toSet());
      Set<Duration> intervals = live.stream().map(Advert::interval).collect(Collectors.toSet());
      String next =
          vrids.size() > 1
              ? "they are no cluster: give them the same virtual_router_id"
              : intervals.size() > 1
                  ? "give them the same advert_int, and look whether they hear each other"
                  : "they do not hear or do not believe each other: look at unicast_peer, the"
                      + " guests' firewalls (IP protocol 112), the list of addresses and"
                      + " auth_pass";
      return Check.problem(Topic.ADVERTISEMENTS, "several are master: " + evidence, next);
    }
    Advert only = live.getFirst();
    boolean isHolder =
        situation.holders().isEmpty()
            || situation.holders().stream()
                .anyMatch(it ->
                    memberAtVrrp(only.port())
                        .filter(member -> member.vmId().equals(it.vmId()))
                        .isPresent());
    if (!isHolder) {
      return Check.problem(
          Topic.ADVERTISEMENTS,
          evidence + ", but another holds the VIP",
          "the holder has the address without being master: take it away there, or restart its"
              + " keepalived; one that refuses what it hears is a master that is silent: give"
              + " them the same auth_pass and advert_int");
    }
    return situation
        .vrid()
        .filter(own -> own != only.virtualRouterId())
        .map(own ->
            Check.warning(
                Topic.ADVERTISEMENTS,
                evidence + "; HAVIP gave the VIP the VRID " + own,
                "use the configuration that HAVIP makes (havip keepalived config)"))
        .orElseGet(() -> Check.ok(Topic.ADVERTISEMENTS, evidence));
  }

  /**
   * A sender misses no more than three (RFC 9568, section 6.1), and the last look is a while ago.
   */
  private boolean isLive(Advert advert) {
    Duration silence = Duration.between(advert.at(), situation.now());
    return advert.priority() > 0
        && silence.compareTo(advert.interval().multipliedBy(3).plus(LOOKED_WITHIN)) <= 0;
  }

  private Check noAdvertisement(List<Advert> before) {
    Optional<Holder> holder = situation.holders().stream().findFirst();
    if (holder.isEmpty()) {
      return Check.problem(
          Topic.ADVERTISEMENTS,
          "nobody advertises it",
          "start keepalived in the bound VMs, and look into its log");
    }
    Optional<Member> member =
        situation.members().stream()
            .filter(it -> it.vmId().equals(holder.get().vmId()))
            .findFirst();
    String name = member.map(Member::name).orElse(holder.get().vmId().value());
    boolean advertised =
        member
            .filter(it -> before.stream().anyMatch(ad -> ad.port().equals(it.vrrpPort())))
            .isPresent();
    return advertised
        ? Check.problem(
            Topic.ADVERTISEMENTS,
            name + " has the address and advertises no more: its keepalived died or was killed",
            "start keepalived there again, or take the address away")
        : Check.warning(
            Topic.ADVERTISEMENTS,
            name + " holds it, but nobody advertises it",
            "that is right for HA software other than VRRP; else the address was set by hand");
  }

  private String told(Advert advert) {
    return "%s (VRID %d, priority %d, every %s s)"
        .formatted(
            memberAtVrrp(advert.port()).map(Member::name).orElse(advert.port()),
            advert.virtualRouterId(),
            advert.priority(),
            seconds(advert.interval()));
  }

  private Check holder() {
    List<Holder> holders = situation.holders();
    if (holders.isEmpty()) {
      return Check.problem(
          Topic.HOLDER,
          "nobody uses it: no bound VM that is up has claimed it",
          "start the HA software in the bound VMs; see the checks above");
    }
    String names = holders.stream().map(this::name).collect(Collectors.joining(" and "));
    return holders.size() == 1
        ? Check.ok(Topic.HOLDER, names + " uses it")
        : Check.problem(
            Topic.HOLDER,
            "a split: " + names + " use it at the same time",
            "see the check of the advertisements; fence one of them until that is mended");
  }

  private Check claim() {
    if (situation.holders().isEmpty()) {
      return Check.unknown(Topic.CLAIM, "nobody claims it");
    }
    Holder last = situation.holders().getLast();
    return Check.ok(
        Topic.CLAIM,
        "%s claimed it at %s, %s"
            .formatted(name(last), last.since().truncatedTo(ChronoUnit.MILLIS), ago(last.since())));
  }

  /** Of the VIP by who may not use it, and of other addresses by who may use the VIP. */
  private Check refusedClaims(List<Refused> refused) {
    List<Refused> thefts =
        those(refused, it -> situation.vip().address().equals(it.address()) && !isMember(it));
    List<Refused> mistakes =
        those(
            refused,
            it ->
                it.kind() != ClaimKind.VRRP
                    && isMember(it)
                    && it.address() != null
                    && it.address().toLong() != 0 // what asks for an address, or joins a group
                    && !situation.vip().address().equals(it.address()));
    if (thefts.isEmpty() && mistakes.isEmpty()) {
      return Check.ok(Topic.REFUSED_CLAIMS, "none in the last hour");
    }
    List<Refused> all = Stream.concat(thefts.stream(), mistakes.stream()).toList();
    String evidence =
        all.stream()
            .map(it ->
                "%s of %s by %s, %s"
                    .formatted(
                        count(it.packets(), it.kind() + " packet"),
                        it.address(),
                        it.who(),
                        ago(it)))
            .collect(Collectors.joining("; "));
    boolean isTheft =
        mistakes.isEmpty()
            || thefts.stream().anyMatch(this::isRecent)
            || (!thefts.isEmpty() && mistakes.stream().noneMatch(this::isRecent));
    String next =
        isTheft
            ? "bind that VM if it shall use the VIP, else take the address away there"
            : "the address is neither the VM's nor a VIP that it is bound to: look for a slip in"
                + " its configuration, or allow it (allowedSources)";
    return judged(Topic.REFUSED_CLAIMS, all, "refused: " + evidence, next);
  }

  private static List<Refused> those(List<Refused> refused, Predicate<Refused> which) {
    return refused.stream().filter(which).toList();
  }

  private Check judged(Topic topic, Collection<Refused> refused, String evidence, String next) {
    return refused.stream().anyMatch(this::isRecent)
        ? Check.problem(topic, evidence, next)
        : Check.warning(topic, evidence, next);
  }

  private boolean isRecent(Refused refused) {
    Instant last = refused.lastAt();
    return last != null && situation.now().isBefore(last.plus(RECENT));
  }

  private Check duplicateAddress() {
    Failure failure = situation.vip().failure();
    if (failure != null && failure.code() == Failure.Code.DUPLICATE_ADDRESS) {
      return Check.problem(
          Topic.DUPLICATE_ADDRESS,
          failure.message(),
          "take the address away there, then retry (havip vip retry)");
    }
    if (situation.conflictSince().isPresent()) {
      return Check.problem(
          Topic.DUPLICATE_ADDRESS,
          "another host uses the address since %s; its ARP packets are refused"
              .formatted(situation.conflictSince().get().truncatedTo(ChronoUnit.SECONDS)),
          "find the host and take the address away there; the event address_conflict_began tells"
              + " administrators its MAC address and port");
    }
    if (situation.askedAll().isEmpty()) {
      return Check.unknown(Topic.DUPLICATE_ADDRESS, unseen("nobody could be asked"));
    }
    List<Station> others =
        situation.askedAll().get().stream()
            .filter(it ->
                situation.members().stream().noneMatch(member -> member.port().equals(it.port())))
            .toList();
    return others.isEmpty()
        ? Check.ok(
            Topic.DUPLICATE_ADDRESS, "when asked, nobody but bound VMs said to have the address")
        : Check.problem(
            Topic.DUPLICATE_ADDRESS,
            situation.namesHosts()
                ? others.stream()
                    .map(it -> it.mac() + " at the port " + it.port() + " says to have the address")
                    .collect(Collectors.joining(", "))
                : "another host says to have the address",
            situation.namesHosts()
                ? "take the address away there"
                : "choose another address, or ask an administrator to find the host");
  }

  private Check configuration() {
    List<Member> outdated = configured(VirtualRouter.Configuration.OUTDATED);
    if (!outdated.isEmpty()) {
      return Check.warning(
          Topic.CONFIGURATION,
          names(outdated)
              + (outdated.size() == 1 ? " has a configuration" : " have configurations")
              + " that HAVIP made for other bindings than there are",
          "replace it by the present one (havip keepalived config) and reload keepalived");
    }
    List<Member> none = configured(VirtualRouter.Configuration.NONE);
    return none.isEmpty() && !situation.members().isEmpty()
        ? Check.ok(Topic.CONFIGURATION, "all have the configuration that fits the bindings")
        : Check.unknown(
            Topic.CONFIGURATION,
            none.isEmpty() ? "no VM is bound" : "HAVIP made none for " + names(none));
  }

  private List<Member> configured(VirtualRouter.Configuration configuration) {
    return situation.members().stream().filter(it -> it.configuration() == configuration).toList();
  }

  private Check gateway() {
    if (situation.gateway() == null) {
      return Check.ok(Topic.GATEWAY, "the network has no gateway: it is reached from inside only");
    }
    return situation
        .gatewayAnswers()
        .map(answers ->
            !answers.isEmpty()
                ? answered(answers)
                : Check.problem(
                    Topic.GATEWAY,
                    "the gateway " + situation.gateway() + " does not answer",
                    "nobody reaches the VIP from outside: look at the router and its port"))
        .orElseGet(() -> Check.unknown(Topic.GATEWAY, unseen("the gateway could not be asked")));
  }

  private Check answered(List<Station> stations) {
    String evidence =
        "the gateway %s answers%s"
            .formatted(
                situation.gateway(),
                situation.namesHosts()
                    ? stations.stream()
                        .map(it -> it.mac() + " at the port " + it.port())
                        .collect(Collectors.joining(", ", ": ", ""))
                    : "");
    boolean isOne = stations.stream().map(Station::mac).distinct().count() == 1;
    return isOne
        ? Check.ok(Topic.GATEWAY, evidence)
        : Check.warning(
            Topic.GATEWAY,
            evidence + "; several hosts say to have its address",
            "take the address away where it is not the gateway's");
  }

  private Optional<Member> memberAtVrrp(String port) {
    return situation.members().stream().filter(it -> it.vrrpPort().equals(port)).findFirst();
  }

  private boolean isMember(Refused refused) {
    return situation.members().stream()
        .anyMatch(it -> it.port().equals(refused.port()) && it.fencedUntil() == null);
  }

  private String name(Holder holder) {
    return situation.members().stream()
        .filter(it -> it.vmId().equals(holder.vmId()))
        .findFirst()
        .map(Member::name)
        .orElse(holder.vmId().value());
  }

  private String ago(Refused refused) {
    Instant last = refused.lastAt();
    return last == null ? "some time ago" : "the last one " + ago(last);
  }

  private String ago(Instant at) {
    long seconds = Math.max(0, Duration.between(at, situation.now()).toSeconds());
    return seconds < 120 ? seconds + " s ago" : seconds / 60 + " min ago";
  }

  private static String names(List<Member> members) {
    return members.stream().map(Member::name).collect(Collectors.joining(", "));
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** Like 1 or 0.1. */
  private static String seconds(Duration duration) {
    String text = Double.toString(duration.toMillis() / 1000.0);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
