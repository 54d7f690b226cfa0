package io.havip.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdTest {
  private static final String TAIL = "01k3v4n8qz0000000000000007";

  @Test
  void anIdIsItsText() {
    assertThat(new VipId("vip-" + TAIL)).hasToString("vip-" + TAIL);
  }

  @Test
  void aNetworkIsASubnetOrExternal() {
    assertThat(new NetworkId("subnet-" + TAIL).isExternal()).isFalse();
    assertThat(new NetworkId("extnet-" + TAIL).isExternal()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vip",
        "vip-",
        "vip-7",
        "vm-" + TAIL,
        "VIP-" + TAIL,
        "vip-" + TAIL + "0",
        "vip-01K3V4N8QZ0000000000000007",
        "vip-01k3v4n8qz000000000000000u",
        "vip-01k3v4n8qz000000000000000\n"
      })
  void whatIsNoIdOfTheKindIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new VipId(text))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("vip-01k3v4");
  }
}
