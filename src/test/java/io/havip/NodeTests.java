package io.havip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Tests that are written for Node.js (node:test), each as a test of JUnit's. */
public final class NodeTests {
  /** Far more than any needs, on a machine that does much else. */
  private static final Duration LIMIT = Duration.ofMinutes(20);

  /** Messages of failures may be coloured, which XML cannot say. */
  private static final Pattern COLOR = Pattern.compile("\u001b\\[[0-9;]*m");

  private NodeTests() {}

  /**
   * Runs files of tests to their end, one file after the other.
   *
   * @param folder of JavaScript, as a path in the project; Maven has built it and its packages
   * @param environment what is added to this process's
   * @param files as paths in the folder
   * @return one test for each of theirs, which fails as it did; there is one at least
   */
  public static Stream<DynamicTest> of(
      String folder, Map<String, String> environment, String... files) throws Exception {
    Path report = Files.createTempFile("node-tests", ".xml");
    Path output = Files.createTempFile("node-tests", ".log");
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "node",
                  "--test",
                  "--test-concurrency=1",
                  "--test-reporter=spec",
                  "--test-reporter-destination=stdout",
                  "--test-reporter=junit",
                  "--test-reporter-destination=" + report));
      command.addAll(List.of(files));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(new File(folder))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      String log = Files.readString(output);
      System.out.println(log); // they tell what they measured
      assertThat(ended).as("it does not end:%n%s", log).isTrue();
      String plain = COLOR.matcher(Files.readString(report)).replaceAll("");
      return tests(plain, process.exitValue(), log);
    } finally {
      Files.deleteIfExists(report);
      Files.deleteIfExists(output);
    }
  }

  private static Stream<DynamicTest> tests(String report, int exitCode, String log)
      throws Exception {
    assertThat(report).as(log).isNotBlank();
    NodeList cases =
        DocumentBuilderFactory.newDefaultNSInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(report)))
            .getElementsByTagName("testcase");
    assertThat(cases.getLength()).as("tests in%n%s", log).isPositive();
    List<Element> tests =
        IntStream.range(0, cases.getLength()).mapToObj(i -> (Element) cases.item(i)).toList();
    boolean someFailed = tests.stream().anyMatch(NodeTests::hasFailed);
    assertThat(exitCode == 0).as("exit code %d:%n%s", exitCode, log).isEqualTo(!someFailed);
    return tests.stream()
        .map(test -> DynamicTest.dynamicTest(test.getAttribute("name"), () -> replay(test, log)));
  }

  private static boolean hasFailed(Element test) {
    return test.getElementsByTagName("failure").getLength() > 0;
  }

  private static void replay(Element test, String log) {
    if (hasFailed(test)) {
      fail(
          "%s%n%s%nEverything that Node.js wrote:%n%s",
          test.getAttribute("failure"),
          test.getElementsByTagName("failure").item(0).getTextContent(),
          log);
    }
  }
}
