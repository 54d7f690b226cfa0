package io.havip.server;

import io.havip.cli.Surroundings;
import io.havip.ovsdb.Remote;
import io.havip.ovsdb.Tls;
import io.havip.vip.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the server is configured to be: the defaults, changed by the file, changed by environment
 * variables, changed by flags. Whatever is said and not understood is an error, because a setting
 * that is quietly ignored is found out too late.
 */
final class Configuration {
  /** Read when it exists and no other file is named. */
  static final Path DEFAULT_FILE = Path.of("/etc/havip/havip.yaml");

  static final String FILE_FLAG = "--config";
  static final String FILE_VARIABLE = "HAVIP_CONFIG";

  private static final String PREFIX = "HAVIP_";
  private static final List<Setting> OVN_TLS =
      List.of(Setting.OVN_PRIVATE_KEY, Setting.OVN_CERTIFICATE, Setting.OVN_CA_CERTIFICATE);

  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
  private final List<String> problems = new ArrayList<>();

  /**
   * A value and where it was said.
   *
   * @param origin like {@code /etc/havip/havip.yaml:3}, {@code HAVIP_PORT}, {@code --port}
   */
  record Value(String text, String origin) {}

  private Configuration() {}

  /**
   * Reads everything; touches nothing but files.
   *
   * @param flags those that were given
   * @param file the one that was named with {@link #FILE_FLAG}
   * @param defaultFile is read when no file is named and this one exists
   * @throws CannotStartException with a line for each thing that is wrong
   */
  static Configuration read(
      Map<Setting, String> flags,
      @Nullable Path file,
      Map<String, String> environment,
      Path defaultFile)
      throws CannotStartException {
    Configuration configuration = new Configuration();
    for (Setting setting : Setting.all()) {
      setting
          .defaultValue()
          .ifPresent(text -> configuration.values.put(setting, new Value(text, "default")));
    }
    Path named = file == null ? ofVariable(environment) : file;
    if (named != null) {
      configuration.readFile(named);
    } else if (Files.exists(defaultFile)) {
      configuration.readFile(defaultFile);
    }
    configuration.readEnvironment(environment);
    flags.forEach((setting, text) -> configuration.put(setting, text, setting.flag()));
    configuration.readPasswordFile();
    configuration.checkOvnTls();
    if (!configuration.problems.isEmpty()) {
      throw new CannotStartException(String.join("\nhavip: ", configuration.problems));
    }
    return configuration;
  }

  private static @Nullable Path ofVariable(Map<String, String> environment) {
    String file = environment.get(FILE_VARIABLE);
    return file == null ? null : Path.of(file);
  }

  private void readFile(Path file) {
    try {
      ConfigurationFile.read(file).forEach(this::put);
    } catch (ConfigurationFile.Unreadable e) {
      problems.add(e.getMessage());
    }
  }

  private void put(ConfigurationFile.Entry entry) {
    Setting.ofKey(entry.key())
        .ifPresentOrElse(
            setting -> put(setting, entry.value(), entry.place()),
            () ->
                problems.add(
                    "%s: there is no setting '%s'; did you mean '%s'?"
                        .formatted(
                            entry.place(), entry.key(), nearest(entry.key(), Setting::key))));
  }

  private void readEnvironment(Map<String, String> environment) {
    new TreeMap<>(environment)
        .forEach((name, text) -> {
          if (!name.startsWith(PREFIX)
              || name.equals(FILE_VARIABLE)
              || Surroundings.VARIABLES.contains(name)) {
            return;
          }
          Setting.all().stream()
              .filter(setting -> setting.variable().equals(name))
              .findFirst()
              .ifPresentOrElse(
                  setting -> put(setting, text, name),
                  () ->
                      problems.add(
                          "%s in the environment: there is no such setting; did you mean %s?"
                              .formatted(name, nearest(name, Setting::variable))));
        });
  }

  private void put(Setting setting, String text, String origin) {
    setting
        .wayOut(text)
        .ifPresentOrElse(
            wayOut ->
                problems.add(
                    "%s: %s cannot be '%s'; %s"
                        .formatted(origin, setting.key(), setting.shown(text), wayOut)),
            () -> values.put(setting, new Value(text, origin)));
  }

  private void readPasswordFile() {
    Value file = values.get(Setting.DATABASE_PASSWORD_FILE);
    if (file == null) {
      return;
    }
    Value password = values.get(Setting.DATABASE_PASSWORD);
    if (password != null) {
      problems.add(
          "%s and %s: the database's password is given twice; leave one of them out"
              .formatted(password.origin(), file.origin()));
      return;
    }
    try (Stream<String> lines = Files.lines(Path.of(file.text()))) {
      put(Setting.DATABASE_PASSWORD, lines.findFirst().orElse(""), file.text());
    } catch (IOException | RuntimeException e) {
      problems.add(
          "%s: cannot read the password from %s; let the server read this file: %s"
              .formatted(file.origin(), file.text(), e));
    }
  }

  /** What is set; settings without a default need not be. */
  Optional<String> text(Setting setting) {
    return Optional.ofNullable(values.get(setting)).map(Value::text);
  }

  private String required(Setting setting) {
    return text(setting).orElseThrow();
  }

  private int number(Setting setting) {
    return Integer.parseInt(required(setting));
  }

  private Duration seconds(Setting setting) {
    return Duration.ofSeconds(number(setting));
  }

  Path dataDir() {
    return Path.of(required(Setting.DATA_DIR));
  }

  boolean isOvn() {
    return required(Setting.FABRIC).equals("ovn");
  }

  /** What OVN's databases are shown; nothing when no files are named. */
  Optional<Tls> ovnTls() {
    List<Path> files = OVN_TLS.stream().flatMap(it -> text(it).stream()).map(Path::of).toList();
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new Tls(files.get(0), files.get(1), files.get(2)));
  }

  private void checkOvnTls() {
    List<Setting> missing = OVN_TLS.stream().filter(it -> text(it).isEmpty()).toList();
    if (!missing.isEmpty() && missing.size() < OVN_TLS.size()) {
      problems.add(
          "%s is not set; set all of %s, or none"
              .formatted(
                  missing.getFirst().key(),
                  OVN_TLS.stream().map(Setting::key).collect(Collectors.joining(", "))));
    }
  }

  /** Where a database of OVN's is. */
  List<Remote> remotes(Setting setting) {
    return Remote.parseAll(required(setting));
  }

  /** What a server is told, beside where its store is. */
  Settings settings() {
    return new Settings(
        text(Setting.SERVER_NAME).orElseGet(Settings::hostName),
        required(Setting.LISTEN),
        number(Setting.PORT),
        new Limits(number(Setting.VMS_PER_VIP), number(Setting.VIPS_PER_VM), isOvn()),
        seconds(Setting.PROBE_PERIOD),
        number(Setting.EVENTS_PER_VIP),
        seconds(Setting.EVENT_HEARTBEAT),
        seconds(Setting.CLIENT_TIMEOUT),
        seconds(Setting.SESSION_LIFETIME),
        Boolean.parseBoolean(required(Setting.WEBHOOKS_TO_THIS_HOST)),
        seconds(Setting.SHUTDOWN_GRACE),
        required(Setting.LOG_LEVEL));
  }

  /** All settings as a file would have them, each with its origin; secrets are hidden. */
  String describe() {
    StringBuilder description = new StringBuilder();
    for (Setting setting : Setting.all()) {
      Value value = values.get(setting);
      String line =
          value == null
              ? "# " + setting.key() + ":"
              : setting.key() + ": " + setting.shown(value.text());
      String origin = value == null ? "not set" : value.origin();
      description.append("%-40s # %s%n".formatted(line, origin));
    }
    return description.toString();
  }

  /** The name that needs the fewest letters changed. */
  private static String nearest(String name, Function<Setting, String> naming) {
    return Setting.all().stream()
        .map(naming)
        .min(Comparator.comparingInt(known -> distance(name, known)))
        .orElseThrow();
  }

  /** Levenshtein's: how many letters to insert, delete or replace. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
