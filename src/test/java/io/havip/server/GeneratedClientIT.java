package io.havip.server;

import io.havip.NodeTests;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The main story, told by a client that is generated from openapi.yaml, on a real fabric. */
class GeneratedClientIT {
  @TempDir private Path directory;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = new ServerProcess(directory);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  @TestFactory
  Stream<DynamicTest> story() throws Exception {
    return NodeTests.of(
        "e2e",
        Map.of("HAVIP_URL", server.url(), "HAVIP_TOKEN", server.token()),
        "build/story.test.js");
  }
}
