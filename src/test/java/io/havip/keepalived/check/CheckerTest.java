package io.havip.keepalived.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.SourceFile;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckerTest {
  static List<Corpus.Case> cases() {
    return Corpus.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void thePlantedMistakeIsFoundAndNothingElse(Corpus.Case planted) {
    assertThat(codes(planted.check())).isEqualTo(planted.codes());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void linesMayEndAsOnWindows(Corpus.Case planted) {
    List<SourceFile> windows =
        planted.files().stream()
            .map(file -> new SourceFile(file.name(), file.text().replace("\n", "\r\n")))
            .toList();
    Report report = planted.checked(windows);
    assertThat(codes(report)).isEqualTo(planted.codes());
    assertThat(report.mended())
        .extracting(file -> file.text().replace("\r\n", "\n"))
        .isEqualTo(planted.check().mended().stream().map(SourceFile::text).toList());
  }

  /** What a fix leaves is nothing, or what only a person can mend. */
  @ParameterizedTest
  @MethodSource("cases")
  void whatCanBeMendedIsMended(Corpus.Case planted) {
    Report report = planted.check();
    boolean isMendable = report.findings().stream().allMatch(finding -> finding.fix() != null);
    if (isMendable) {
      assertThat(codes(planted.checked(report.mended()))).as("%s", report.mended()).isEmpty();
    }
  }

  @Test
  void theCorpusHasEveryCode() {
    List<Corpus.Case> cases = Corpus.cases();
    Set<String> planted =
        cases.stream()
            .flatMap(it -> it.codes().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    long clean = cases.stream().filter(it -> it.codes().isEmpty()).count();
    System.out.printf(
        "corpus: %d cases with %d files, %d of them clean; %d codes%n",
        cases.size(),
        cases.stream().mapToInt(it -> it.files().size()).sum(),
        clean,
        planted.size());
    Set<String> all = new TreeSet<>();
    for (FindingCode code : FindingCode.values()) {
      all.add(code.name().toLowerCase(Locale.ROOT));
    }
    assertThat(planted).isEqualTo(all);
    assertThat(cases).hasSizeGreaterThan(60);
  }

  @Test
  void theSampleOfTheUserGuideHasItsFaults() {
    SourceFile sample = Corpus.userGuide().getFirst();
    Report report = new Checker(Includes.NONE, null).check(List.of(sample));
    assertThat(report.findings())
        .extracting(finding -> finding.place().line() + " " + finding.code())
        .containsExactly(
            "5 VALUE_OUT_OF_RANGE",
            "6 VALUE_OUT_OF_RANGE",
            "8 SCRIPT_UNTRACKED",
            "17 VRID_DEFAULT",
            "20 SLOW_FAILOVER",
            "23 AUTH_PASS_GUESSABLE",
            "34 DEFAULT_ROUTE_IN_MAIN_TABLE",
            "34 TRAILING_TEXT");
    assertThat(report.findings())
        .filteredOn(finding -> finding.code() == FindingCode.SLOW_FAILOVER)
        .singleElement()
        .satisfies(slow -> {
          assertThat(slow.message()).contains("15.6 s");
          assertThat(slow.fix()).isEqualTo("    advert_int 1");
        });
    assertThat(report.failovers())
        .singleElement()
        .satisfies(failover -> assertThat(failover.seconds()).isBetween(15.6, 15.61));
    assertThat(report.findings().getLast().fix())
        .isEqualTo("        0.0.0.0/0 via 192.168.177.1 dev eth1  # Custom routing rule");
  }

  @Test
  void itsThreeNodesHaveEqualPriorities() {
    Report report = new Checker(Includes.NONE, null).check(Corpus.userGuide());
    assertThat(report.findings())
        .filteredOn(finding -> finding.code() == FindingCode.PRIORITY_EQUAL)
        .extracting(
            finding -> finding.place().file() + ": " + String.valueOf(finding.fix()).strip())
        .containsExactly(
            "node-2.conf: priority 90            # Two devices are nodes of equal weight with the"
                + " same value",
            "node-3.conf: priority 80            # Two devices are nodes of equal weight with the"
                + " same value");
    assertThat(report.findings()).hasSize(3 * 8 + 2);
    assertThat(codes(new Checker(Includes.NONE, null).check(report.mended()))).isEmpty();
  }

  @Test
  void aFindingPointsAtTheWord() {
    SourceFile file =
        new SourceFile("k.conf", "vrrp_instance V {\n  state BACKUP\n  priority 300 # high\n}\n");
    Finding finding =
        new Checker(Includes.NONE, null)
            .check(List.of(file)).findings().stream()
                .filter(it -> it.code() == FindingCode.VALUE_OUT_OF_RANGE)
                .findFirst()
                .orElseThrow();
    assertThat(finding.place().line()).isEqualTo(3);
    assertThat(finding.place().column()).isEqualTo(12);
    assertThat(finding.endColumn()).isEqualTo(15);
    assertThat(finding.message()).isEqualTo("priority is 1 to 255, not 300");
    assertThat(finding.fix()).isEqualTo("  # priority 300 # high");
  }

  @Test
  void withoutAVmEachFileIsOfABoundOne() {
    ControlPlane known = Corpus.plane();
    ControlPlane plane = new ControlPlane(known.vips(), known.vms(), null);
    Corpus.Case clean =
        Corpus.cases().stream()
            .filter(it -> it.kind().equals("cluster") && it.codes().isEmpty())
            .findFirst()
            .orElseThrow();
    assertThat(codes(new Checker(Includes.NONE, plane).check(clean.files()))).isEmpty();
  }

  static Set<String> codes(Report report) {
    return report.findings().stream()
        .map(finding -> finding.code().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
