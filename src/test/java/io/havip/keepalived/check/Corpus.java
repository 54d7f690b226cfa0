package io.havip.keepalived.check;

import io.havip.keepalived.check.ControlPlane.KnownVip;
import io.havip.keepalived.check.ControlPlane.KnownVm;
import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.SourceFile;
import io.havip.net.Ipv4Address;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Configurations with one planted mistake each, and without any: a folder for each, named by the
 * code that is expected ({@code one+other} where one brings the other), in {@code file}, {@code
 * cluster} (a file for each node) or {@code plane}.
 */
final class Corpus {
  static final Set<String> ALL = Set.of("A", "B", "C");

  private Corpus() {}

  /**
   * A case.
   *
   * @param codes expected in lower case; none in a clean one
   */
  record Case(String kind, String name, Set<String> codes, List<SourceFile> files) {
    Report check() {
      return checked(files);
    }

    Report checked(List<SourceFile> given) {
      return new Checker(Includes.NONE, kind.equals("plane") ? plane() : null).check(given);
    }

    @Override
    public String toString() {
      return kind + "/" + name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String kind : List.of("file", "cluster", "plane")) {
      for (Path folder : children(root().resolve("corpus").resolve(kind))) {
        String name = folder.getFileName().toString();
        Set<String> codes =
            new TreeSet<>(List.of(name.substring(0, name.lastIndexOf('.')).split("\\+")));
        codes.remove("clean");
        cases.add(new Case(kind, name, codes, files(folder)));
      }
    }
    return cases;
  }

  /** The three nodes of the user guide's sample. */
  static List<SourceFile> userGuide() {
    return files(root().resolve("user-guide"));
  }

  /**
   * A, B and C have 10.0.240.14 to .16 and are bound to two VIPs, B and C to a third; D to none.
   */
  static ControlPlane plane() {
    return new ControlPlane(
        List.of(
            vip("web", "10.0.240.100", false, 77, ALL),
            vip("db", "10.0.240.101", false, 79, Set.of("B", "C")),
            vip("out", "203.0.113.10", true, 78, ALL)),
        IntStream.range(0, 4)
            .mapToObj(i ->
                new KnownVm(
                    "ABCD".substring(i, i + 1),
                    "vm-" + "abcd".charAt(i),
                    Set.of(Ipv4Address.parse("10.0.240." + (14 + i)))))
            .toList(),
        "A");
  }

  private static KnownVip vip(
      String name, String address, boolean isExternal, int vrid, Set<String> vms) {
    return new KnownVip(name, Ipv4Address.parse(address), 24, isExternal, Optional.of(vrid), vms);
  }

  private static Path root() {
    @Nullable URL url = Corpus.class.getResource("user-guide");
    try {
      return Objects.requireNonNull(Path.of(Objects.requireNonNull(url).toURI()).getParent());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<SourceFile> files(Path folder) {
    return children(folder).stream()
        .map(file -> {
          try {
            return new SourceFile(file.getFileName().toString(), Files.readString(file));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
