package io.havip.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What `havip agent` says to wrong arguments; AgentIT shows the rest. */
class AgentCommandTest {
  private static String refusal(Map<String, String> environment, String... arguments) {
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new AgentCommand(environment))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    assertThat(status).isEqualTo(2);
    return err.toString();
  }

  @Test
  void helpTeachesByExample() {
    StringWriter out = new StringWriter();
    int status =
        new CommandLine(new AgentCommand(Map.of()))
            .setOut(new PrintWriter(out, true))
            .execute("--help");
    assertThat(status).isZero();
    assertThat(out.toString().lines().dropWhile(line -> !line.equals("Examples:")).skip(1))
        .hasSize(3)
        .allMatch(line -> line.startsWith("  agent --"));
  }

  @Test
  void whatIsWrongIsSaidWithAWayOut() {
    Map<String, String> token = Map.of("HAVIP_TOKEN", "havip_x");
    assertThat(refusal(Map.of())).contains("--token-file", "HAVIP_TOKEN");
    assertThat(refusal(Map.of("HAVIP_TOKEN", ""))).contains("the token is empty");
    assertThat(refusal(Map.of(), "--token-file", "/nonexistent/token"))
        .contains("cannot read the token from /nonexistent/token");
    assertThat(refusal(token, "--server", "http://a:1,b")).contains("'b' is no server's URL");
    assertThat(refusal(Map.of("HAVIP_TOKEN", "havip_x", "HAVIP_URL", "ftp://a")))
        .contains("'ftp://a' is no server's URL");
    assertThat(refusal(token, "--ovs", "/run/db.sock")).contains("unix:/PATH");
  }
}
