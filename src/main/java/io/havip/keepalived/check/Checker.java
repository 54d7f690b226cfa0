package io.havip.keepalived.check;

import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.ParsedFile;
import io.havip.keepalived.parse.Parser;
import io.havip.keepalived.parse.SourceFile;
import io.havip.net.Ipv4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds mistakes in keepalived.conf(5) that {@code keepalived --config-test} finds, and those that
 * it cannot: because they are no mistakes of one line, of one file, or of the files at all.
 *
 * <p>A file with lines for hosts ({@code @host}) is looked at once for each of them, as if each had
 * a file of its own.
 */
public final class Checker {
  /** One fix can show the next mistake; more rounds than these only argue with themselves. */
  private static final int ROUNDS_MAX = 6;

  private final Includes includes;
  private final @Nullable ControlPlane plane;

  /**
   * @param plane what HAVIP knows; nothing to look at the files alone
   */
  public Checker(Includes includes, @Nullable ControlPlane plane) {
    this.includes = includes;
    this.plane = plane;
  }

  /**
   * Looks at files together.
   *
   * @param files of one cluster, or of several on one subnet, with distinct names
   */
  public Report check(List<SourceFile> files) {
    Round first = new Round(files);
    List<SourceFile> mended = files;
    Round round = first;
    for (int i = 0; i < ROUNDS_MAX && !round.findings.edits().isEmpty(); i++) {
      mended = round.sources.with(round.findings.edits());
      round = new Round(mended);
    }
    List<String> order = files.stream().map(SourceFile::name).toList();
    List<Finding> sorted =
        first.findings.findings().stream()
            .sorted(
                Comparator.comparingInt((Finding finding) -> place(order, finding))
                    .thenComparing(Finding::place))
            .toList();
    return new Report(sorted, mended, failovers(first.nodes));
  }

  private static int place(List<String> order, Finding finding) {
    int index = order.indexOf(finding.place().file());
    return index < 0 ? order.size() : index;
  }

  /** The addresses that files claim as VIPs. */
  public Set<Ipv4Address> vipAddresses(List<SourceFile> files) {
    Set<Ipv4Address> addresses = new LinkedHashSet<>();
    files.stream()
        .flatMap(this::nodes)
        .flatMap(node -> node.instances().stream())
        .flatMap(instance -> instance.vips().stream())
        .flatMap(vip -> vip.address().stream())
        .forEach(addresses::add);
    return addresses;
  }

  /** One look at all files. */
  private final class Round {
    private final Sources sources;
    private final Findings findings;
    private final List<Node> nodes;

    Round(List<SourceFile> files) {
      sources = new Sources(files);
      findings = new Findings(sources);
      nodes = files.stream().flatMap(Checker.this::nodes).toList();
      for (Node node : nodes) {
        new FileChecks(findings, sources).check(node);
        new InstanceChecks(findings).check(node);
        new ScriptChecks(findings).check(node);
        if (plane != null) {
          new PlaneChecks(findings, plane).check(node);
        }
      }
      new ClusterChecks(findings).check(nodes);
    }
  }

  private Stream<Node> nodes(SourceFile file) {
    Set<String> hosts = Parser.hosts(file);
    Stream<String> ids = hosts.isEmpty() ? Stream.of("") : hosts.stream();
    return ids.map(host -> {
      ParsedFile parsed = Parser.parse(file, host, includes);
      return new Node(parsed);
    });
  }

  private static List<Failover> failovers(List<Node> nodes) {
    List<Failover> failovers = new ArrayList<>();
    for (Node node : nodes) {
      for (Instance instance : node.instances()) {
        failovers.add(
            new Failover(node.file().name(), instance.name(), instance.failoverSeconds()));
      }
    }
    return failovers;
  }
}
