package io.havip.demo;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FenceIT extends FenceContract {
  private Theatre theatre;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    theatre = new Theatre(directory);
  }

  @AfterAll
  void end() throws Exception {
    theatre.close();
  }

  @Override
  Theatre theatre() {
    return theatre;
  }
}
