package io.havip.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path directory;

  @Override
  protected Store open() {
    return SqliteStore.open(directory.resolve("havip.db"));
  }

  @Test
  void aSecondOpeningIsRefusedUntilTheFirstIsClosed() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another HAVIP server has the database")
          .hasMessageContaining("havip.db");
    }
    store.close();
    store = open();
    assertThat(store.<Long>read(Reader::revision)).isPositive();
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> SqliteStore.open(directory.resolve("nowhere/havip.db")))
        .hasMessageContaining("nowhere/havip.db");
  }
}
