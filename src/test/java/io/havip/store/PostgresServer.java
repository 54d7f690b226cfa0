package io.havip.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL of the tests' own: its data is in a temporary directory, it listens on a free port
 * of 127.0.0.1, and neither it nor its data outlives the JVM, however that ends. PostgreSQL refuses
 * to run as root. The tests therefore run it as the user {@code postgres}, in their sandbox with a
 * user namespace of its own.
 */
public final class PostgresServer implements AutoCloseable {
  public static final String USER = "havip";
  public static final String PASSWORD = "quite: secret";
  private static final int VERSION_MIN = 15;

  /**
   * Ends, with everything it started, when its standard input does. The order of text in an
   * ordinary database is a language's, not that of bytes; so it is here.
   */
  private static final String SCRIPT =
      """
      set -e
      bin=$1 port=$2 user=$3
      directory=$(mktemp -d "${TMPDIR:-/tmp}/havip-postgres-XXXXXX")
      trap '"$bin/pg_ctl" -D "$directory/data" -m immediate stop || true; rm -rf "$directory"' EXIT
      trap 'exit 1' HUP INT TERM
      IFS= read -r password
      printf '%s\\n' "$password" >"$directory/password"
      "$bin/initdb" -D "$directory/data" -U "$user" --pwfile="$directory/password" \\
        --auth=scram-sha-256 -E UTF8 --locale=C --locale-provider=icu --icu-locale=en --no-sync
      cat >>"$directory/data/postgresql.conf" <<CONF
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      port = $port
      fsync = off
      CONF
      "$bin/pg_ctl" -D "$directory/data" -w -l "$directory/log" start ||
        { cat "$directory/log"; exit 1; }
      echo "ready $directory"
      cat >/dev/null
      """;

  private static final Object LOCK = new Object();
  private static Optional<PostgresServer> shared = Optional.empty();

  private final Path bin;
  private final Process script;
  private final int port;
  private final Path directory;
  private int databases;

  private PostgresServer(Path bin) throws IOException {
    this.bin = bin;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    script = start("sh", "-c", SCRIPT, "postgres", bin.toString(), "" + port, USER);
    script.getOutputStream().write((PASSWORD + "\n").getBytes(UTF_8));
    script.getOutputStream().flush();
    directory = ready(script);
  }

  /** One that all tests of this JVM share, each with databases of its own. */
  public static PostgresServer shared() throws IOException {
    synchronized (LOCK) {
      if (shared.isEmpty()) {
        shared = Optional.of(start());
      }
      return shared.get();
    }
  }

  /**
   * One that can be crashed. Skips the test where PostgreSQL can be neither found nor installed.
   */
  public static PostgresServer start() throws IOException {
    Optional<Path> bin = find();
    if (bin.isEmpty() && isRoot()) {
      throw new IllegalStateException("PostgreSQL is missing: apt-get install postgresql");
    }
    Assumptions.assumeTrue(
        bin.isPresent(), "skipped: PostgreSQL is missing (Debian's package postgresql)");
    return new PostgresServer(bin.orElseThrow());
  }

  private static Optional<Path> find() throws IOException {
    List<Path> candidates = new ArrayList<>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions
            .filter(path -> version(path) >= VERSION_MIN)
            .sorted(Comparator.comparingInt(PostgresServer::version).reversed())
            .map(path -> path.resolve("bin"))
            .forEach(candidates::add);
      }
    }
    Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(Path::of)
        .forEach(candidates::add);
    return candidates.stream().filter(bin -> Files.isExecutable(bin.resolve("initdb"))).findFirst();
  }

  private static int version(Path directory) {
    String name = directory.getFileName().toString();
    return name.matches("[0-9]{1,3}") ? Integer.parseInt(name) : 0;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Not where root is the only user of a user namespace; another one within is no root. */
  private static boolean hasOtherUsers() throws IOException {
    return !Files.readString(Path.of("/proc/self/uid_map")).matches("\\s*\\d+\\s+\\d+\\s+1\\s*");
  }

  private static Process start(String... command) throws IOException {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(
          hasOtherUsers()
              ? List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")
              : // initdb looks its user up, so the user must have a name on this machine.
              List.of("unshare", "--user", "--map-user=postgres", "--map-group=postgres", "--"));
    }
    words.addAll(List.of(command));
    return new ProcessBuilder(words).directory(new File("/")).redirectErrorStream(true).start();
  }

  private static Path ready(Process script) throws IOException {
    List<String> printed = new ArrayList<>();
    BufferedReader output = script.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ready ")) {
        return Path.of(line.substring("ready ".length()));
      }
      printed.add(line);
    }
    throw new IOException("PostgreSQL does not start:\n" + String.join("\n", printed));
  }

  int port() {
    return port;
  }

  /** Makes a database with HAVIP's tables, all empty, as a copy: sooner than to make each table. */
  public String newDatabase() {
    synchronized (LOCK) {
      if (databases++ == 0) {
        execute("CREATE DATABASE migrated");
        PostgresStore.open(url("migrated"), USER, PASSWORD).close();
      }
      String name = "test" + databases;
      execute("CREATE DATABASE " + name + " TEMPLATE migrated");
      return url(name);
    }
  }

  private void execute(String command) {
    try (Connection connection = connect(url("postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(command);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  static Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, USER, PASSWORD);
  }

  /** Stops without any clean-up, like a crash. */
  public void crash() {
    control("-m", "immediate", "stop");
  }

  public void restart() {
    control("-l", directory.resolve("log").toString(), "start");
  }

  private void control(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(bin.resolve("pg_ctl").toString());
    command.addAll(List.of("-w", "-D", directory.resolve("data").toString()));
    command.addAll(List.of(arguments));
    try {
      Process control = start(command.toArray(String[]::new));
      control.getOutputStream().close();
      String printed = new String(control.getInputStream().readAllBytes(), UTF_8);
      if (control.waitFor() != 0) {
        throw new IllegalStateException(printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    script.getOutputStream().close();
    try {
      script.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
