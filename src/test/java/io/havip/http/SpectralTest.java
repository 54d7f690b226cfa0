package io.havip.http;

import io.havip.NodeTests;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a linter says about openapi.yaml. */
class SpectralTest {
  @TestFactory
  Stream<DynamicTest> openapi() throws Exception {
    return NodeTests.of("e2e", Map.of(), "build/openapi.test.js");
  }
}
