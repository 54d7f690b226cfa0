package io.havip.demo;

import io.havip.ovsdb.OvsdbServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** keepalived in its other ways on HAVIP's fabric; the demo has it by unicast. */
class FlavoursIT {
  @ParameterizedTest
  @CsvSource({"KEEPALIVED_MULTICAST,false", "KEEPALIVED_VMAC,false", "KEEPALIVED_VMAC,true"})
  void theVipFailsOverAndIsNotStolen(Software software, boolean external, @TempDir Path directory)
      throws Exception {
    FailoverScene.play(software, external, directory);
  }

  @Test
  void theVipWithTheMacAddressOfItsVridFailsOverBetweenChassisOfOvn(@TempDir Path directory)
      throws Exception {
    OvsdbServer.assumeInstalled();
    FailoverScene.playOnOvn(Software.KEEPALIVED_VMAC, directory);
  }
}
