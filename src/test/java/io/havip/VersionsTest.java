package io.havip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/reference/versions.md says what this machine has, where it is one of the Debians of its
 * table. A row without a package, or whose package is not installed, says nothing to check.
 */
class VersionsTest {
  private static final Path PAGE = Path.of("docs/reference/versions.md");
  private static final int NAME = 0;
  private static final int PACKAGE = 1;

  @TestFactory
  Stream<DynamicTest> theTableHasTheVersionsOfThisMachine() throws Exception {
    List<List<String>> table = table();
    int column = table.getFirst().indexOf(distribution());
    assertThat(table).hasSizeGreaterThan(5);
    return table.stream().skip(1).map(row -> dynamicTest(row.get(NAME), () -> check(row, column)));
  }

  private static void check(List<String> row, int column) throws Exception {
    assertThat(row.get(PACKAGE)).as("the package").matches("[a-z0-9.+-]*");
    Optional<String> installed =
        row.get(PACKAGE).isEmpty() ? Optional.empty() : installed(row.get(PACKAGE));
    if (column >= 0 && installed.isPresent()) {
      assertThat(installed.get() + ".").as(row.get(PACKAGE)).startsWith(row.get(column) + ".");
    }
  }

  /** The rows of the table that names packages, the heading first. */
  private static List<List<String>> table() throws IOException {
    try (Stream<String> lines = Files.lines(PAGE)) {
      return lines
          .dropWhile(line -> !line.contains("| Package |"))
          .takeWhile(line -> line.startsWith("|"))
          .filter(line -> !line.startsWith("|--"))
          .map(line ->
              Stream.of(line.substring(1).split("\\|", -1)).map(VersionsTest::plain).toList())
          .toList();
    }
  }

  private static String plain(String cell) {
    return cell.replace("`", "").strip();
  }

  /** Like {@code Debian 13}. */
  private static String distribution() throws IOException {
    String id = "";
    String version = "";
    for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
      if (line.equals("ID=debian")) {
        id = "Debian";
      } else if (line.startsWith("VERSION_ID=")) {
        version = line.replaceAll("[^0-9.]", "");
      }
    }
    return id + " " + version;
  }

  /** The version of the software in a package, without what the distribution adds to it. */
  private static Optional<String> installed(String name) throws Exception {
    Process query =
        new ProcessBuilder(
                "sh", "-c", "dpkg-query -W -f '${Version}' \"$1\" 2>/dev/null", "sh", name)
            .start();
    String version = new String(query.getInputStream().readAllBytes(), UTF_8).strip();
    return query.waitFor() == 0 && !version.isEmpty()
        ? Optional.of(version.replaceFirst("^[0-9]+:", "").replaceFirst("[-+~].*", ""))
        : Optional.empty();
  }
}
