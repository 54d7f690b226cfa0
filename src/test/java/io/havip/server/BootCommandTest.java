package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.cli.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `havip boot` says where there is nothing to load; BootIT shows the rest. */
class BootCommandTest {
  @TempDir private Path dir;

  private record Said(int status, String out, String err) {}

  @Test
  void beforeTheServerHasEverRunNothingIsLoaded() {
    Said said = boot();
    assertThat(said.status()).as(said.err()).isZero();
    assertThat(said.out()).contains("Nothing to load", "fabric.json");
  }

  @Test
  void aDamagedFileIsRefusedWithAWayOut() throws Exception {
    for (String damaged : new String[] {"", "{\"segments\": [", "{\"segments\": []}"}) {
      Files.writeString(dir.resolve("fabric.json"), damaged);
      Said said = boot();
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.err()).contains("fabric.json", "start the server").doesNotContain("\tat ");
    }
  }

  private Said boot() {
    String[] arguments = {"boot", "--data-dir", dir.toString()};
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Surroundings nothing = new Surroundings(Map.of(), new ByteArrayInputStream(new byte[0]), false);
    int status =
        Main.commands(nothing, arguments)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Said(status, out.toString(), err.toString());
  }
}
