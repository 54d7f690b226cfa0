package io.havip.fabric.linux;

import io.havip.net.Ipv4Address;
import io.havip.plan.Answer;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Advert;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.Sign;
import io.havip.vrrp.Overheard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the rules have told of those that may use VIPs, the last of each kind. The rules tell only
 * what was granted, so there are never more than grants; what was withdrawn is forgotten by {@link
 * #keep}. Safe for use by several threads.
 */
final class Hearing {
  /** A VIP that is used through a port. */
  private record Use(String port, Ipv4Address address) {}

  /** An answer, with the moment for whoever asked. */
  private record Said(Instant at, long atNanos) {}

  /** The last of so many claims. */
  private record Claimed(Instant at, long count) {}

  private final Map<Use, Claimed> claims = new ConcurrentHashMap<>();
  private final Map<Use, Said> answers = new ConcurrentHashMap<>();
  private final Map<Use, Advert> adverts = new ConcurrentHashMap<>();

  void claimed(String port, Ipv4Address address, Instant at) {
    claims.merge(
        new Use(port, address),
        new Claimed(at, 1),
        (before, now) -> new Claimed(now.at(), before.count() + 1));
  }

  void answered(String port, Ipv4Address address, Instant at) {
    answers.put(new Use(port, address), new Said(at, System.nanoTime()));
  }

  /**
   * An advertisement came.
   *
   * @return whether it says more than that all is as before: the sender resigns, or did, or names
   *     an address for the first time
   */
  boolean advertised(String port, Overheard overheard, Instant at) {
    boolean isNews = false;
    for (Ipv4Address address : overheard.addresses()) {
      Use use = new Use(port, address);
      Advert before = adverts.get(use);
      adverts.put(
          use,
          new Advert(
              port,
              address,
              overheard.virtualRouterId(),
              overheard.priority(),
              overheard.interval(),
              before == null ? 1 : before.count() + 1,
              at));
      isNews |= before == null || (before.priority() == 0) != (overheard.priority() == 0);
    }
    return isNews;
  }

  /** The answers since a moment, of members of these grants. */
  List<Answer> answersSince(long nanos, Collection<Grant> grants) {
    List<Answer> since = new ArrayList<>();
    for (Grant grant : grants) {
      for (Grant.Member member : grant.members()) {
        Said said = answers.get(new Use(member.port(), grant.address()));
        if (said != null && said.atNanos() - nanos >= 0) {
          since.add(new Answer(grant.segment(), grant.address(), member.port(), member.mac()));
        }
      }
    }
    return since;
  }

  List<Sign> claims() {
    List<Sign> signs = new ArrayList<>();
    claims.forEach((use, last) -> signs.add(new Sign(use.port(), use.address(), last.at())));
    return signs;
  }

  List<ClaimCount> claimCounts() {
    List<ClaimCount> counts = new ArrayList<>();
    claims.forEach(
        (use, last) -> counts.add(new ClaimCount(use.port(), use.address(), last.count())));
    return counts;
  }

  List<Sign> answers() {
    List<Sign> signs = new ArrayList<>();
    answers.forEach((use, said) -> signs.add(new Sign(use.port(), use.address(), said.at())));
    return signs;
  }

  List<Advert> adverts() {
    return List.copyOf(adverts.values());
  }

  /** Forgets all but what these grants permit. */
  void keep(Collection<Grant> grants) {
    Map<Ipv4Address, Set<String>> ports = new HashMap<>();
    for (Grant grant : grants) {
      Set<String> ofAddress = ports.computeIfAbsent(grant.address(), _ -> new HashSet<>());
      for (Grant.Member member : grant.members()) {
        ofAddress.add(member.port());
        ofAddress.add(member.vrrpPort());
      }
    }
    for (Map<Use, ?> heard : List.of(claims, answers, adverts)) {
      heard
          .keySet()
          .removeIf(use -> !ports.getOrDefault(use.address(), Set.of()).contains(use.port()));
    }
  }
}
