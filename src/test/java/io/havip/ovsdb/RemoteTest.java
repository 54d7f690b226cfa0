package io.havip.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteTest {
  @Test
  void remotesAreWrittenAsOvnWritesThem() {
    String all = "unix:/run/ovn/ovnnb_db.sock, tcp:10.0.0.1:6641,ssl:[fd00::1]:6641,tcp:db-1.lan:1";
    assertThat(Remote.parseAll(all))
        .containsExactly(
            new Remote.Unix("/run/ovn/ovnnb_db.sock"),
            new Remote.Tcp("10.0.0.1", 6641, false),
            new Remote.Tcp("fd00::1", 6641, true),
            new Remote.Tcp("db-1.lan", 1, false))
        .extracting(Remote::toString)
        .isEqualTo(List.of(all.split(", ?")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unix:",
        "unix:relative",
        "tcp:",
        "tcp:host",
        "tcp:host:0",
        "tcp:host:65536",
        "udp:host:1",
        "ssl:fd00::1:6641",
        "ptcp:6641",
        "tcp:a:1,",
        "tcp:ho st:1"
      })
  void everythingElseIsNone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Remote.parseAll(text))
        .withMessageContaining("write one like unix:/PATH");
  }
}
