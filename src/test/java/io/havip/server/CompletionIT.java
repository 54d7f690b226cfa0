package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.cli.Surroundings;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Tab offers in a real bash that has read the script. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompletionIT {
  /** Does what bash does at Tab: calls the function that `complete` names for the command. */
  private static final String TAB =
      """
      source "$1"
      shift
      [[ $(complete -p havip) =~ -F\\ ([^ ]+) ]] || exit 1
      COMP_WORDS=(havip "$@")
      COMP_CWORD=$#
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      "${BASH_REMATCH[1]}" havip "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  private Path script;

  @BeforeAll
  void write(@TempDir Path directory) throws Exception {
    StringWriter out = new StringWriter();
    String[] arguments = {"completion", "bash"};
    int exitCode =
        Main.commands(new Surroundings(Map.of(), InputStream.nullInputStream(), false), arguments)
            .setOut(new PrintWriter(out, true))
            .execute(arguments);
    assertThat(exitCode).isZero();
    script = Files.writeString(directory.resolve("havip"), out.toString());
  }

  @Test
  void tabOffersCommandsAndOptions() throws Exception {
    assertThat(offered("")).contains("server", "vip", "vm", "login");
    assertThat(offered("vip", "un")).containsExactly("unbind");
    assertThat(offered("vip", "")).contains("create", "list", "watch", "events");
    assertThat(offered("vip", "list", "--s")).contains("--state", "--sort", "--search");
    assertThat(offered("vm", "nic", "")).containsExactlyInAnyOrder("add", "update", "delete");
    assertThat(offered("vip", "list", "-o", "")).containsExactlyInAnyOrder("table", "json", "csv");
  }

  private List<String> offered(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "--norc", "-c", TAB, "tab"));
    command.add(script.toString());
    command.addAll(List.of(words));
    // bash complains that `compopt` is called where nobody pressed Tab.
    Process bash = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    String out = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    return out.lines().map(String::strip).toList();
  }
}
