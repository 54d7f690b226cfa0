package io.havip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LibcTest {
  @Test
  void aFailedCallNamesItselfAndTheReason() {
    assertThatThrownBy(() -> Libc.open("/nowhere/at/all", 0))
        .isInstanceOf(KernelException.class)
        .hasMessage("open /nowhere/at/all: No such file or directory");
  }

  @Test
  void loopbackHasAnIndex() throws KernelException {
    assertThat(Libc.ifNameToIndex("lo")).isPositive();
  }
}
