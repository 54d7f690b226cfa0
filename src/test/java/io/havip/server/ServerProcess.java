package io.havip.server;

import io.havip.json.Json;
import io.havip.store.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** A server as an operator runs it: a process, killed without warning and started again. */
public final class ServerProcess {
  static final int PORT = 18471;
  private static final Pattern TOKEN = Pattern.compile("token, shown only now: (\\S+)\\n");
  private static final Duration READY_ANSWER_LIMIT = Duration.ofSeconds(1);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path directory;
  private final int port;
  private final Path log;
  private final List<String> before;
  private final List<String> flags;
  private Process process;
  private String token = "";

  public ServerProcess(Path directory, String... flags) throws Exception {
    this(directory, List.of(), List.of(flags));
  }

  /**
   * Starts it.
   *
   * @param before a command that runs its arguments, with which it is started
   */
  ServerProcess(Path directory, List<String> before, List<String> flags) throws Exception {
    this(directory, PORT, before, flags);
    token = awaitToken();
  }

  private ServerProcess(Path directory, int port, List<String> before, List<String> flags)
      throws Exception {
    this.directory = directory;
    this.port = port;
    this.before = before;
    this.flags = flags;
    this.log = directory.resolve("server.log");
    this.process = launch();
    awaitReady();
  }

  /**
   * Starts one more of several servers of a PostgreSQL.
   *
   * @param others who were started before; the first prints the token of all
   * @param directory of all of them
   * @param firstPort of the first; each other has the next
   */
  static ServerProcess startReplica(
      List<ServerProcess> others,
      Path directory,
      int firstPort,
      String name,
      String database,
      String... more)
      throws Exception {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--server-name",
                name,
                "--database",
                database,
                "--database-user",
                PostgresServer.USER,
                "--database-password",
                PostgresServer.PASSWORD));
    flags.addAll(List.of(more));
    Path home = Files.createDirectory(directory.resolve(name));
    ServerProcess server =
        new ServerProcess(home, firstPort + others.size(), List.of(), List.copyOf(flags));
    server.token = others.isEmpty() ? server.awaitToken() : others.getFirst().token();
    return server;
  }

  /** It is printed a moment after the first request is answered. */
  private String awaitToken() throws Exception {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      Matcher printed = TOKEN.matcher(Files.readString(log));
      if (printed.find()) {
        return printed.group(1);
      }
      if (System.nanoTime() > end) {
        kill();
        throw new AssertionError("no token in " + Files.readString(log));
      }
      Thread.sleep(10);
    }
  }

  /** Where it keeps what it has. */
  Path dataDir() {
    return directory.resolve("data");
  }

  /** What runs a command of this program, beside those who test it. */
  public static List<String> havip(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // It lives too short for the second compiler to pay.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.havip.server.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  private Process launch(String... more) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        havip("server", "--data-dir", dataDir().toString(), "--port", Integer.toString(port)));
    command.addAll(flags);
    command.addAll(List.of(more));
    ProcessBuilder server = new ProcessBuilder(command);
    server.environment().keySet().removeIf(name -> name.startsWith("HAVIP_"));
    return server
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: it does nothing until {@link #resume}, as on a machine that was suspended. */
  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    if (status != 0 && process.isAlive()) {
      throw new AssertionError("SIG" + name + " was not sent");
    }
  }

  /** Starts it again, this time with other options too. */
  public void restart(String... options) throws Exception {
    begin(options);
    awaitReady();
  }

  /** The same without waiting until it is ready. */
  void begin(String... options) throws IOException {
    process = launch(options);
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The administrator's. */
  public String token() {
    return token;
  }

  public String log() throws IOException {
    return Files.readString(log);
  }

  /** What the server answers; a refusal fails the test. */
  public JsonNode call(String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(method, path, body);
    if (response.statusCode() >= 300) {
      throw new AssertionError(method + " " + path + ": " + response.body());
    }
    return response.body().isEmpty()
        ? Json.MAPPER.nullNode()
        : Json.MAPPER.readTree(response.body());
  }

  public JsonNode get(String path) throws IOException, InterruptedException {
    return call("GET", path, List.of());
  }

  /** What it answers to a request that it may refuse. */
  public int status(String method, String path, Object body)
      throws IOException, InterruptedException {
    return send(method, path, body).statusCode();
  }

  /** What the server answers where it is no JSON; a refusal fails the test. */
  public String text(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = send("GET", path, List.of());
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.body());
    }
    return response.body();
  }

  /** Creates something, so that it can be asked for again with the same key. */
  HttpResponse<String> post(String path, Object body, String key)
      throws IOException, InterruptedException {
    return send("POST", path, body, "Idempotency-Key", key);
  }

  HttpResponse<String> send(String method, String path, Object body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Content-Type", "application/json")
            .method(
                method, HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Whether it says that it leads; one that does not answer does not. */
  boolean leads() {
    return ready().path("leads").asBoolean();
  }

  /** What it says about itself; nothing when it does not answer soon. */
  JsonNode ready() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/readyz")).timeout(READY_ANSWER_LIMIT).build();
    try {
      return Json.MAPPER.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return Json.MAPPER.missingNode();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitReady() throws Exception {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      try {
        if (send("GET", "/readyz", List.of()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      if (System.nanoTime() > end || !process.isAlive()) {
        kill();
        throw new AssertionError("the server does not start: " + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** SIGTERM, without waiting. */
  void terminate() {
    process.destroy();
  }

  /** Waits until it has ended; its exit status. */
  int exitStatus() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGTERM. */
  public void stop() throws InterruptedException {
    terminate();
    exitStatus();
  }
}
