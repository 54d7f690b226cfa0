package io.havip.demo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.havip.NodeTests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser, before a real server whose fabric is this sandbox's kernel. {@code
 * docs/screenshots/remake} runs it too: with {@code HAVIP_SCREENSHOTS} it leaves pictures there.
 */
class ConsoleIT {
  @TestFactory
  Stream<DynamicTest> console(@TempDir Path directory) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/chromium")),
        "skipped: a browser is missing (Debian's package chromium)");
    try (ConsoleLab lab = new ConsoleLab(directory)) {
      return NodeTests.of("e2e", Map.of("LAB", lab.url()), "build/console.test.js");
    }
  }
}
