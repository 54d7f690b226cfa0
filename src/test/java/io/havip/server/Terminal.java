package io.havip.server;

import io.havip.cli.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Where the administrator of a server in this process runs commands. */
record Terminal(Server server) {
  /** What there is to see when a command has ended. */
  record Seen(int status, String out, String err) {}

  /** Runs a command as a person does who gives this answer; nobody is there for none. */
  Seen havip(String answer, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Surroundings surroundings =
        new Surroundings(
            Map.of(
                "HAVIP_URL",
                "http://127.0.0.1:" + server.port(),
                "HAVIP_TOKEN",
                server.firstToken().orElseThrow()),
            new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
            !answer.isEmpty());
    int status =
        Main.commands(surroundings, arguments)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Seen(status, out.toString(), err.toString());
  }
}
