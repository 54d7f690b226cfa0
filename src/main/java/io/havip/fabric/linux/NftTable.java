package io.havip.fabric.linux;

import io.havip.fabric.linux.Wanted.VipKey;
import io.havip.kernel.KernelException;
import io.havip.kernel.Nfnetlink;
import io.havip.kernel.Nftables;
import io.havip.kernel.NftablesException;
import io.havip.plan.Observed.Claim;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code bridge havip} in the kernel, as it is written. For one thread at a time.
 *
 * <p>What the kernel lists of the rules is not what was written (names become numbers), so the
 * listing is remembered right after the rules were installed, and compared with that. The first
 * time there is nothing to compare with: the rules are installed anew, whatever they were, and the
 * sets keep their elements.
 */
final class NftTable implements AutoCloseable {
  /** How often a transaction is tried that a claim from the wire made fail. */
  private static final int ATTEMPTS = 3;

  private static final int MAX_NAMED = 3;

  private final Nftables nftables;
  private final Nfnetlink nfnetlink;
  private final Set<Integer> ownGenerations = new HashSet<>();
  private @Nullable String installed;

  /** The generation since which nobody else has changed anything; none when that is not known. */
  private @Nullable Integer untouchedSince;

  private NftTable(Nftables nftables, Nfnetlink nfnetlink) {
    this.nftables = nftables;
    this.nfnetlink = nfnetlink;
  }

  static NftTable open() throws IOException {
    return new NftTable(Nftables.open(), Nfnetlink.open());
  }

  /**
   * Makes the table hold these elements under the rules of havip.nft; says what others had changed.
   * Where nobody else has changed anything since, what the table holds need not be read: reading
   * 30,000 elements takes seconds.
   *
   * @param held what it holds unless somebody else has changed it
   */
  List<String> sync(Set<Element> held, Set<Element> wanted) throws IOException {
    int generation = nfnetlink.generation();
    if (Integer.valueOf(generation).equals(untouchedSince)) {
      transact(ElementChanges.between(held, wanted).commands());
      return List.of();
    }
    untouchedSince = generation;
    return compare(installed == null ? wanted : held, wanted);
  }

  private List<String> compare(Set<Element> held, Set<Element> wanted) throws IOException {
    ElementChanges all = ElementChanges.between(Set.of(), wanted);
    if (!nftables.outline("list tables bridge").lines().toList().contains("table bridge havip")) {
      transact(Ruleset.CREATE + all.commands());
      installed = outline();
      return List.of("the nftables table bridge havip was missing");
    }
    String before = outline();
    Set<Element> found = elements(before);
    ElementChanges changes = ElementChanges.between(found, wanted);
    List<String> byOthers = describe(ElementChanges.between(found, held));
    if (before.equals(installed)) {
      if (!changes.isEmpty()) {
        transact(changes.commands());
      }
      return byOthers;
    }
    String after = renew(changes) ? outline() : "";
    boolean right =
        installed == null
            ? Ruleset.parts(after).equals(Ruleset.parts(Ruleset.TEXT))
            : after.equals(installed);
    if (!right) {
      transact(Ruleset.REPLACE + all.commands());
      after = outline();
    }
    installed = after;
    List<String> differences = new ArrayList<>();
    if (!before.equals(after)) {
      differences.add("the rules of the nftables table bridge havip had been changed");
    }
    differences.addAll(byOthers);
    return differences;
  }

  /**
   * Changes elements, and forgets the claims of VIPs that these ports lose, in one transaction.
   *
   * @throws NftablesException when nothing was changed
   */
  void apply(ElementChanges changes, Map<VipKey, Set<String>> losers) throws IOException {
    if (installed == null) {
      throw new NftablesException("the table bridge havip was not brought in line yet");
    }
    forgetting(
        losers.isEmpty() ? List.of() : claims(),
        claim ->
            losers
                .getOrDefault(new VipKey(claim.segment(), claim.address()), Set.of())
                .contains(claim.port()),
        changes.commands());
  }

  /** Forgets the claims by ports that may not claim, which an earlier run may have left. */
  void forgetStrangers(Map<VipKey, Set<String>> claimants) throws IOException {
    forgetting(
        claims(),
        claim ->
            !claimants
                .getOrDefault(new VipKey(claim.segment(), claim.address()), Set.of())
                .contains(claim.port()),
        "");
  }

  /** Whether this generation came from here; asked once for each. */
  boolean isOwn(int generation) {
    boolean own = ownGenerations.remove(generation);
    ownGenerations.removeIf(g -> g - generation < 0);
    return own;
  }

  @Override
  public void close() {
    nftables.close();
    nfnetlink.close();
  }

  /** A claim that comes or goes between reading and deleting it makes the transaction fail. */
  private void forgetting(List<Claim> read, Predicate<Claim> lost, String commands)
      throws IOException {
    List<Claim> claims = read;
    for (int attempt = 1; ; attempt++) {
      List<Claim> forgotten = claims.stream().filter(lost).toList();
      String deletions =
          forgotten.stream()
              .map(c -> "delete element bridge havip owner { " + key(c) + " }\n")
              .collect(Collectors.joining());
      try {
        transact(commands + deletions);
        return;
      } catch (NftablesException e) {
        if (forgotten.isEmpty() || attempt == ATTEMPTS) {
          throw e;
        }
      }
      claims = claims();
    }
  }

  private static String key(Claim claim) {
    return claim.segment() + " . " + claim.address();
  }

  /** False when the kernel refused, because sets are not as in havip.nft. */
  private boolean renew(ElementChanges changes) throws KernelException {
    try {
      transact(Ruleset.RENEW + changes.commands());
      return true;
    } catch (NftablesException e) {
      return false;
    }
  }

  /** A transaction is known to be the generation that it made when no other came between. */
  private void transact(String commands) throws NftablesException, KernelException {
    if (commands.isEmpty()) {
      return;
    }
    int before = nfnetlink.generation();
    nftables.run(commands);
    int after = nfnetlink.generation();
    boolean alone = after == before + 1;
    if (alone) {
      ownGenerations.add(after);
    }
    untouchedSince = alone && Integer.valueOf(before).equals(untouchedSince) ? after : null;
  }

  private String outline() throws NftablesException {
    return nftables.outline("list table bridge havip");
  }

  private Set<Element> elements(String outline) throws NftablesException {
    Set<Element> elements =
        new HashSet<>(NftListing.elements(nftables.json("list sets table bridge havip")));
    if (Ruleset.parts(outline).contains("map segments")) {
      elements.addAll(NftListing.elements(nftables.json("list map bridge havip segments")));
    }
    return elements;
  }

  private List<Claim> claims() throws NftablesException {
    return NftListing.claims(nftables.json("list map bridge havip owner"));
  }

  private static List<String> describe(ElementChanges changes) {
    List<String> lines = new ArrayList<>();
    for (ElementSet set : ElementSet.values()) {
      describe("was missing from", set, changes.added(), lines);
      describe("had been added to", set, changes.deleted(), lines);
    }
    return lines;
  }

  private static void describe(
      String what, ElementSet set, SortedSet<Element> elements, List<String> lines) {
    SortedSet<Element> ofSet = new TreeSet<>(elements);
    ofSet.removeIf(e -> e.set() != set);
    if (!ofSet.isEmpty()) {
      String named =
          ofSet.stream().limit(MAX_NAMED).map(Element::text).collect(Collectors.joining(", "));
      String more = ofSet.size() > MAX_NAMED ? " and " + (ofSet.size() - MAX_NAMED) + " more" : "";
      lines.add(named + more + " " + what + " the nftables set " + set.nftName());
    }
  }
}
