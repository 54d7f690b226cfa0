package io.havip.demo;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** keepalived in its other ways on HAVIP's fabric; the demo has it by unicast. */
class FlavoursIT {
  @ParameterizedTest
  @EnumSource(names = "KEEPALIVED_MULTICAST")
  void theVipFailsOverAndIsNotStolen(Software software, @TempDir Path directory) throws Exception {
    FailoverScene.play(software, directory);
  }
}
