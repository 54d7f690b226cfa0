package io.havip.keepalived.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** docs/reference/keepalived-checks.md explains what there is. */
class ReferenceTest {
  @Test
  void everyCodeIsExplained() throws Exception {
    String page = Files.readString(Path.of("docs/reference/keepalived-checks.md"));
    List<String> sections = Arrays.stream(page.split("\n### ")).skip(1).toList();
    assertThat(sections)
        .extracting(section -> section.lines().findFirst().orElseThrow())
        .containsExactlyElementsOf(
            Arrays.stream(FindingCode.values())
                .map(code ->
                    "`%s` (%s)"
                        .formatted(
                            code.name().toLowerCase(Locale.ROOT),
                            code.severity().name().toLowerCase(Locale.ROOT)))
                .toList());
    Iterator<String> section = sections.iterator();
    for (FindingCode code : FindingCode.values()) {
      assertThat(section.next())
          .contains("\n\nWhy: " + code.why() + "\n")
          .containsPattern("\nMend: \\S");
    }
  }
}
