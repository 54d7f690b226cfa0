package io.havip.demo;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests that play in one theatre, on this host; each finds it as after a boot. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TheatreTest {
  Theatre theatre;

  /** That of other tests too, who open and close it. */
  Optional<Theatre> shared() {
    return Optional.empty();
  }

  @BeforeAll
  void open(@TempDir Path directory) throws Exception {
    theatre = shared().isPresent() ? shared().get() : new Theatre(directory);
  }

  @AfterAll
  void close() throws Exception {
    if (shared().isEmpty()) {
      theatre.close();
    }
  }

  @AfterEach
  void clear() throws Exception {
    theatre.clear(Stage.MEMBERS);
  }
}
