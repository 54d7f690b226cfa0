package io.havip.keepalived.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.keepalived.InstalledKeepalived;
import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.Parser;
import io.havip.keepalived.parse.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The checker and {@code keepalived --config-test} agree wherever that speaks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealKeepalivedIT {
  /** It has the NICs that the corpus names, and the scripts, where only it sees them. */
  private static final String PREPARE =
      """
      set -e
      original=$(mktemp -d)
      mount --bind /etc/keepalived "$original"
      mount -t tmpfs tmpfs /etc/keepalived
      # keepalived 2.3 does not start without the options that it was built with.
      cp "$original"/*.config-opts /etc/keepalived/ 2>/dev/null || true
      printf '#!/bin/sh\\n' >/etc/keepalived/healthy.sh
      cp /etc/keepalived/healthy.sh /etc/keepalived/do_sth.sh
      chmod 755 /etc/keepalived/*.sh
      for nic in eth0 eth1; do
        ip link add $nic type veth peer name p$nic
        ip link set $nic up
      done
      """;

  private static final Pattern LINE = Pattern.compile("\\((?:[^ ()]+: )?Line (\\d+)\\)");

  @TempDir private Path folder;

  /**
   * What keepalived said.
   *
   * @param lines the numbers of those that it spoke of
   */
  private record Answer(int exitCode, String output, Set<Integer> lines) {}

  @BeforeAll
  void prepare() throws Exception {
    Files.createDirectories(Path.of("/etc/keepalived"));
    run(PREPARE);
  }

  @Test
  void itAndTheCheckerAgree() throws Exception {
    Map<String, SourceFile> files = new LinkedHashMap<>();
    for (Corpus.Case planted : Corpus.cases()) {
      for (SourceFile file : planted.files()) {
        files.put(planted + "/" + file.name(), file);
      }
    }
    Map<String, Answer> answers = configTest(files);
    Set<FindingCode> refusedCodes = EnumSet.copyOf(REFUSED);
    if (InstalledKeepalived.acceptsUnicastWithoutInterface()) {
      refusedCodes.remove(FindingCode.INTERFACE_MISSING);
    }
    SoftAssertions all = new SoftAssertions();
    int refused = 0;
    int onlyFound = 0;
    for (Map.Entry<String, SourceFile> entry : files.entrySet()) {
      Answer answer = Objects.requireNonNull(answers.get(entry.getKey()));
      Report report = new Checker(Includes.NONE, null).check(List.of(entry.getValue()));
      if (answer.exitCode() != 0) {
        refused++;
        all.assertThat(report.hasErrors())
            .as("%s: keepalived says %s", entry.getKey(), answer.output())
            .isTrue();
        Set<Integer> found = new TreeSet<>();
        report.findings().forEach(finding -> found.add(finding.place().line()));
        boolean isBraces =
            report.findings().stream()
                .anyMatch(finding -> finding.code() == FindingCode.UNBALANCED_BRACES);
        // It speaks of braces where they begin to hurt, and of some blocks at their end.
        answer.lines().stream()
            .findFirst()
            .filter(_ -> !isBraces)
            .ifPresent(line ->
                all.assertThat(found)
                    .as("%s: keepalived says %s", entry.getKey(), answer.output())
                    .anyMatch(number -> number <= line && number >= line - 4));
      } else if (!report.findings().isEmpty()) {
        onlyFound++;
        all.assertThat(report.findings())
            .as("keepalived accepts %s", entry.getKey())
            .noneMatch(finding ->
                finding.severity() == Severity.ERROR && refusedCodes.contains(finding.code()));
      }
    }
    System.out.printf(
        "%d files: keepalived --config-test refuses %d, each with an error of the checker;"
            + " in %d more the checker finds what it cannot%n",
        files.size(), refused, onlyFound);
    all.assertAll();
  }

  /** What it refuses, whatever else the file says. */
  private static final Set<FindingCode> REFUSED =
      Set.of(
          FindingCode.UNBALANCED_BRACES,
          FindingCode.UNMATCHED_QUOTE,
          FindingCode.UNKNOWN_KEYWORD,
          FindingCode.MISSING_VALUE,
          FindingCode.INVALID_VALUE,
          FindingCode.VALUE_OUT_OF_RANGE,
          FindingCode.TRAILING_TEXT,
          FindingCode.INSTANCE_REPEATED,
          FindingCode.INTERFACE_MISSING,
          FindingCode.VRID_MISSING,
          FindingCode.VIP_MISSING,
          FindingCode.EMPTY_PEER_LIST,
          FindingCode.STATE_MASTER_NOPREEMPT,
          FindingCode.ADVERT_INT_FRACTIONAL,
          FindingCode.AUTH_PASS_TOO_LONG,
          FindingCode.AUTH_WITH_V3,
          FindingCode.SCRIPT_UNDEFINED,
          FindingCode.SCRIPT_DEFINED_LATER,
          FindingCode.SCRIPT_MISSING);

  @Test
  void itAcceptsWhatWasMended() throws Exception {
    Map<String, SourceFile> mended = new LinkedHashMap<>();
    for (Corpus.Case planted : Corpus.cases()) {
      Report report = planted.check();
      if (report.findings().stream().allMatch(finding -> finding.fix() != null)) {
        report.mended().forEach(file -> mended.put(planted + "/" + file.name(), file));
      }
    }
    for (SourceFile file : new Checker(Includes.NONE, null).check(Corpus.userGuide()).mended()) {
      mended.put("user-guide/" + file.name(), file);
    }
    SourceFile alone =
        new Checker(Includes.NONE, null)
            .check(List.of(Corpus.userGuide().getFirst()))
            .mended()
            .getFirst();
    mended.put("user-guide-alone/" + alone.name(), alone);
    Map<String, Answer> answers = configTest(mended);
    SoftAssertions all = new SoftAssertions();
    answers.forEach((name, answer) ->
        all.assertThat(answer.exitCode())
            .as(
                "%s: %s%n%s",
                name, answer.output(), Objects.requireNonNull(mended.get(name)).text())
            .isZero());
    System.out.printf("keepalived --config-test accepts %d mended files%n", answers.size());
    all.assertAll();
  }

  /** Asks it for every file, in one shell: some hundred take seconds so. */
  private Map<String, Answer> configTest(Map<String, SourceFile> files) throws Exception {
    Path list = Files.createTempDirectory(folder, "files");
    List<String> names = new ArrayList<>(files.keySet());
    for (int i = 0; i < names.size(); i++) {
      SourceFile file = Objects.requireNonNull(files.get(names.get(i)));
      Files.writeString(list.resolve(i + ".conf"), file.text());
      Files.writeString(
          list.resolve(i + ".id"), Parser.hosts(file).stream().findFirst().orElse("any"));
    }
    run(
        """
        cd %s
        for i in $(seq 0 %d); do
          keepalived --config-test --config-id "$(cat $i.id)" --use-file $i.conf >$i.out 2>&1; echo $? >$i.rc
        done
        """
            .formatted(list, names.size() - 1));
    Map<String, Answer> answers = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String output = Files.readString(list.resolve(i + ".out"));
      Set<Integer> lines = new TreeSet<>();
      Matcher line = LINE.matcher(output);
      while (line.find()) {
        lines.add(Integer.parseInt(line.group(1)));
      }
      int exitCode = Integer.parseInt(Files.readString(list.resolve(i + ".rc")).strip());
      answers.put(names.get(i), new Answer(exitCode, output, lines));
    }
    return answers;
  }

  private static void run(String script) throws IOException, InterruptedException {
    Path output = Files.createTempFile("script", ".out");
    try {
      Process process =
          new ProcessBuilder("sh", "-c", script)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    } finally {
      Files.delete(output);
    }
  }
}
