package io.havip.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SqliteStoreTest extends StoreContract {
  @TempDir Path directory;

  @Override
  protected Store open() {
    return SqliteStore.open(directory.resolve("havip.db"));
  }

  @Override
  protected Store openMigrated(String version, String... rows) throws Exception {
    Path file = directory.resolve("old.db");
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + file);
    OldSchema.make(database, version, List.of("classpath:db/migration"), rows);
    return SqliteStore.open(file);
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
