package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units for systemd, as systemd reads them, where systemd is. */
class SystemdUnitIT {
  private static final Path THREE_NODES = Path.of("deploy/three-nodes/havip.service.d");

  @Test
  void systemdUnderstandsTheUnits(@TempDir Path dir) throws Exception {
    assumeTrue(isHere("systemd-analyze"), "systemd-analyze is not installed");
    String server = unit("havip.service");
    assertThat(verify(dir, "havip.service", server)).isEmpty();
    for (String other : List.of("havip-boot.service", "havip-agent.service")) {
      assertThat(verify(dir, other, unit(other))).isEmpty();
    }
    for (String dropIn : List.of("database.conf", "ovn.conf")) {
      String text = Files.readString(THREE_NODES.resolve(dropIn));
      assertThat(verify(dir, "havip.service", server + text)).as(dropIn).isEmpty();
    }
    assertThat(verify(dir, "havip.service", server.replace("RestartSec=1", "RestartSec=soon")))
        .singleElement()
        .asString()
        .contains("soon");
  }

  /** With this program: it also looks whether that is there. */
  private static String unit(String name) throws IOException {
    return Files.readString(Path.of("deploy/systemd", name))
        .replace("/opt/havip/havip ", Path.of("havip").toAbsolutePath() + " ");
  }

  private static List<String> verify(Path dir, String name, String unit) throws Exception {
    Path file = Files.writeString(dir.resolve(name), unit);
    Process systemd =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", file.toString())
            .redirectErrorStream(true)
            .start();
    try (var output = systemd.inputReader()) {
      return output.lines().filter(line -> line.contains("havip")).toList();
    }
  }

  private static boolean isHere(String program) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }
}
