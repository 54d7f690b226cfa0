package io.havip.fabric.linux;

import io.havip.event.ClaimKind;
import io.havip.fabric.linux.NftListing.Said;
import io.havip.fabric.linux.Wanted.VipKey;
import io.havip.kernel.Nftables;
import io.havip.kernel.NftablesException;
import io.havip.net.MacAddress;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.ForeignRouter;
import io.havip.plan.Observed.Refusal;
import io.havip.plan.Observed.Withheld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table {@code bridge havip} in the kernel, as it is read while it is in use: the count per
 * port many times a second, the sets of refused packets only after a count moved, the map of owners
 * once a second and the claims not at all where they are heard of ({@link Hearing}). Named counters
 * would say less, and cost more: libnftables lists them by reading the whole ruleset.
 */
final class NftObserver implements AutoCloseable {
  private record RefusalSet(String name, ClaimKind kind) {}

  private static final List<RefusalSet> REFUSAL_SETS =
      List.of(
          new RefusalSet("arp_thefts", ClaimKind.ARP),
          new RefusalSet("arp_spoofs", ClaimKind.ARP),
          new RefusalSet("arp_conflicts", ClaimKind.ARP),
          new RefusalSet("ip_thefts", ClaimKind.IP),
          new RefusalSet("ip_spoofs", ClaimKind.IP),
          new RefusalSet("vrrp_thefts", ClaimKind.VRRP),
          new RefusalSet("vrrp_spoofs", ClaimKind.VRRP),
          new RefusalSet("vrrp_unreadable", ClaimKind.VRRP),
          new RefusalSet("dhcp_refusals", ClaimKind.DHCP));

  /** For so long a listing counts of what may go on all the time, as IPv6 does. */
  private static final Duration BACKGROUND_EVERY = Duration.ofMillis(900);

  private final Nftables nftables;
  private List<Refusal> refusals = List.of();
  private List<Refusal> counts = List.of();
  private List<ClaimCount> claimCounts = List.of();
  private String segmentCounts = "";
  private Set<VipKey> claimed = Set.of();
  private List<Refusal> others = List.of();
  private List<Withheld> withheld = List.of();
  private Set<ForeignRouter> foreignRouters = Set.of();
  private Map<Integer, MacAddress> gatewayMacs = Map.of();
  private long backgroundAtNanos;

  private NftObserver(Nftables nftables) {
    this.nftables = nftables;
  }

  static NftObserver open() throws NftablesException {
    return new NftObserver(Nftables.open());
  }

  /** For each claimed VIP the port of the last accepted claim. */
  synchronized List<Claim> claims() throws NftablesException {
    List<Claim> claims = read();
    // A claim is replaced by deleting and adding it: one that is missing may be back already.
    if (!keys(claims).containsAll(claimed)) {
      claims = read();
    }
    claimed = keys(claims);
    return claims;
  }

  /** How often each port has claimed each VIP so far. */
  synchronized List<ClaimCount> claimCounts() throws NftablesException {
    // A claim is recorded before it is counted: what the counts say is in the set by now.
    String countsNow = nftables.json("list set bridge havip claimed");
    if (!countsNow.equals(segmentCounts)) {
      claimCounts = NftListing.claimCounts(nftables.json("list set bridge havip claims"));
      segmentCounts = countsNow;
    }
    return claimCounts;
  }

  /** How often who has answered so far. */
  synchronized Map<Said, Long> answers() throws NftablesException {
    return NftListing.answers(nftables.json("list set bridge havip answers"));
  }

  /** Refused packets so far. */
  synchronized List<Refusal> refusals() throws NftablesException {
    // A packet is recorded before it is counted: what the counts say is in the sets by now.
    List<Refusal> countsNow = list("refused", ClaimKind.IP);
    if (!countsNow.equals(counts)) {
      List<Refusal> all = new ArrayList<>();
      for (RefusalSet set : REFUSAL_SETS) {
        all.addAll(list(set.name(), set.kind()));
      }
      refusals = all;
      counts = countsNow;
    }
    readBackground();
    return Stream.concat(refusals.stream(), others.stream()).toList();
  }

  /** Advertisements that did not leave so far. */
  synchronized List<Withheld> withheld() throws NftablesException {
    readBackground();
    return withheld;
  }

  /** VRIDs that were heard at trusted ports within the last hour. */
  synchronized Set<ForeignRouter> foreignRouters() throws NftablesException {
    readBackground();
    return foreignRouters;
  }

  /** By segment the MAC address from which the gateway's was last heard at a trusted port. */
  synchronized Map<Integer, MacAddress> gatewayMacs() throws NftablesException {
    readBackground();
    return gatewayMacs;
  }

  private void readBackground() throws NftablesException {
    long now = System.nanoTime();
    if (backgroundAtNanos == 0 || now - backgroundAtNanos > BACKGROUND_EVERY.toNanos()) {
      others = list("others", ClaimKind.OTHER);
      withheld =
          list("withheld_adverts", ClaimKind.VRRP).stream()
              .flatMap(it ->
                  Optional.ofNullable(it.address()).stream()
                      .map(address -> new Withheld(it.port(), address, it.packets())))
              .toList();
      foreignRouters =
          NftListing.foreignRouters(nftables.json("list set bridge havip outside_vrids"));
      gatewayMacs = NftListing.gatewayMacs(nftables.json("list set bridge havip gateway_macs"));
      backgroundAtNanos = now;
    }
  }

  @Override
  public synchronized void close() {
    nftables.close();
  }

  private List<Refusal> list(String set, ClaimKind kind) throws NftablesException {
    return NftListing.refusals(kind, nftables.json("list set bridge havip " + set));
  }

  private List<Claim> read() throws NftablesException {
    return NftListing.claims(nftables.json("list map bridge havip owner"));
  }

  private static Set<VipKey> keys(List<Claim> claims) {
    return claims.stream()
        .map(c -> new VipKey(c.segment(), c.address()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
