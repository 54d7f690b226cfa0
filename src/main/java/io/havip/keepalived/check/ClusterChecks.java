package io.havip.keepalived.check;

import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What only shows when the files of several nodes are together. */
final class ClusterChecks {
  private static final int VMS_MAX = 3;

  /** More than these are not compared: each is compared with each. */
  private static final int INSTANCES_MAX = 300;

  private final Findings findings;

  ClusterChecks(Findings findings) {
    this.findings = findings;
  }

  void check(List<Node> nodes) {
    List<List<Instance>> clusters = clusters(nodes);
    for (List<Instance> cluster : clusters) {
      Instance first = cluster.getFirst();
      for (Instance other : cluster.subList(1, cluster.size())) {
        compare(first, other);
      }
      priorities(cluster);
      sources(cluster);
      peers(cluster);
      weights(cluster);
      if (cluster.size() == VMS_MAX + 1) {
        findings.add(
            FindingCode.TOO_MANY_VMS,
            cluster.get(VMS_MAX).statement(),
            "this is node number " + cluster.size() + " of " + InstanceChecks.label(first),
            List.of());
      }
    }
    collisions(clusters);
  }

  /**
   * The instances that belong together: of different nodes, and with a VIP in common, or else with
   * one VRID and one name.
   */
  private static List<List<Instance>> clusters(List<Node> nodes) {
    List<List<Instance>> clusters = new ArrayList<>();
    List<Instance> instances =
        nodes.stream().flatMap(node -> node.instances().stream()).limit(INSTANCES_MAX).toList();
    for (Instance instance : instances) {
      clusters.stream()
          .filter(cluster -> cluster.stream().noneMatch(it -> it.node() == instance.node()))
          .filter(cluster -> cluster.stream().anyMatch(it -> isOneCluster(it, instance)))
          .findFirst()
          .ifPresentOrElse(
              cluster -> cluster.add(instance),
              () -> clusters.add(new ArrayList<>(List.of(instance))));
    }
    return clusters;
  }

  private static boolean isOneCluster(Instance one, Instance other) {
    Set<String> vips = one.vips().stream().map(VipLine::addressText).collect(Collectors.toSet());
    boolean shareVip = other.vips().stream().map(VipLine::addressText).anyMatch(vips::contains);
    boolean sharePeers = isPeer(one, other) || isPeer(other, one);
    return shareVip
        || (sharePeers && one.name().equals(other.name()) && one.vrid().equals(other.vrid()));
  }

  private static boolean isPeer(Instance one, Instance other) {
    return other
        .source()
        .filter(source -> one.peers().stream().anyMatch(peer -> peer.text().equals(source.text())))
        .isPresent();
  }

  private void compare(Instance first, Instance other) {
    String there = " in " + first.node().file().name();
    Statement statement = other.statement();
    if (!first.advertisedTexts().equals(other.advertisedTexts())) {
      Set<String> difference = new HashSet<>(first.advertisedTexts());
      difference.removeAll(other.advertisedTexts());
      Set<String> more = new TreeSet<>(other.advertisedTexts());
      more.removeAll(first.advertisedTexts());
      String[] missing =
          first.advertised().stream()
              .filter(vip -> difference.contains(vip.addressText()))
              .map(vip ->
                  vip.line().words().stream().map(Word::text).collect(Collectors.joining(" ")))
              .toArray(String[]::new);
      findings.add(
          FindingCode.VIPS_DIFFER,
          statement.last("virtual_ipaddress").orElse(statement),
          missing.length > 0
              ? String.join(", ", missing) + " is" + there + " and not here"
              : String.join(", ", more) + " is here and not" + there,
          missing.length > 0 && more.isEmpty()
              ? statement
                  .last("virtual_ipaddress")
                  .map(block -> findings.addTo(block, missing))
                  .orElse(List.of())
              : List.of());
    }
    if (!first.vrid().equals(other.vrid()) && first.vrid().isPresent()) {
      other
          .word("virtual_router_id")
          .ifPresent(word ->
              findings.add(
                  FindingCode.VRID_DIFFERS,
                  word,
                  "it is " + first.vrid().get() + there,
                  Findings.replace(word, Integer.toString(first.vrid().get()))));
    }
    if (first.version() != other.version()) {
      findings.add(
          FindingCode.VERSION_MIXED,
          statement,
          "this node has VRRP version %d, and it is %d%s"
              .formatted(other.version(), first.version(), there),
          other.has("version")
              ? other
                  .word("version")
                  .map(word -> Findings.replace(word, Integer.toString(first.version())))
                  .orElse(List.of())
              : findings.addTo(statement, "version " + first.version()));
      return; // what follows from it need not be said
    }
    if (first.interval() != other.interval()) {
      Optional<Word> word = other.word("advert_int");
      String expected = first.word("advert_int").map(Word::text).orElse("1");
      findings.add(
          FindingCode.ADVERT_INT_DIFFERS,
          word.orElse(statement.words().getFirst()),
          "advert_int is " + expected + there,
          word.map(given -> Findings.replace(given, expected)).orElse(List.of()));
    }
    if (!first.authentication().equals(other.authentication())) {
      String differing =
          text(first.authentication("auth_type")).equals(text(other.authentication("auth_type")))
              ? "auth_pass"
              : "auth_type";
      Optional<Word> expected = first.authentication(differing);
      Optional<Word> given = other.authentication(differing);
      findings.add(
          FindingCode.AUTH_DIFFERS,
          given.orElse(statement.words().getFirst()),
          "the authentication is another" + there,
          expected.isPresent() && given.isPresent()
              ? Findings.replace(given.get(), expected.get().text())
              : List.of());
    }
  }

  private static String text(Optional<Word> word) {
    return word.map(Word::text).orElse("");
  }

  private void priorities(List<Instance> cluster) {
    Map<Integer, Instance> taken = new HashMap<>();
    for (Instance instance : cluster) {
      Instance other = taken.putIfAbsent(instance.priority(), instance);
      if (other == null) {
        continue;
      }
      int free = instance.priority();
      Set<Integer> used =
          cluster.stream().map(Instance::priority).collect(Collectors.toCollection(HashSet::new));
      used.addAll(taken.keySet());
      while (used.contains(free)) {
        free = free > 10 ? free - 10 : 254 - free;
      }
      taken.put(free, instance);
      Optional<Word> word = instance.word("priority");
      String mended = Integer.toString(free);
      findings.add(
          FindingCode.PRIORITY_EQUAL,
          word.orElse(instance.statement().words().getFirst()),
          "the priority is %d in %s too".formatted(instance.priority(), other.node().file().name()),
          word.map(given -> Findings.replace(given, mended))
              .orElseGet(() -> findings.addTo(instance.statement(), "priority " + mended)));
    }
  }

  private void sources(List<Instance> cluster) {
    Map<String, Instance> bySource = new HashMap<>();
    for (Instance instance : cluster) {
      instance
          .source()
          .ifPresent(source -> {
            Instance other = bySource.putIfAbsent(source.text(), instance);
            if (other != null) {
              findings.add(
                  FindingCode.SOURCE_REPEATED,
                  source,
                  "%s has unicast_src_ip %s already"
                      .formatted(other.node().file().name(), source.text()),
                  List.of());
            }
          });
    }
  }

  private void peers(List<Instance> cluster) {
    for (Instance instance : cluster) {
      Optional<Statement> block = instance.statement().last("unicast_peer");
      if (block.isEmpty()) {
        multicastAmongUnicast(instance, cluster);
      }
      for (Instance other : cluster) {
        Optional<Word> source = other.source();
        boolean isSelf = instance.source().map(Word::text).equals(source.map(Word::text));
        if (other != instance
            && block.isPresent()
            && source.isPresent()
            && !isSelf
            && !isPeer(instance, other)) {
          findings.add(
              FindingCode.PEER_MISSING,
              block.get(),
              "%s, the node of %s, is no peer"
                  .formatted(source.get().text(), other.node().file().name()),
              findings.addTo(block.get(), source.get().text()));
        }
      }
    }
  }

  private void multicastAmongUnicast(Instance instance, List<Instance> cluster) {
    cluster.stream()
        .filter(other -> !other.peers().isEmpty())
        .findFirst()
        .ifPresent(other ->
            findings.add(
                FindingCode.PEER_MISSING,
                instance.statement(),
                "%s uses multicast, and the node of %s hears only its peers"
                    .formatted(InstanceChecks.label(instance), other.node().file().name()),
                List.of()));
  }

  /** A script that fails must take a node below the next one. */
  private void weights(List<Instance> cluster) {
    List<Integer> priorities = cluster.stream().map(Instance::priority).distinct().toList();
    if (priorities.size() < 2) {
      return;
    }
    int best = Collections.max(priorities);
    for (Instance instance : cluster) {
      if (instance.priority() != best || instance.isNopreempt()) {
        continue;
      }
      int next =
          priorities.stream()
              .filter(priority -> priority < best)
              .max(Integer::compare)
              .orElse(best);
      Map<String, Statement> defined = new HashMap<>();
      instance
          .node()
          .all("vrrp_script")
          .forEach(script -> script.value().ifPresent(name -> defined.put(name.text(), script)));
      for (Statement line : instance.lines("track_script")) {
        Optional<Word> word = ScriptChecks.weight(line, defined);
        int weight = word.flatMap(given -> Numbers.whole(given.text())).orElse(0);
        int gap = best - next;
        if (word.isPresent() && weight != 0 && Math.abs(weight) <= gap) {
          findings.add(
              FindingCode.WEIGHT_TOO_SMALL,
              word.get(),
              "the next node's priority is %d lower, the weight only %d"
                  .formatted(gap, Math.abs(weight)),
              Findings.replace(
                  word.get(), Integer.toString(Integer.signum(weight) * Math.min(253, gap + 1))));
        }
      }
    }
  }

  /** Different clusters whose nodes hear each other need different VRIDs. */
  private void collisions(List<List<Instance>> clusters) {
    Map<Integer, List<Instance>> byVrid = new HashMap<>();
    for (List<Instance> cluster : clusters) {
      Instance instance = cluster.getFirst();
      Optional<Integer> vrid = instance.vrid();
      if (vrid.isEmpty()) {
        continue;
      }
      List<Instance> other = byVrid.putIfAbsent(vrid.get(), cluster);
      if (other != null
          && other.getFirst().node() != instance.node()
          && isOneSubnet(other.getFirst(), instance)) {
        instance
            .word("virtual_router_id")
            .ifPresent(word ->
                findings.add(
                    FindingCode.VRID_COLLISION,
                    word,
                    "%s in %s has it too"
                        .formatted(
                            InstanceChecks.label(other.getFirst()),
                            other.getFirst().node().file().name()),
                    Findings.replace(word, Integer.toString(InstanceChecks.vridOf(instance)))));
      }
    }
  }

  /** Whether their nodes are in one /24, as far as the files say. */
  private static boolean isOneSubnet(Instance one, Instance other) {
    if (one.sourceAddress().isEmpty() || other.sourceAddress().isEmpty()) {
      return true;
    }
    return (one.sourceAddress().get().bits() ^ other.sourceAddress().get().bits()) >>> 8 == 0;
  }
}
