package io.havip.keepalived.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Real configurations, cut and mixed: whatever comes of it, there is a report. */
class CheckerFuzzTest {
  private static final List<Corpus.Case> CASES = Corpus.cases();

  @Property(tries = 300)
  void survivesAnything(@ForAll Random random) {
    List<SourceFile> files =
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(i -> new SourceFile("f" + i, mixed(random)))
            .toList();
    Report report = new Checker(Includes.NONE, Corpus.plane()).check(files);
    assertThat(report.mended()).hasSameSizeAs(files);
    assertThat(report.findings()).hasSizeLessThanOrEqualTo(500);
    report
        .findings()
        .forEach(finding -> {
          assertThat(finding.place().line()).isPositive();
          assertThat(finding.place().column()).isPositive();
          assertThat(finding.message()).isNotBlank();
        });
  }

  private static String mixed(Random random) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<SourceFile> files = CASES.get(random.nextInt(CASES.size())).files();
      words.addAll(List.of(files.get(random.nextInt(files.size())).text().split("(?<=[ {}\n])")));
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      int at = random.nextInt(words.size());
      switch (random.nextInt(3)) {
        case 0 -> words.remove(at);
        case 1 -> words.add(at, words.get(random.nextInt(words.size())));
        default -> words.set(at, words.get(random.nextInt(words.size())));
      }
      if (words.isEmpty()) {
        words.add("\n");
      }
    }
    return String.join("", words);
  }
}
