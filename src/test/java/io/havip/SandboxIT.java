package io.havip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

class SandboxIT {
  @Test
  void theSandboxHasNothingButLoopback() throws Exception {
    assertThat(NetworkInterface.networkInterfaces().map(NetworkInterface::getName))
        .containsExactly("lo");
    assertThat(ProcessHandle.current().pid()).isLessThan(20);
  }
}
