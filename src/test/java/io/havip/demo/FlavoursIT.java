package io.havip.demo;

import io.havip.ovsdb.OvsdbServer;
import io.havip.server.ServerProcess;
import java.nio.file.Files;
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
    CleanUps cleanUps = new CleanUps();
    try {
      Ovn ovn = Ovn.start(Files.createDirectory(directory.resolve("ovn")));
      cleanUps.add(ovn::close);
      ServerProcess server = new ServerProcess(directory, Theatre.flags(ovn));
      cleanUps.add(server::stop);
      Software software = Software.KEEPALIVED_VMAC;
      HavipGround ground = new HavipGround(server, software, false, new Cabling.OfOvn(ovn));
      cleanUps.add(ground::close);
      Arena arena = new Arena(software, false, "", ground, directory.resolve("vms"));
      cleanUps.add(arena::close);
      FailoverScene.failOver(software, ground, arena);
    } finally {
      cleanUps.run();
    }
  }
}
