package io.havip.architecture;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What no PURE room may contain, a sin each: proof that the walls are watched. */
final class Impure {
  private Impure() {}

  static final class AsksTheTime {
    Instant sin() {
      return Instant.now();
    }
  }

  static final class AsksTheMilliseconds {
    long sin() {
      return System.currentTimeMillis();
    }
  }

  static final class HasAClock {
    Instant sin(Clock clock) {
      return clock.instant();
    }
  }

  static final class ThrowsDice {
    int sin(Random random) {
      return random.nextInt();
    }
  }

  static final class MakesIds {
    UUID sin() {
      return UUID.randomUUID();
    }
  }

  static final class StartsAThread {
    void sin() {
      Thread.ofVirtual().start(() -> {});
    }
  }

  static final class Locks {
    void sin() {
      new ReentrantLock().lock();
    }
  }

  static final class ReadsAFile {
    boolean sin() {
      return Files.exists(Path.of("/"));
    }
  }

  static final class ReadsTheEnvironment {
    String sin() {
      return String.valueOf(System.getenv("HOME"));
    }
  }

  static final class Logs {
    void sin() {
      LoggerFactory.getLogger("sin").info("sin");
    }
  }

  @Component
  static final class KnowsSpring {}

  static final class KnowsSql {
    void sin() throws SQLException {
      DriverManager.getConnection("jdbc:none").close();
    }
  }

  static final class KnowsForeignMemory {
    void sin() {
      Arena.ofAuto();
    }
  }
}
