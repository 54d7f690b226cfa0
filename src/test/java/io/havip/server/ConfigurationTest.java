package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.cli.Surroundings;
import io.havip.ovsdb.Remote;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the server is configured, as `havip server --check-config` shows it. */
class ConfigurationTest {
  private static final Path PAGE = Path.of("docs/reference/configuration.md");

  @TempDir private Path dir;

  private record Checked(int status, String out, String err) {}

  @Test
  void theReferencePageHasEverySettingAndNoOther() throws Exception {
    List<String> rows =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `")).toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Setting.all().stream()
                .map(setting ->
                    "| `%s` | `%s` | `%s` | %s | %s | %s |"
                        .formatted(
                            setting.key(),
                            setting.variable(),
                            setting.flag(),
                            setting.defaultValue().map(it -> "`" + it + "`").orElse(""),
                            setting.unit(),
                            setting.meaning()))
                .toList());
  }

  @Test
  void theDefaultsAreWhatTestsOfTheServerTakeThemFor() throws Exception {
    Configuration configuration =
        Configuration.read(Map.of(), null, Map.of(), dir.resolve("absent"));
    assertThat(configuration.settings()).isEqualTo(new Settings("127.0.0.1", 8470));
    assertThat(configuration.dataDir()).isEqualTo(Path.of("/var/lib/havip"));
  }

  @Test
  void theFilesOfOvnsTlsAreAllNamedOrNone() throws Exception {
    assertThat(Configuration.read(Map.of(), null, Map.of(), dir.resolve("absent")).ovnTls())
        .isEmpty();
    Map<Setting, String> some =
        Map.of(Setting.OVN_PRIVATE_KEY, "/key.pem", Setting.OVN_CERTIFICATE, "/cert.pem");
    assertThatThrownBy(() -> Configuration.read(some, null, Map.of(), dir.resolve("absent")))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("ovn-ca-certificate is not set");
  }

  @Test
  void aClusterOfOvnHasSeveralRemotes() throws Exception {
    Map<Setting, String> flags =
        Map.of(Setting.OVN_NORTHBOUND, "ssl:10.0.0.1:6641,ssl:[fd00::1]:6641");
    assertThat(
            Configuration.read(flags, null, Map.of(), dir.resolve("absent"))
                .remotes(Setting.OVN_NORTHBOUND))
        .extracting(Remote::toString)
        .containsExactly("ssl:10.0.0.1:6641", "ssl:[fd00::1]:6641");
    assertThatThrownBy(() ->
            Configuration.read(
                Map.of(Setting.OVN_NORTHBOUND, "10.0.0.1"), null, Map.of(), dir.resolve("absent")))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("tcp:HOST:PORT");
  }

  @Test
  void theExampleOfThreeNodesIsUnderstood() throws Exception {
    Configuration node =
        Configuration.read(
            Map.of(),
            Path.of("deploy/three-nodes/havip.yaml"),
            Map.of("HAVIP_OVN_PRIVATE_KEY", "/run/credentials/havip.service/ovn-private-key"),
            dir.resolve("absent"));
    assertThat(node.isOvn()).isTrue();
    assertThat(node.remotes(Setting.OVN_NORTHBOUND)).hasSize(3);
    assertThat(node.remotes(Setting.OVN_SOUTHBOUND)).hasSize(3);
    assertThat(node.ovnTls()).isPresent();
  }

  @Test
  void aFlagCountsMoreThanAVariableAndThatMoreThanTheFile() throws Exception {
    Path file =
        file(
            """
            # a comment
            port: 1000
            vms-per-vip: 4
            vips-per-vm: '6'
            """);
    Checked checked =
        check(
            Map.of("HAVIP_PORT", "2000", "HAVIP_VMS_PER_VIP", "7", "HAVIP_TOKEN", "x", "PORT", "z"),
            "--config",
            file.toString(),
            "--port",
            "3000");
    assertThat(checked.status()).as(checked.err()).isZero();
    assertThat(checked.out().lines().map(line -> line.replaceAll(" +#", " #")))
        .contains(
            "port: 3000 # --port",
            "vms-per-vip: 7 # HAVIP_VMS_PER_VIP",
            "vips-per-vm: 6 # " + file + ":4",
            "listen: 127.0.0.1 # default",
            "# database: # not set")
        .hasSize(Setting.all().size());
  }

  @Test
  void theFileThatIsThereByDefaultIsRead() throws Exception {
    Path file = file("listen: 192.0.2.1");
    Configuration configuration = Configuration.read(Map.of(), null, Map.of(), file);
    assertThat(configuration.settings().listen()).isEqualTo("192.0.2.1");
    Checked named = check(Map.of("HAVIP_CONFIG", file.toString()));
    assertThat(named.out()).contains("listen: 192.0.2.1 ");
  }

  @Test
  void whatIsShownCanBeReadAgain() throws Exception {
    Path again = file(check(Map.of("HAVIP_LISTEN", "::1")).out());
    assertThat(check(Map.of(), "--config", again.toString()).out()).contains("listen: ::1 ");
  }

  @Test
  void aSecretIsNeverShown() throws Exception {
    Path password = Files.writeString(dir.resolve("password"), "0123secret\nnot this line\n");
    Checked checked =
        check(
            Map.of("HAVIP_DATABASE_PASSWORD_FILE", password.toString()),
            "--database",
            "jdbc:postgresql://h/havip?password=secret");
    assertThat(checked.status()).as(checked.err()).isZero();
    assertThat(checked.out())
        .contains("database: jdbc:postgresql://h/havip?(hidden) ", "database-password: (hidden) ")
        .doesNotContain("secret");
    Configuration configuration =
        Configuration.read(
            Map.of(Setting.DATABASE_PASSWORD_FILE, password.toString()),
            null,
            Map.of(),
            dir.resolve("absent"));
    assertThat(configuration.text(Setting.DATABASE_PASSWORD)).hasValue("0123secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          prot: 80                  | FILE:1: there is no setting 'prot'; did you mean 'port'?
          Port: 80                  | FILE:1: there is no setting 'Port'; did you mean 'port'?
          server: {port: 80}        | FILE:1: 'server' needs one plain value, and has settings below it
          listen: [a, b]            | FILE:1: 'listen' needs one plain value, and has a list
          listen:                   | FILE:1: 'listen' needs one plain value, and has none; give one or leave the line out
          port: eighty              | FILE:1: port cannot be 'eighty'; give a whole number from 0 to 65535
          port: 65536               | FILE:1: port cannot be '65536'; give a whole number from 0 to 65535
          port: -1                  | FILE:1: port cannot be '-1'; give a whole number from 0 to 65535
          port: 99999999999999999   | FILE:1: port cannot be '99999999999999999'; give a whole number from 0 to 65535
          log-level: loud           | FILE:1: log-level cannot be 'loud'; give one of error, warn, info, debug
          database: mysql://h/x     | FILE:1: database cannot be 'mysql://h/x'; give jdbc:postgresql://HOST:PORT/NAME
          listen: ~a b~             | FILE:1: listen cannot be 'a b'; give an IP address or the name of a host
          database-password-file: / | FILE:1: cannot read the password from /; let the server read this file
          [port, 80]                | FILE:1: write settings as 'name: value'
          port                      | FILE:1: write settings as 'name: value'
          {port: 80                 | FILE:1: this is no YAML
          """)
  void whatTheFileGetsWrongIsNamedWithItsLine(String content, String message) throws Exception {
    Path file = file(content.replace("~", ""));
    Checked checked = check(Map.of(), "--config", file.toString());
    assertThat(checked.status()).isEqualTo(1);
    assertThat(checked.err()).startsWith("havip: " + message.replace("FILE", file.toString()));
    assertThat(checked.err()).doesNotContain("Exception\n", "\tat ");
    assertThat(checked.out()).isEmpty();
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    Path file = file("port: 1\nlisten: a\nport: 2\n");
    assertThat(
            check(
                    Map.of("HAVIP_DATADIR", "/x", "HAVIP_PORT", "", "HAVIP_DATABASE_PASSWORD", "a"),
                    "--config",
                    file.toString(),
                    "--log-level",
                    "loud",
                    "--database-password-file",
                    "/x")
                .err())
        .isEqualTo(
            """
            havip: %1$s:3: 'port' is set before, at %1$s:1; leave one of them out
            havip: HAVIP_DATADIR in the environment: there is no such setting; did you mean HAVIP_DATA_DIR?
            havip: HAVIP_PORT: port cannot be ''; give a whole number from 0 to 65535
            havip: --log-level: log-level cannot be 'loud'; give one of error, warn, info, debug
            havip: HAVIP_DATABASE_PASSWORD and --database-password-file: the database's password is given twice; leave one of them out
            """
                .formatted(file));
    assertThat(check(Map.of(), "--config", "/absent.yaml").err())
        .isEqualTo("havip: /absent.yaml: there is no such file\n");
    Path latin1 = Files.write(dir.resolve("latin1.yaml"), new byte[] {'#', (byte) 0xe9});
    assertThat(check(Map.of(), "--config", latin1.toString()).err()).contains("save it as UTF-8");
    assertThat(check(Map.of(), "--prot", "1").status()).isEqualTo(2);
  }

  @Test
  void theServerDoesAsItIsConfigured() throws Exception {
    Settings settings =
        Configuration.read(
                Map.of(Setting.PORT, "0", Setting.VMS_PER_VIP, "1"),
                null,
                Map.of(),
                dir.resolve("absent"))
            .settings();
    ApiFixture limited =
        new ApiFixture() {
          @Override
          Settings settings() {
            return settings;
          }
        };
    limited.start(dir);
    try {
      String one = limited.newVm(limited.vpc, limited.subnet);
      String other = limited.newVm(limited.vpc, limited.subnet);
      ApiFixture.assertRefused(
          limited.post(
              "/v1/vips",
              limited.vipBody("v", limited.subnet, "'vmIds': ['" + one + "', '" + other + "']")),
          409,
          "vip_binding_limit",
          "vmIds");
    } finally {
      limited.stop();
    }
  }

  private Path file(String content) throws Exception {
    List<Path> before = new ArrayList<>();
    try (var files = Files.list(dir)) {
      files.forEach(before::add);
    }
    return Files.writeString(dir.resolve("havip" + before.size() + ".yaml"), content);
  }

  private static Checked check(Map<String, String> environment, String... more) {
    List<String> arguments = new ArrayList<>(List.of("server", "--check-config"));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.commands(new Surroundings(environment, InputStream.nullInputStream(), false), "server")
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments.toArray(String[]::new));
    return new Checked(status, out.toString(), err.toString());
  }
}
