package io.havip.demo;

import static io.havip.demo.Stage.VIP;
import static io.havip.demo.Stage.VM1;
import static io.havip.demo.Stage.VM2;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What works on one Linux host works on two chassis of Open Virtual Network with agents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnOvnIT {
  private Theatre theatre;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    theatre = Theatre.onOvn(directory);
  }

  @AfterAll
  void end() throws Exception {
    theatre.close();
  }

  @Nested
  class Fence extends FenceIT {
    @Override
    Optional<Theatre> shared() {
      return Optional.of(OnOvnIT.this.theatre);
    }
  }

  @Nested
  class Drill extends DrillIT {
    @Override
    Optional<Theatre> shared() {
      return Optional.of(OnOvnIT.this.theatre);
    }
  }

  @Nested
  class Splits extends SplitsContract {
    @Override
    Optional<Theatre> shared() {
      return Optional.of(OnOvnIT.this.theatre);
    }

    /** Nobody can ask, and keepalived is silent for seconds while it refuses what it hears. */
    @Override
    Duration foundWithin(Duration interval) {
      return Duration.ofSeconds(30);
    }
  }

  @Nested
  class Explain extends ExplainContract {
    @Override
    Optional<Theatre> shared() {
      return Optional.of(OnOvnIT.this.theatre);
    }

    /** keepalived's timer begins anew with each advertisement that it refuses. */
    @Test
    void aMasterThatIsSilentHoldsIt() throws Exception {
      stage.keepaliveds().start(VM1, new Handmade(2, 77, 150, "1", "one", List.of(VIP)).text());
      stage.awaitHolder("the first has it", List.of(VM1));
      stage.keepaliveds().start(VM2, new Handmade(2, 77, 100, "2", "one", List.of(VIP)).text());
      awaitCheck(vip, "advertisements", "problem", "but another holds the VIP");
    }
  }
}
