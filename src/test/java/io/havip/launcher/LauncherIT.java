package io.havip.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./havip} fetches on a machine without a JDK, from a file server on the loopback
 * interface. The machine's own JDKs are hidden; {@code apt-get} and {@code apt-cache} are scripts
 * that say what the test wants.
 */
class LauncherIT {
  private static final int LIMIT_SECONDS = 60;
  private static final int FILLING = 300_000;
  private static final int CUT_AFTER = 100_000;
  private static final String HIDE_JDKS =
      "mount -t tmpfs none /usr/lib/jvm; mount -t tmpfs none /opt; exec \"$@\"";

  @TempDir private Path directory;
  private FileServer server;
  private Path programs;
  private Path cache;
  private String sum;

  private record Result(int status, String printed, String said) {}

  @BeforeEach
  void start() throws Exception {
    cache = directory.resolve("cache");
    programs = Files.createDirectories(directory.resolve("programs"));
    program(programs.resolve("apt-get"), "echo \"$@\" >>" + directory.resolve("apt-get.log"));
    distributionOffers("(none)");
    byte[] archive = archive("jdk-25.0.9+1", "javac", "echo javac 25");
    sum = sum(archive);
    server = new FileServer(archive);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void saysWhatItFetchesAndFetchesItOnce() throws Exception {
    Result result = jdk(server.url());
    assertThat(result.status()).as(result.said()).isZero();
    assertThat(result.said())
        .contains("Fetching the JDK", "(0 MB)", server.url(), home().toString());
    assertThat(result.printed().strip()).isEqualTo(home().toString());
    assertThat(home().resolve("bin/javac")).isExecutable();
    server.requests.clear();

    Result again = jdk(server.url());
    assertThat(again.printed()).isEqualTo(result.printed());
    assertThat(again.said()).isEmpty();
    assertThat(server.requests).isEmpty();
  }

  @Test
  void anotherArchiveIsRefusedAndDeleted() throws Exception {
    sum = sum("another".getBytes(UTF_8));
    Result result = jdk(server.url());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said()).contains(sum, sum(server.archive));
    assertThat(left()).isEmpty();
  }

  @Test
  void theSumsOfTheRepositoryHoldForAnotherAddress() throws Exception {
    Result result = run(List.of("HAVIP_JDK_URL=" + server.url()), "./havip", "jdk");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said()).contains("instead of", sum);
  }

  @Test
  void aCutDownloadIsResumed() throws Exception {
    server.cuts.set(1);
    Result result = jdk(server.url());
    assertThat(result.status()).as(result.said()).isZero();
    assertThat(server.requests).containsExactly("HEAD", "GET", "GET bytes=" + CUT_AFTER + "-");
  }

  @Test
  void aCutDownloadBeginsAgainWhereTheServerSendsWholeFilesOnly() throws Exception {
    server.cuts.set(1);
    server.hasRanges = false;
    Result result = jdk(server.url());
    assertThat(result.status()).as(result.said()).isZero();
    assertThat(server.requests)
        .containsExactly("HEAD", "GET", "GET bytes=" + CUT_AFTER + "-", "GET");
  }

  @Test
  void aDownloadThatWasGivenUpIsResumedByTheNextCommand() throws Exception {
    server.cuts.set(Integer.MAX_VALUE);
    server.hasRanges = false;
    Result cut = jdk(server.url());
    assertThat(cut.status()).isEqualTo(1);
    assertThat(home()).doesNotExist();
    Files.write(part(), Arrays.copyOf(server.archive, CUT_AFTER));
    server.requests.clear();
    server.cuts.set(0);
    server.hasRanges = true;
    Result result = jdk(server.url());
    assertThat(result.status()).as(result.said()).isZero();
    assertThat(result.said()).contains("of it are here already");
    assertThat(server.requests).containsExactly("HEAD", "GET bytes=" + CUT_AFTER + "-");
  }

  @Test
  void whatDoesNotFitIsFetchedAgain() throws Exception {
    for (int length : List.of(CUT_AFTER, server.archive.length, 2 * server.archive.length)) {
      Files.createDirectories(part().getParent());
      Files.write(part(), new byte[length]);
      Path draft = Files.createDirectories(cache.resolve("havip/fetch/jdk/bin"));
      Files.write(draft.resolve("javac"), new byte[0]); // the power was cut while it was unpacked
      Result result = jdk(server.url());
      assertThat(result.status()).as(length + ": " + result.said()).isZero();
      assertThat(left()).containsExactly(home());
      assertThat(run(List.of(), "rm", "-r", home().toString()).status()).isZero();
    }
  }

  @Test
  void withoutANetworkOneLineHelps() throws Exception {
    String url = "http://127.0.0.1:9/jdk.tar.gz";
    Result result = jdk(url);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said().strip().lines().toList())
        .last()
        .isEqualTo("HAVIP_JDK_URL=file:///PATH/jdk.tar.gz ./havip …");
    Path brought = Files.write(directory.resolve("jdk.tar.gz"), server.archive);
    assertThat(jdk(brought.toUri().toString().replace("file:/", "file:///")).status()).isZero();
    assertThat(home()).exists();
  }

  @Test
  void anArchiveOfSomethingElseIsNotUsed() throws Exception {
    server.archive = archive("jre-25.0.9+1", "java", "");
    sum = sum(server.archive);
    Result result = jdk(server.url());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said()).contains("has no bin/javac");
    assertThat(left()).isEmpty();
  }

  @Test
  void thePackageOfTheDistributionIsPreferred() throws Exception {
    distributionOffers("25.0.1+8-1");
    Result result = jdk(server.url());
    assertThat(result.said()).contains("Installing: openjdk-25-jdk-headless");
    assertThat(Files.readString(directory.resolve("apt-get.log")))
        .isEqualTo("update\ninstall -y openjdk-25-jdk-headless\n");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void nodeIsFetchedWhereItIsTooOld() throws Exception {
    program(programs.resolve("node"), "echo v18.20.4");
    program(programs.resolve("npm"), "echo old");
    server.archive = archive("node-v22.0.0-linux-x64", "node", "echo v22.0.0");
    Files.createDirectories(cache.resolve("havip/jdk-here/bin"));
    program(cache.resolve("havip/jdk-here/bin/javac"), "");
    Files.writeString(cache.resolve("havip/jdk-here/release"), "JAVA_VERSION=\"25.0.9\"\n");
    List<String> environment =
        List.of("HAVIP_NODE_URL=" + server.url(), "HAVIP_NODE_SHA256=" + sum(server.archive));
    String script =
        "source ./havip >/dev/null; need node; node --version; npm; env | grep HAVIP_ || true";
    Result result = run(environment, "bash", "-c", script, "./havip");
    assertThat(result.said()).contains("Fetching Node.js");
    assertThat(result.printed()).isEqualTo("v22.0.0\nnew\n");
  }

  @Test
  void bothMachinesAreKnown() throws Exception {
    try (Stream<String> lines = Files.lines(Path.of(".mvn/downloads"))) {
      assertThat(lines.filter(line -> !line.startsWith("#")))
          .extracting(
              line -> line.replaceFirst(" +\\S+ +[0-9a-f]{64} https://\\S+\\.tar\\.gz$", ""))
          .map(line -> line.replaceAll(" +", " "))
          .containsExactly("jdk x86_64", "jdk aarch64", "node x86_64", "node aarch64");
    }
    program(programs.resolve("uname"), "echo riscv64");
    Result result = run(List.of(), "./havip", "jdk");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.said()).contains("riscv64", "HAVIP_JDK_URL");
  }

  /** Runs {@code ./havip jdk} with another address and {@link #sum}. */
  private Result jdk(String url) throws Exception {
    return run(List.of("HAVIP_JDK_URL=" + url, "HAVIP_JDK_SHA256=" + sum), "./havip", "jdk");
  }

  /** Runs a command where no JDK is. */
  private Result run(List<String> environment, String... command) throws Exception {
    Path printed = directory.resolve("printed");
    Path said = directory.resolve("said");
    List<String> all = new ArrayList<>(List.of("unshare", "--mount", "bash", "-euc", HIDE_JDKS));
    all.addAll(List.of("hidden", "env", "-i", "HOME=" + directory, "XDG_CACHE_HOME=" + cache));
    all.add("PATH=" + programs + ":/usr/bin:/bin");
    all.addAll(environment);
    all.addAll(List.of(command));
    Process process =
        new ProcessBuilder(all)
            .redirectOutput(printed.toFile())
            .redirectError(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(printed), Files.readString(said));
  }

  /** Where the JDK is to be. */
  private Path home() {
    return cache.resolve("havip/jdk-" + sum.substring(0, 12));
  }

  private Path part() {
    return cache.resolve("havip/fetch/jdk-" + sum.substring(0, 12) + ".part");
  }

  /** What the cache holds, but for the lock. */
  private List<Path> left() throws IOException {
    Path havip = cache.resolve("havip");
    try (Stream<Path> there = Files.list(havip);
        Stream<Path> drafts = Files.list(havip.resolve("fetch"))) {
      return Stream.concat(
              there.filter(path -> !path.endsWith("fetch")),
              drafts.filter(path -> !path.toString().endsWith(".lock")))
          .toList();
    }
  }

  private void distributionOffers(String version) throws IOException {
    program(programs.resolve("apt-cache"), "echo \"$2:\"; echo '  Candidate: " + version + "'");
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** An archive like a vendor's, with a directory of the version and a program. */
  private byte[] archive(String top, String program, String script) throws Exception {
    Path content = Files.createDirectories(directory.resolve(top + "/bin"));
    program(content.resolve(program), script);
    program(content.resolve("npm"), "echo new");
    Files.writeString(content.resolveSibling("release"), "JAVA_VERSION=\"25.0.9\"\n");
    byte[] filling = new byte[FILLING];
    new Random(1).nextBytes(filling);
    Files.write(content.resolveSibling("filling"), filling);
    Path archive = directory.resolve(top + ".tar.gz");
    Process tar =
        new ProcessBuilder("tar", "-czf", archive.toString(), "-C", directory.toString(), top)
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    return Files.readAllBytes(archive);
  }

  private static String sum(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  /** Serves one archive, and cuts connections. */
  private static final class FileServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    private final HttpServer http;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile byte[] archive;
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean hasRanges = true;

    FileServer(byte[] archive) throws IOException {
      this.archive = archive;
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      http.createContext("/", this::answer);
      http.start();
    }

    String url() {
      return "http://127.0.0.1:" + http.getAddress().getPort() + "/jdk.tar.gz";
    }

    private void answer(HttpExchange exchange) throws IOException {
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(exchange.getRequestMethod() + (range == null ? "" : " " + range));
      try (exchange) {
        if (exchange.getRequestMethod().equals("HEAD")) {
          exchange.getResponseHeaders().set("Content-Length", "" + archive.length);
          exchange.sendResponseHeaders(200, -1);
          return;
        }
        Matcher from = RANGE.matcher(range == null ? "" : range);
        int start = hasRanges && from.matches() ? Integer.parseInt(from.group(1)) : 0;
        if (start >= archive.length) {
          exchange.sendResponseHeaders(416, -1);
          return;
        }
        int end = archive.length;
        if (cuts.getAndDecrement() > 0) {
          end = Math.min(end, start + CUT_AFTER);
        }
        if (start > 0) {
          exchange
              .getResponseHeaders()
              .set(
                  "Content-Range",
                  "bytes %d-%d/%d".formatted(start, archive.length - 1, archive.length));
        }
        exchange.sendResponseHeaders(start > 0 ? 206 : 200, archive.length - start);
        exchange.getResponseBody().write(archive, start, end - start);
      }
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }
}
