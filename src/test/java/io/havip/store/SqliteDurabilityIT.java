package io.havip.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.Happening;
import io.havip.event.RecordedEvent;
import io.havip.id.VipId;
import io.havip.vip.Vip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDurabilityIT {
  @TempDir Path directory;

  @RepeatedTest(3)
  void whatWasAcknowledgedOutlivesAKill() throws Exception {
    Path file = directory.resolve("havip.db");
    long seed = System.nanoTime();
    System.out.println("SqliteDurabilityIT: seed " + seed);
    Random random = new Random(seed);
    Path output = directory.resolve("acknowledged");
    Process writer = start(file, output);
    try {
      int enough = 1 + random.nextInt(400);
      while (writer.isAlive() && acknowledged(output).size() < enough) {
        Thread.sleep(1 + random.nextInt(20));
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
    List<VipId> acknowledged = acknowledged(output);
    assertThat(writer.exitValue()).as("killed by SIGKILL").isEqualTo(128 + 9);
    assertThat(acknowledged).isNotEmpty();
    assertThat(integrity(file)).isEqualTo("ok");
    try (Store store = SqliteStore.open(file)) {
      List<Vip> vips = store.read(Reader::allVips);
      assertThat(vips).extracting(Vip::id).containsAll(acknowledged);
      assertThat(vips).extracting(Vip::address).doesNotHaveDuplicates();
      List<RecordedEvent> events =
          store.read(now -> now.events(vips.getFirst().accountId(), null, 0, -1, 1_000_000));
      assertThat(events)
          .as("each VIP is there with its event, or not at all")
          .extracting(recorded -> recorded.event().vipId())
          .containsExactlyElementsOf(vips.stream().map(Vip::id).toList());
      assertThat(events)
          .extracting(RecordedEvent::event)
          .allSatisfy(event -> assertThat(event.what()).isInstanceOf(Happening.VipCreated.class));
      assertThat(store.<Long>read(Reader::revision)).isEqualTo(events.getLast().revision());
    }
  }

  @Test
  void aServerCannotOpenWhatAnotherProcessHasOpen() throws Exception {
    Path file = directory.resolve("havip.db");
    try (Store _ = SqliteStore.open(file)) {
      Path output = directory.resolve("second");
      Process second = start(file, output);
      try {
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(output))
            .anyMatch(
                line -> line.contains("another HAVIP server has the database " + file + " open"));
      } finally {
        second.destroyForcibly().waitFor();
      }
    }
  }

  private static Process start(Path file, Path output) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            WritingProcess.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** What the process printed; a last line that was cut short is no id. */
  private static List<VipId> acknowledged(Path output) throws IOException {
    return Files.readAllLines(output).stream()
        .filter(line -> line.matches("vip-.{26}"))
        .map(VipId::new)
        .toList();
  }

  private static String integrity(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
      rows.next();
      return rows.getString(1);
    }
  }
}
